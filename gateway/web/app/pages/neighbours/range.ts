/**
 * Which slots belong to "this slot", "today" and "this month". Days are those of the gateway's time zone, whose bounds it tells itself.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import type { Client } from "#gateway/api/client.ts";

export const PERIODS = ["slot", "day", "month"] as const;
export type Period = (typeof PERIODS)[number];

/** The date of a moment in a time zone, as "2026-03-29". Pure. */
export function dateIn(timeZone: string, utcMs: number): string {
  // Swedish dates are ISO 8601.
  return new Intl.DateTimeFormat("sv-SE", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(utcMs);
}

/** The first slot of today or of this month. */
export async function firstSlot(client: Client, period: "day" | "month", { nowUtcMs, slotMs }: { nowUtcMs: number; slotMs: number }): Promise<number> {
  const { timeZone } = await bodyOf(client.storage.settings.$get());
  const date = dateIn(timeZone, nowUtcMs);
  const { items } = await bodyOf(client.energy.$get({ query: { period, from: date, to: date } }));
  return Math.ceil((items[0]?.startUtcMs ?? nowUtcMs) / slotMs);
}
