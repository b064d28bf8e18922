/**
 * What the billed meters' energy cost in one period.
 * @module
 */
import { priceSegments } from "./bands.ts";
import { costOf } from "./cost.ts";
import type { BandCost, Interval } from "./cost.ts";
import { fixedPart } from "./fixed.ts";
import type { Pico } from "./money.ts";
import type { Tariff } from "./tariff.ts";

export interface Bill {
  bands: BandCost[];
  fixedPico: Pico;
  /** Import and fixed part less export. */
  totalPico: Pico;
  untariffedMwh: number;
}

/**
 * @param intervals of the billed meters, within the period.
 * @param period from its start up to its end, UTC ms.
 * @param nowMs days that have not begun cost nothing yet.
 */
export function billOf(intervals: readonly Interval[], tariffs: readonly Tariff[], period: { startUtcMs: number; endUtcMs: number }, nowMs: number): Bill {
  const { bands, untariffedMwh } = costOf(intervals, priceSegments(tariffs, period.startUtcMs, period.endUtcMs));
  // The day that begins just now has begun.
  const fixedPico = fixedPart(tariffs, period.startUtcMs, Math.min(period.endUtcMs, nowMs + 1));
  const flow = bands.reduce((sum, { importPico, exportPico }) => sum + importPico - exportPico, 0n);
  return { bands, fixedPico, totalPico: flow + fixedPico, untariffedMwh };
}
