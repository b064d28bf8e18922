/**
 * Which meters measure what comes from the mains: those that a tariff in force bills. Pure.
 * @module
 */
import type { Meter } from "#gateway/api/schemas/node.ts";
import type { Tariff } from "#gateway/api/schemas/tariffs.ts";

/** The day in a time zone, "2026-03-29". */
function dayOf(utcMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(utcMs);
}

/** The tariff that holds now; null without one. */
export function tariffAt(tariffs: readonly Tariff[], nowUtcMs: number): Tariff | null {
  return tariffs.findLast(({ validFrom, timeZone }) => validFrom <= dayOf(nowUtcMs, timeZone)) ?? null;
}

/** As the tariff says, or every load where it names none. */
export function billedMeters(tariff: Tariff | null, meters: readonly Meter[]): Set<string> {
  if (tariff === null) return new Set();
  const named = tariff.meters.length > 0 ? tariff.meters : meters.filter(({ kind }) => kind === "load").map(({ meterId }) => meterId);
  return new Set(named);
}
