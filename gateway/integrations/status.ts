/**
 * How an integration stands: shown by `GET /api/v1/integrations` and counted by Prometheus.
 * @module
 */
import type { Clock } from "#gateway/clock.ts";

export const INTEGRATIONS = ["citizenwatt-api", "citizenwatt-source", "mqtt", "prometheus", "csv-import"] as const;
export type IntegrationName = (typeof INTEGRATIONS)[number];

/** `off`: not configured. `failed`: it could not be started with these settings, and is not tried again. */
export type IntegrationState = "off" | "starting" | "working" | "retrying" | "failed";

export interface IntegrationStatus {
  name: IntegrationName;
  state: IntegrationState;
  /** The newest thing that went wrong, in words, and when; null when nothing did. */
  lastError: string | null;
  lastErrorUtcMs: number | null;
  /** What it did and what it refused, since the gateway's start. */
  counters: Record<string, number>;
}

export interface StatusKeeper {
  count(counter: string, by?: number): void;
  become(state: IntegrationState): void;
  /** Notes what went wrong under a counter; the state stays. */
  wrong(counter: string, error: unknown): void;
  view(): IntegrationStatus;
}

/** Errors are shown to people: what a broker or a file's text puts into one is cut short. */
const MOST_SHOWN = 300;

/** @param counters are shown from the start, at zero. */
export function createStatus(name: IntegrationName, clock: Clock, counters: readonly string[]): StatusKeeper {
  const status: IntegrationStatus = { name, state: "starting", lastError: null, lastErrorUtcMs: null, counters: {} };
  for (const counter of counters) status.counters[counter] = 0;
  function count(counter: string, by = 1): void {
    status.counters[counter] = (status.counters[counter] ?? 0) + by;
  }
  return {
    count,
    become(state) {
      status.state = state;
    },
    wrong(counter, error) {
      count(counter);
      status.lastError = (error instanceof Error ? error.message : String(error)).slice(0, MOST_SHOWN);
      status.lastErrorUtcMs = clock.nowMs();
    },
    view: () => ({ ...status, counters: { ...status.counters } }),
  };
}

/** One that is not configured. */
export function statusOff(name: IntegrationName): IntegrationStatus {
  return { name, state: "off", lastError: null, lastErrorUtcMs: null, counters: {} };
}
