/**
 * External intervals in steps of time, for charts: gaps stay gaps, and no mWh is lost or counted twice at an edge. Pure.
 * @module
 */
import type { Calendar, CalendarUnit } from "./calendar.ts";
import type { ExternalInterval } from "./external.ts";
import { MAX_BINS } from "./history.ts";

/** Energy of an external series within one step. */
export interface ExternalStep {
  startUtcMs: number;
  endUtcMs: number;
  /** Time of it that intervals cover. */
  coveredMs: number;
  /** Null when nothing is known of it. */
  energyMwh: number | null;
}

/**
 * The steps of a unit that overlap a time, empty.
 * @throws "store: more than …" when they are too many.
 */
export function emptySteps(calendar: Calendar, unit: CalendarUnit, fromUtcMs: number, toUtcMs: number): ExternalStep[] {
  const steps: ExternalStep[] = [];
  for (let startUtcMs = calendar.start(unit, fromUtcMs); startUtcMs < toUtcMs; startUtcMs = steps.at(-1)?.endUtcMs ?? toUtcMs) {
    if (steps.length >= MAX_BINS) throw new Error(`store: more than ${MAX_BINS} steps of a ${unit}: ask for less time, or longer steps`);
    steps.push({ startUtcMs, endUtcMs: calendar.next(unit, startUtcMs), coveredMs: 0, energyMwh: null });
  }
  return steps;
}

/** Energy of an interval from its begin up to a time within it, whole mWh. */
function energyUntil({ startUtcMs, endUtcMs, energyMwh }: ExternalInterval, utcMs: number): number {
  // What somebody typed in may be more than 2^53 when it is multiplied.
  return Number((BigInt(energyMwh) * BigInt(utcMs - startUtcMs)) / BigInt(endUtcMs - startUtcMs));
}

/**
 * Adds intervals, in order and without overlaps, to steps in order. An interval over an edge is divided by time; what lies outside of
 * the steps is left out.
 */
export function addToSteps(steps: ExternalStep[], intervals: readonly ExternalInterval[]): void {
  let place = 0;
  for (const interval of intervals) {
    while ((steps[place]?.endUtcMs ?? Infinity) <= interval.startUtcMs) place += 1;
    for (let at = place; at < steps.length; at++) {
      const step = steps[at];
      if (step === undefined || step.startUtcMs >= interval.endUtcMs) break;
      const fromUtcMs = Math.max(step.startUtcMs, interval.startUtcMs);
      const toUtcMs = Math.min(step.endUtcMs, interval.endUtcMs);
      if (toUtcMs <= fromUtcMs) continue;
      step.coveredMs += toUtcMs - fromUtcMs;
      step.energyMwh = (step.energyMwh ?? 0) + energyUntil(interval, toUtcMs) - energyUntil(interval, fromUtcMs);
    }
  }
}
