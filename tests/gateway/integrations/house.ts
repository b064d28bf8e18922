/**
 * A household with integrations, its application on a real socket.
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApp } from "#gateway/api/app.ts";
import { listenHttp } from "#gateway/api/server.ts";
import { createCommands } from "#gateway/ingest/commands.ts";
import type { Commands } from "#gateway/ingest/commands.ts";
import { createIntegrations } from "#gateway/integrations/integrations.ts";
import type { Integrations } from "#gateway/integrations/integrations.ts";
import type { IntegrationParts } from "#gateway/integrations/ports.ts";
import type { IntegrationSettings } from "#gateway/integrations/settings.ts";
import { createTestClock } from "#tests/gateway/api/clock.ts";
import { createHousehold } from "#tests/gateway/api/household.ts";
import type { Household } from "#tests/gateway/api/household.ts";

export interface House {
  home: Household;
  clock: ReturnType<typeof createTestClock>;
  parts: IntegrationParts;
  commands: Commands;
  integrations: Integrations;
  /** Of the gateway, like "http://127.0.0.1:40123". */
  url: string;
  /** For secrets' files. */
  dataDir: string;
  close(): Promise<void>;
}

/** A household that several houses have one after the other, and the clock by which it lives. */
export interface Shared {
  home: Household;
  clock: House["clock"];
}

/**
 * @param settingsOf is told the folder that paths are relative to.
 * @param shared stays open when the house is closed; a household of its own where it is left out.
 */
export async function createHouse(settingsOf: (dataDir: string) => IntegrationSettings | Promise<IntegrationSettings>, shared?: Shared): Promise<House> {
  const clock = shared?.clock ?? createTestClock();
  const home = shared?.home ?? (await createHousehold(clock));
  const dataDir = await mkdtemp(join(tmpdir(), "daisee-integrations-"));
  const commands = await createCommands({ store: home.store, clock, log: { error: () => undefined } });
  const { store, ledger, ingest, live, node, settings } = home.options;
  const transport = { isTls: false, hasProxy: false };
  const parts: IntegrationParts = { store, ledger, ingest, live, node, settings, clock, commands, access: home.access, transport, dataDir, log: { warn: () => undefined } };
  const integrations = createIntegrations(parts, await settingsOf(dataDir));
  const app = createApp({ ...home.options, access: home.access, commands, integrations, mounts: integrations.mounts });
  home.app = app;
  const http = await listenHttp({ app, host: "127.0.0.1", port: 0 });
  await integrations.start();
  return {
    home,
    clock,
    parts,
    commands,
    integrations,
    url: `http://127.0.0.1:${http.port}`,
    dataDir,
    async close() {
      await integrations.stop();
      await http.close();
      if (shared === undefined) await home.close();
      await rm(dataDir, { recursive: true });
    },
  };
}

/** Waits until something is so; fails after 10 s. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 400; turn++) {
    if (await isSo()) return;
    await new Promise((resolve) => void setTimeout(resolve, 25));
  }
  throw new Error(`did not come: ${what}`);
}
