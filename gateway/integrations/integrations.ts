/**
 * Every integration that the settings name, started and stopped together. What fails in one stays in it.
 * @module
 */
import type { AppOptions } from "#gateway/api/app.ts";
import type { IntegrationsPort } from "#gateway/api/ports.ts";
import { createCitizenwattApi } from "./citizenwatt-api/citizenwatt-api.ts";
import { createCitizenwattSource } from "./citizenwatt-source/source.ts";
import { createCsvImport } from "./csv-import/csv-import.ts";
import { createMqtt } from "./mqtt/mqtt.ts";
import type { IntegrationParts } from "./ports.ts";
import { createPrometheus } from "./prometheus/prometheus.ts";
import { integrationSettings } from "./settings.ts";
import type { IntegrationSettings } from "./settings.ts";
import { INTEGRATIONS, statusOff } from "./status.ts";
import type { IntegrationStatus } from "./status.ts";

export interface Integrations extends IntegrationsPort {
  /** For the application. */
  mounts: NonNullable<AppOptions["mounts"]>;
  /** Never rejects and waits for no other system. */
  start(): Promise<void>;
  /** Never rejects. */
  stop(): Promise<void>;
}

interface Part {
  status(): IntegrationStatus;
  start?(): Promise<void>;
  stop?(): Promise<void>;
}

/** @param settings `integrations` of `gateway.json`; each that is left out is off. @throws when they are malformed. */
export function createIntegrations(parts: IntegrationParts, settings: IntegrationSettings = {}): Integrations {
  const { citizenwattApi, citizenwattSource, mqtt, prometheus, csvImport } = integrationSettings.parse(settings);
  const failed = new Map<Part, Pick<IntegrationStatus, "state" | "lastError" | "lastErrorUtcMs">>();
  const list = (): IntegrationStatus[] =>
    INTEGRATIONS.map((name) => {
      const part = running.find((one) => one.status().name === name);
      if (part === undefined) return statusOff(name);
      return { ...part.status(), ...failed.get(part) };
    });

  const importer = csvImport && createCsvImport(parts);
  const mounts = [
    ...(citizenwattApi === undefined ? [] : [createCitizenwattApi(parts)]),
    ...(prometheus === undefined ? [] : [createPrometheus({ ...parts, integrations: list }, prometheus)]),
  ];
  const running: Part[] = [
    ...mounts,
    ...(importer === undefined ? [] : [importer]),
    ...(citizenwattSource === undefined ? [] : [createCitizenwattSource(parts, citizenwattSource)]),
    ...(mqtt === undefined ? [] : [createMqtt(parts, mqtt)]),
  ];

  return {
    list,
    csvImport: importer,
    mounts,
    async start() {
      await Promise.all(
        running.map(async (part) => {
          try {
            await part.start?.();
          } catch (err) {
            const lastError = err instanceof Error ? err.message : String(err);
            failed.set(part, { state: "failed", lastError, lastErrorUtcMs: parts.clock.nowMs() });
            parts.log.warn({ err, integration: part.status().name }, "an integration was not started");
          }
        }),
      );
    },
    async stop() {
      await Promise.allSettled(running.map(async (part) => part.stop?.()));
    },
  };
}
