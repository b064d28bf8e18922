/**
 * Puts metered energy under the prices that held when it flowed.
 * @module
 */
import type { Segment } from "./bands.ts";
import { priceOf } from "./money.ts";
import type { Pico } from "./money.ts";
import type { Band, Tariff } from "./tariff.ts";

/** Energy that a meter counted within some time, whole mWh. Over a gap it is what the counter advanced, however long that took. */
export interface Interval {
  startUtcMs: number;
  endUtcMs: number;
  importMwh: number;
  exportMwh: number;
}

export interface BandCost {
  tariff: Tariff;
  band: Band;
  importMwh: number;
  exportMwh: number;
  importPico: Pico;
  exportPico: Pico;
}

export interface Cost {
  /** By tariff and band, in the order in which they first held. */
  bands: BandCost[];
  /** Energy before the first tariff, import and export together. */
  untariffedMwh: number;
}

/** Of energy spread evenly over an interval, what had flowed by a time; whole mWh. */
function flowedBy(energyMwh: number, { startUtcMs, endUtcMs }: Interval, utcMs: number): number {
  if (utcMs >= endUtcMs) return energyMwh;
  if (utcMs <= startUtcMs) return 0;
  return Number((BigInt(energyMwh) * BigInt(utcMs - startUtcMs)) / BigInt(endUtcMs - startUtcMs));
}

/** Energy of an interval within a part of it. Parts that meet add up to the whole. */
export function within(interval: Interval, fromUtcMs: number, toUtcMs: number): { importMwh: number; exportMwh: number } {
  const part = (energyMwh: number): number => flowedBy(energyMwh, interval, toUtcMs) - flowedBy(energyMwh, interval, fromUtcMs);
  return { importMwh: part(interval.importMwh), exportMwh: part(interval.exportMwh) };
}

/**
 * What the intervals' energy costs. An interval over an edge of two prices is divided by time: nobody knows better.
 * @param segments in order, without overlap; see `priceSegments`.
 */
export function costOf(intervals: readonly Interval[], segments: readonly Segment[]): Cost {
  const bands = new Map<string, BandCost>();
  let priced = 0;
  let all = 0;
  const ordered = intervals.toSorted((a, b) => a.startUtcMs - b.startUtcMs);
  let first = 0;
  for (const interval of ordered) {
    all += interval.importMwh + interval.exportMwh;
    while ((segments[first]?.toUtcMs ?? Infinity) <= interval.startUtcMs) first += 1;
    for (let place = first; place < segments.length; place++) {
      const segment = segments[place];
      if (segment === undefined || segment.fromUtcMs >= interval.endUtcMs) break;
      const { tariff, band } = segment;
      const part = within(interval, segment.fromUtcMs, segment.toUtcMs);
      const key = `${tariff.tariffId} ${band.name}`;
      const sum = bands.get(key) ?? { tariff, band, importMwh: 0, exportMwh: 0, importPico: 0n, exportPico: 0n };
      bands.set(key, sum);
      sum.importMwh += part.importMwh;
      sum.exportMwh += part.exportMwh;
      sum.importPico += priceOf(part.importMwh, band.importMicroPerKwh);
      sum.exportPico += priceOf(part.exportMwh, band.exportMicroPerKwh);
      priced += part.importMwh + part.exportMwh;
    }
  }
  return { bands: [...bands.values()], untariffedMwh: all - priced };
}
