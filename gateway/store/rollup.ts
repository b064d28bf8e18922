/**
 * What readings add to the bins of a rollup. Pure.
 *
 * Energy is what a meter's counters say between two readings that follow each other in the board's numbering, spread evenly over the time
 * between them: a bin's edge splits it by time, to the last mWh, and a gap's energy is known though not when it flowed. What a pair of
 * neighbours adds depends on the two alone, so a reading that comes late takes back what its neighbours added and adds two pairs
 * instead: the order in which readings come does not matter.
 * @module
 */
import { FLAG, MAX_METER } from "#firmware/wire/records.ts";
import type { Calendar } from "./calendar.ts";
import type { Resolution } from "./history.ts";

export const RESOLUTIONS: readonly Resolution[] = ["minute", "quarter", "day", "month"];

/** One meter's reading with a known time, as its rollups see it. */
export interface MeterPoint {
  boot: number;
  sequence: number;
  endUtcMs: number;
  importMwh: number;
  exportMwh: number;
  flags: number;
  currentMa: number;
  minCurrentMa: number;
  maxCurrentMa: number;
  voltageMv: number;
  chargePermille: number | null;
}

/** What a bin of one meter holds: sums, extremes, and the newest charge. */
export interface Bin {
  importMwh: number;
  exportMwh: number;
  /** Of both: spread over a gap. */
  estimatedMwh: number;
  coveredMs: number;
  /** Time of gaps whose energy is known. */
  estimatedMs: number;
  readings: number;
  powerSumMw: number;
  minPowerMw: number | null;
  maxPowerMw: number | null;
  voltageSumMv: number;
  chargeUtcMs: number | null;
  chargePermille: number | null;
}

/** Bins of one meter by resolution and start. */
export type Bins = Record<Resolution, Map<number, Bin>>;

/** Times that rollups take: up to the year 10000. Readings beyond have a clock that is wrong. */
export const MAX_UTC_MS = Date.UTC(10_000, 0, 1);

/** Whether a reading's time is known and can be true. */
export function isPlaced(endUtcMs: number | null): endUtcMs is number {
  return endUtcMs !== null && endUtcMs > 0 && endUtcMs < MAX_UTC_MS;
}

/** Two readings closer than this have no gap between them. */
const GAP_MS = 120_000;
/** And none if no more records lie between them than a round of a full board's meters: such a board is just slow. */
const ROUND_RECORDS = MAX_METER + 1;
/** A longer gap is spread over quarter-hours and longer bins, not over minutes. */
const MINUTES_GAP_MS = 7 * 86_400_000;
/** The energy of a longer one goes to its end: a clock was wrong, or a board lay in a drawer. */
const LONGEST_GAP_MS = 366 * 86_400_000;
/** 1 GWh. A counter that advances by more, or runs backwards, was set anew: what it shows was not metered. */
const MAX_ADVANCE_MWH = 1e12;
/** 1 GW: bounds the sums of what a broken sensor may say. */
const MAX_POWER_MW = 1e12;

export function emptyBins(): Bins {
  return { minute: new Map(), quarter: new Map(), day: new Map(), month: new Map() };
}

export function emptyBin(): Bin {
  return {
    importMwh: 0,
    exportMwh: 0,
    estimatedMwh: 0,
    coveredMs: 0,
    estimatedMs: 0,
    readings: 0,
    powerSumMw: 0,
    minPowerMw: null,
    maxPowerMw: null,
    voltageSumMv: 0,
    chargeUtcMs: null,
    chargePermille: null,
  };
}

function binAt(bins: Map<number, Bin>, startUtcMs: number): Bin {
  const found = bins.get(startUtcMs);
  if (found !== undefined) return found;
  const bin = emptyBin();
  bins.set(startUtcMs, bin);
  return bin;
}

/** Negative, zero or positive: order of the board's own numbering, in which counters only rise. */
export function compareKeys(a: { boot: number; sequence: number }, b: { boot: number; sequence: number }): number {
  return a.boot - b.boot || a.sequence - b.sequence;
}

/** Whether readings are missing between two neighbours. */
export function isGap(before: MeterPoint, after: MeterPoint): boolean {
  if (after.endUtcMs - before.endUtcMs <= GAP_MS) return false;
  return before.boot !== after.boot || after.sequence - before.sequence > ROUND_RECORDS || (after.flags & FLAG.gap) !== 0;
}

function advance(before: number, after: number): number {
  const mwh = after - before;
  return mwh >= 0 && mwh <= MAX_ADVANCE_MWH ? mwh : 0;
}

/** Part of an energy by time, rounded down, exactly. */
function shareOf(mwh: number, partMs: number, lengthMs: number): number {
  const product = mwh * partMs;
  // Below 2^53 a double's quotient never rounds up to the next integer.
  return product < Number.MAX_SAFE_INTEGER ? Math.floor(product / lengthMs) : Number((BigInt(mwh) * BigInt(partMs)) / BigInt(lengthMs));
}

function powerMw(currentMa: number, voltageMv: number): number {
  return Math.max(-MAX_POWER_MW, Math.min(MAX_POWER_MW, Math.round((currentMa * voltageMv) / 1000)));
}

/**
 * Adds what lies between two neighbours; `sign` -1 takes it back.
 * @param minutesFromUtcMs minutes before it are not kept.
 */
export function addInterval(
  bins: Bins,
  calendar: Calendar,
  before: MeterPoint,
  after: MeterPoint,
  sign: 1 | -1,
  minutesFromUtcMs: number,
): void {
  const importMwh = advance(before.importMwh, after.importMwh);
  const exportMwh = advance(before.exportMwh, after.exportMwh);
  const isEstimated = isGap(before, after) || after.endUtcMs <= before.endUtcMs;
  const lengthMs = after.endUtcMs - before.endUtcMs;
  const isSpread = lengthMs > 0 && lengthMs <= LONGEST_GAP_MS;
  if (!isSpread && importMwh + exportMwh === 0) return;
  for (const resolution of RESOLUTIONS) {
    if (resolution === "minute" && lengthMs > MINUTES_GAP_MS) continue;
    const fromUtcMs = isSpread ? before.endUtcMs : after.endUtcMs - 1;
    /** Energy that was given to the bins before. */
    let givenImport = 0;
    let givenExport = 0;
    let atUtcMs = fromUtcMs;
    let startUtcMs = calendar.start(resolution, fromUtcMs);
    while (atUtcMs < after.endUtcMs) {
      const nextUtcMs = calendar.next(resolution, startUtcMs);
      const untilUtcMs = Math.min(nextUtcMs, after.endUtcMs);
      // Rounding a growing share down, and giving the difference, hands out each mWh once.
      const untilImport = shareOf(importMwh, untilUtcMs - fromUtcMs, after.endUtcMs - fromUtcMs);
      const untilExport = shareOf(exportMwh, untilUtcMs - fromUtcMs, after.endUtcMs - fromUtcMs);
      if (resolution !== "minute" || startUtcMs >= minutesFromUtcMs) {
        const bin = binAt(bins[resolution], startUtcMs);
        const partImport = untilImport - givenImport;
        const partExport = untilExport - givenExport;
        bin.importMwh += sign * partImport;
        bin.exportMwh += sign * partExport;
        if (isEstimated) bin.estimatedMwh += sign * (partImport + partExport);
        if (isSpread) bin[isEstimated ? "estimatedMs" : "coveredMs"] += sign * (untilUtcMs - atUtcMs);
      }
      givenImport = untilImport;
      givenExport = untilExport;
      atUtcMs = untilUtcMs;
      startUtcMs = nextUtcMs;
    }
  }
}

/** Adds what a reading says by itself to the bins in which it ends; one that ends on an edge ends in the bin before. */
export function addReading(bins: Bins, calendar: Calendar, reading: MeterPoint, minutesFromUtcMs: number): void {
  const { currentMa, minCurrentMa, maxCurrentMa, voltageMv, chargePermille, endUtcMs } = reading;
  const one: Bin = {
    ...emptyBin(),
    readings: 1,
    powerSumMw: powerMw(currentMa, voltageMv),
    minPowerMw: powerMw(minCurrentMa, voltageMv),
    maxPowerMw: powerMw(maxCurrentMa, voltageMv),
    voltageSumMv: Math.min(voltageMv, MAX_POWER_MW),
    chargeUtcMs: chargePermille === null ? null : endUtcMs,
    chargePermille,
  };
  for (const resolution of RESOLUTIONS) {
    const startUtcMs = calendar.start(resolution, endUtcMs - 1);
    if (resolution === "minute" && startUtcMs < minutesFromUtcMs) continue;
    mergeBin(binAt(bins[resolution], startUtcMs), one);
  }
}

/** Adds a bin to another; their times do not matter. */
export function mergeBin(into: Bin, from: Bin): void {
  into.importMwh += from.importMwh;
  into.exportMwh += from.exportMwh;
  into.estimatedMwh += from.estimatedMwh;
  into.coveredMs += from.coveredMs;
  into.estimatedMs += from.estimatedMs;
  into.readings += from.readings;
  into.powerSumMw += from.powerSumMw;
  into.voltageSumMv += from.voltageSumMv;
  if (from.minPowerMw !== null) into.minPowerMw = Math.min(into.minPowerMw ?? Infinity, from.minPowerMw);
  if (from.maxPowerMw !== null) into.maxPowerMw = Math.max(into.maxPowerMw ?? -Infinity, from.maxPowerMw);
  if (isNewerCharge(into, from)) {
    into.chargeUtcMs = from.chargeUtcMs;
    into.chargePermille = from.chargePermille;
  }
}

/** Of two charges at one time, which only a wrong clock gives, the greater counts: any rule does that knows no order. */
function isNewerCharge(old: Bin, other: Bin): boolean {
  if (other.chargeUtcMs === null || other.chargePermille === null) return false;
  if (old.chargeUtcMs === null || old.chargePermille === null) return true;
  return other.chargeUtcMs > old.chargeUtcMs || (other.chargeUtcMs === old.chargeUtcMs && other.chargePermille > old.chargePermille);
}
