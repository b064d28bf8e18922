/**
 * Power against what was subscribed to.
 * @module
 */
import type { Interval } from "./cost.ts";

const HOUR_MS = 3_600_000;

export interface Peak {
  /** Highest mean import of all meters together over one of the intervals. */
  peakPowerMw: number;
  /** Time of the intervals above the subscribed power. */
  aboveMs: number;
}

/** @param intervals of several meters, all cut at the same times. @param subscribedPowerW as the tariff has it. */
export function peakOf(intervals: readonly Interval[], subscribedPowerW: number): Peak {
  const byStart = new Map<number, { importMwh: number; lengthMs: number }>();
  for (const { startUtcMs, endUtcMs, importMwh } of intervals) {
    const before = byStart.get(startUtcMs)?.importMwh ?? 0;
    byStart.set(startUtcMs, { importMwh: before + importMwh, lengthMs: endUtcMs - startUtcMs });
  }
  let peakPowerMw = 0;
  let aboveMs = 0;
  for (const { importMwh, lengthMs } of byStart.values()) {
    const powerMw = Math.round((importMwh * HOUR_MS) / lengthMs);
    peakPowerMw = Math.max(peakPowerMw, powerMw);
    if (powerMw > subscribedPowerW * 1000) aboveMs += lengthMs;
  }
  return { peakPowerMw, aboveMs };
}
