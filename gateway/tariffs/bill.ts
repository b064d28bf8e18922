/**
 * What the billed meters' energy cost in one period.
 * @module
 */
import { inForce, priceSegments } from "./bands.ts";
import { costOf } from "./cost.ts";
import type { BandCost, Interval } from "./cost.ts";
import { fixedPart } from "./fixed.ts";
import type { Pico } from "./money.ts";
import { peakOf } from "./peak.ts";
import type { Tariff } from "./tariff.ts";

/** An interval of one of several meters. */
export interface MeterInterval extends Interval {
  meterId: string;
}

export interface Bill<Counted extends MeterInterval> {
  /** The intervals that were billed: of the meters of the tariff in force. */
  billed: Counted[];
  bands: BandCost[];
  fixedPico: Pico;
  /** Import and fixed part less export. */
  totalPico: Pico;
  /** Highest mean import of all billed meters together over one interval; null without a subscribed power. */
  peakPowerMw: number | null;
  /** Time of the intervals above the subscribed power. */
  aboveMs: number;
}

/**
 * @param intervals of all meters, within the period and none over a tariff's first midnight.
 * @param loadMeters what a tariff bills that names no meters.
 * @param nowMs days that have not begun cost nothing yet.
 */
export function billOf<Counted extends MeterInterval>(
  intervals: readonly Counted[],
  tariffs: readonly Tariff[],
  options: { startUtcMs: number; endUtcMs: number; loadMeters: readonly string[]; nowMs: number },
): Bill<Counted> {
  const { startUtcMs, endUtcMs, loadMeters, nowMs } = options;
  // The day that begins just now has begun.
  const fixedPico = fixedPart(tariffs, startUtcMs, Math.min(endUtcMs, nowMs + 1));
  const bill: Bill<Counted> = { billed: [], bands: [], fixedPico, totalPico: fixedPico, peakPowerMw: null, aboveMs: 0 };
  for (const { tariff, fromUtcMs, toUtcMs } of inForce(tariffs)) {
    const meters = new Set(tariff.meters.length > 0 ? tariff.meters : loadMeters);
    const own = intervals.filter((one) => meters.has(one.meterId) && one.startUtcMs >= fromUtcMs && one.startUtcMs < toUtcMs);
    const { bands } = costOf(own, priceSegments(tariffs, Math.max(startUtcMs, fromUtcMs), Math.min(endUtcMs, toUtcMs)));
    bill.billed.push(...own);
    bill.bands.push(...bands);
    bill.totalPico += bands.reduce((sum, { importPico, exportPico }) => sum + importPico - exportPico, 0n);
    if (tariff.subscribedPowerW === null || own.length === 0) continue;
    const { peakPowerMw, aboveMs } = peakOf(own, tariff.subscribedPowerW);
    bill.peakPowerMw = Math.max(bill.peakPowerMw ?? 0, peakPowerMw);
    bill.aboveMs += aboveMs;
  }
  return bill;
}
