/**
 * When which band of which tariff holds.
 * @module
 */
import { WEEKDAYS } from "./tariff.ts";
import type { Band, Tariff, Window } from "./tariff.ts";
import { startOfDay, stretchesOf } from "./time-zone.ts";

/** A time in which one price holds. */
export interface Segment {
  fromUtcMs: number;
  toUtcMs: number;
  tariff: Tariff;
  band: Band;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** 1970-01-01 was a Thursday; weekdays count from Monday. */
const EPOCH_WEEKDAY = 3;

/** Minutes since midnight. */
function minutesOf(timeOfDay: string): number {
  return Number(timeOfDay.slice(0, 2)) * 60 + Number(timeOfDay.slice(3, 5));
}

/** Whether a window holds at a minute of a weekday (0 is Monday). A window over midnight belongs to the day on which it begins. */
function holds({ from, to, weekdays }: Window, weekday: number, minute: number): boolean {
  const [start, end] = [minutesOf(from), minutesOf(to)];
  const begins = (day: number): boolean => weekdays === undefined || weekdays.some((name) => WEEKDAYS.indexOf(name) === day);
  if (start < end) return begins(weekday) && minute >= start && minute < end;
  return (begins(weekday) && minute >= start) || (begins((weekday + 6) % 7) && minute < end);
}

/** The band that holds at a minute of a weekday by the clock on the wall. */
export function bandAt(bands: readonly Band[], weekday: number, minute: number): Band {
  const found =
    bands.find(({ windows }) => windows.some((window) => holds(window, weekday, minute))) ??
    bands.find(({ windows }) => windows.length === 0);
  if (found === undefined) throw new Error("a tariff needs a band without windows");
  return found;
}

/** One tariff's segments over some time, two neighbours never of the same band. */
function segmentsOf(tariff: Tariff, fromUtcMs: number, toUtcMs: number): Segment[] {
  const edges = [
    ...new Set([0, ...tariff.bands.flatMap(({ windows }) => windows.flatMap(({ from, to }) => [minutesOf(from), minutesOf(to)]))]),
  ].sort((a, b) => a - b);
  const segments: Segment[] = [];
  const add = (from: number, to: number, band: Band): void => {
    const last = segments.at(-1);
    if (last?.band === band) last.toUtcMs = to;
    else segments.push({ fromUtcMs: from, toUtcMs: to, tariff, band });
  };
  for (const stretch of stretchesOf(tariff.timeZone, fromUtcMs, toUtcMs)) {
    const firstDay = Math.floor((stretch.fromUtcMs + stretch.offsetMs) / DAY_MS);
    for (let day = firstDay; day * DAY_MS - stretch.offsetMs < stretch.toUtcMs; day++) {
      for (const [place, minute] of edges.entries()) {
        const from = Math.max(stretch.fromUtcMs, day * DAY_MS + minute * MINUTE_MS - stretch.offsetMs);
        const to = Math.min(stretch.toUtcMs, day * DAY_MS + (edges[place + 1] ?? 24 * 60) * MINUTE_MS - stretch.offsetMs);
        // Adding 7 keeps the weekday of days before 1970 in range.
        if (from < to) add(from, to, bandAt(tariff.bands, (((day + EPOCH_WEEKDAY) % 7) + 7) % 7, minute));
      }
    }
  }
  return segments;
}

/** Each tariff with the time in which it is in force: from its first day until the next one's. */
export function inForce(tariffs: readonly Tariff[]): { tariff: Tariff; fromUtcMs: number; toUtcMs: number }[] {
  const begun = tariffs
    .map((tariff) => ({ tariff, fromUtcMs: startOfDay(tariff.timeZone, tariff.validFrom) }))
    .sort((a, b) => a.fromUtcMs - b.fromUtcMs);
  return begun.map((one, place) => ({ ...one, toUtcMs: begun[place + 1]?.fromUtcMs ?? Infinity }));
}

/** The prices from `fromUtcMs` up to `toUtcMs`, in order. There is none before the first tariff's first day. */
export function priceSegments(tariffs: readonly Tariff[], fromUtcMs: number, toUtcMs: number): Segment[] {
  return inForce(tariffs).flatMap((one) => {
    const from = Math.max(one.fromUtcMs, fromUtcMs);
    const to = Math.min(one.toUtcMs, toUtcMs);
    return from < to ? segmentsOf(one.tariff, from, to) : [];
  });
}
