/**
 * Local time, DST changes and all (Temporal, by its polyfill; time zones are those of Node's ICU).
 * @module
 */
import { Temporal } from "temporal-polyfill";

/** A time in which a zone's offset stays the same. Local time is UTC + offset. */
export interface Stretch {
  fromUtcMs: number;
  toUtcMs: number;
  offsetMs: number;
}

const NS_PER_MS = 1_000_000;

const at = (timeZone: string, utcMs: number): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(utcMs).toZonedDateTimeISO(timeZone);

export function isTimeZone(name: string): boolean {
  try {
    at(name, 0);
    return true;
  } catch {
    return false;
  }
}

/** The machine's own zone. */
export function ownTimeZone(): string {
  return Temporal.Now.timeZoneId();
}

/** The stretches that together are the time from `fromUtcMs` up to `toUtcMs`. */
export function stretchesOf(timeZone: string, fromUtcMs: number, toUtcMs: number): Stretch[] {
  const stretches: Stretch[] = [];
  let start = at(timeZone, fromUtcMs);
  while (start.epochMilliseconds < toUtcMs) {
    const next = start.getTimeZoneTransition("next");
    const end = Math.min(next?.epochMilliseconds ?? toUtcMs, toUtcMs);
    stretches.push({ fromUtcMs: start.epochMilliseconds, toUtcMs: end, offsetMs: start.offsetNanoseconds / NS_PER_MS });
    start = at(timeZone, end);
  }
  return stretches;
}

/** UTC of the first moment of a local date ("2026-03-29"). @throws RangeError when there is no such date. */
export function startOfDay(timeZone: string, date: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds;
}

/** The date so many days later. */
export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** The local date at a time. */
export function dateAt(timeZone: string, utcMs: number): string {
  return at(timeZone, utcMs).toPlainDate().toString();
}

/** Place of a date in its month, from 1, and the month's length. */
export function dayOfMonth(date: string): { day: number; days: number } {
  const { day, daysInMonth } = Temporal.PlainDate.from(date);
  return { day, days: daysInMonth };
}

/** Whether there is such a date: 2026-02-30 is none. */
export function isDate(date: string): boolean {
  try {
    return Temporal.PlainDate.from(date, { overflow: "reject" }).toString() === date;
  } catch {
    return false;
  }
}
