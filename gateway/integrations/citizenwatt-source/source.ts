/**
 * Polls a CitizenWatt installation and keeps what its sensors measured, as meters that are not ours.
 * @module
 */
import { resolve } from "node:path";
import { createBackoff } from "../backoff.ts";
import type { IntegrationParts } from "../ports.ts";
import { readSecretFile } from "../secret-file.ts";
import type { CitizenwattSourceSettings } from "../settings.ts";
import { createStatus } from "../status.ts";
import type { IntegrationStatus } from "../status.ts";
import { createClient } from "./client.ts";
import type { CitizenwattClient, Sensor } from "./client.ts";
import { intervalsOf, MAX_GAP_MS } from "./samples.ts";
import type { Sample } from "./samples.ts";

export interface CitizenwattSource {
  /** @throws when the password's file is no good. */
  start(): Promise<void>;
  stop(): Promise<void>;
  status(): IntegrationStatus;
}

const HOUR_MS = 3_600_000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** Hours that one poll reads of one sensor: a long backlog comes bit by bit. */
const MOST_HOURS = 48;

export function createCitizenwattSource(
  { store, clock, dataDir }: Pick<IntegrationParts, "store" | "clock" | "dataDir">,
  settings: CitizenwattSourceSettings,
): CitizenwattSource {
  const { url, login, pollSeconds, backfillHours } = settings;
  const status = createStatus("citizenwatt-source", clock, ["polls", "intervals", "malformed", "errors"]);
  const backoff = createBackoff({ firstMs: pollSeconds * 1000, longestMs: LONGEST_WAIT_MS, random: Math.random });
  const ending = new AbortController();
  /** By series: up to where its sensor was read and had nothing more. */
  const readUntil = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> = Promise.resolve();

  async function readSensor(client: CitizenwattClient, { id, name }: Sensor): Promise<void> {
    const seriesId = `citizenwatt-${id}`;
    await store.putExternalSeries({ seriesId, origin: "citizenwatt", kind: "consumption", name: name === "" ? `Sensor ${id}` : name });
    const stored = (await store.externalSeries()).find((series) => series.seriesId === seriesId)?.toUtcMs;
    let fromUtcMs = Math.max(readUntil.get(seriesId) ?? 0, stored ?? clock.nowMs() - backfillHours * HOUR_MS);
    for (let hours = 0; hours < MOST_HOURS; hours++) {
      const nowMs = clock.nowMs();
      // Samples that come a little late are still taken.
      const toUtcMs = Math.min(fromUtcMs + HOUR_MS, nowMs);
      const isNewest = toUtcMs === nowMs;
      const { samples, malformed } = await client.samples(id, fromUtcMs, toUtcMs);
      if (malformed > 0) status.count("malformed", malformed);
      const intervals = intervalsOf(samples, true);
      const outcomes = await store.addExternal(seriesId, intervals);
      status.count("intervals", outcomes.filter((outcome) => outcome === "stored").length);
      const endUtcMs = intervals.at(-1)?.endUtcMs;
      const isOldEnough = (utcMs: number): boolean => utcMs < nowMs - 2 * MAX_GAP_MS;
      // Where an interval ended, the next one begins with its sample. Where none did, nothing more comes of so long ago.
      if (endUtcMs !== undefined) fromUtcMs = endUtcMs;
      else if (!isNewest) {
        // The last sample may go on with the first one behind this hour.
        fromUtcMs = (await closeLast(seriesId, samples)) ?? Math.max(fromUtcMs + 1000, toUtcMs - MAX_GAP_MS);
      } else if (samples.length > 0 && isOldEnough(samples.at(-1)?.utcMs ?? nowMs)) await closeLast(seriesId, samples);
      readUntil.set(seriesId, fromUtcMs);
      if (isNewest) return;
    }
  }

  /** Keeps the last interval before a gap: nothing will make it longer. @returns its end, undefined when there is none. */
  async function closeLast(seriesId: string, samples: readonly Sample[]): Promise<number | undefined> {
    const intervals = intervalsOf(samples, false);
    const outcomes = await store.addExternal(seriesId, intervals);
    status.count("intervals", outcomes.filter((outcome) => outcome === "stored").length);
    return intervals.at(-1)?.endUtcMs;
  }

  /** @returns ms until the next poll. */
  async function poll(client: CitizenwattClient): Promise<number> {
    try {
      for (const sensor of await client.sensors()) await readSensor(client, sensor);
      status.count("polls");
      status.become("working");
      backoff.reset();
      return pollSeconds * 1000;
    } catch (error) {
      if (!ending.signal.aborted) status.wrong("errors", error);
      status.become("retrying");
      return backoff.next();
    }
  }

  return {
    async start() {
      const password = await readSecretFile(resolve(dataDir, settings.passwordPath));
      const client = createClient({ url, login, password, stop: ending.signal });
      const turn = async (): Promise<void> => {
        const waitMs = await poll(client);
        if (ending.signal.aborted) return;
        timer = setTimeout(() => {
          underWay = turn();
        }, waitMs);
        timer.unref();
      };
      underWay = turn();
    },
    async stop() {
      ending.abort();
      clearTimeout(timer);
      await underWay;
    },
    status: () => status.view(),
  };
}
