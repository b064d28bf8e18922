/**
 * Bins and periods of time in a time zone: where the one around an instant starts, and where the next one does. Pure.
 * @module
 */
import { Temporal } from "temporal-polyfill";

export type CalendarUnit = "minute" | "quarter" | "day" | "week" | "month" | "year";

export interface Calendar {
  /** IANA name, as given. */
  readonly timeZone: string;
  /** Start of the unit that contains an instant, UTC ms. */
  start(unit: CalendarUnit, utcMs: number): number;
  /** Start of the unit after the one that contains an instant, UTC ms. */
  next(unit: CalendarUnit, utcMs: number): number;
  /** Date of an instant, such as "2026-11-22". */
  date(utcMs: number): string;
}

/** Time from one change of a zone's offset to the next. */
interface Span {
  fromUtcMs: number;
  toUtcMs: number;
  offsetMs: number;
}

interface Period {
  startUtcMs: number;
  nextUtcMs: number;
}

const DAY_MS = 86_400_000;
/** 1970-01-01 was a Thursday. */
const MONDAY_SHIFT = 3;

/** Units that lie on UTC in every zone of today, whose offsets are whole quarter-hours. */
const FIXED_MS: Partial<Record<CalendarUnit, number>> = { minute: 60_000, quarter: 900_000 };

/** Local date and time are numbers here: ms since 1970 as if the zone were UTC. */
function localStart(unit: CalendarUnit, localMs: number): number {
  const days = Math.floor(localMs / DAY_MS);
  if (unit === "week") return (days - ((((days + MONDAY_SHIFT) % 7) + 7) % 7)) * DAY_MS;
  if (unit === "day") return days * DAY_MS;
  const date = new Date(localMs);
  return Date.UTC(date.getUTCFullYear(), unit === "month" ? date.getUTCMonth() : 0, 1);
}

function localNext(unit: CalendarUnit, startMs: number): number {
  if (unit === "day") return startMs + DAY_MS;
  if (unit === "week") return startMs + 7 * DAY_MS;
  const date = new Date(startMs);
  return unit === "month" ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) : Date.UTC(date.getUTCFullYear() + 1, 0, 1);
}

/**
 * A calendar in a time zone.
 * @throws when the zone is unknown.
 */
export function createCalendar(timeZone: string): Calendar {
  const zoned = (utcMs: number): Temporal.ZonedDateTime => {
    try {
      return Temporal.Instant.fromEpochMilliseconds(utcMs).toZonedDateTimeISO(timeZone);
    } catch (cause) {
      throw new Error(`"${timeZone}" is no time zone; an IANA name is expected, such as "Europe/Paris" or "UTC"`, { cause });
    }
  };
  // Temporal takes tens of µs for a step, and a year has 366 of them: between two changes of the offset, arithmetic does.
  let span: Span = timeZone === "UTC" ? { fromUtcMs: -Infinity, toUtcMs: Infinity, offsetMs: 0 } : spanAt(0);

  function spanAt(utcMs: number): Span {
    const here = zoned(utcMs);
    return {
      fromUtcMs: transition(zoned(utcMs + 1), "previous") ?? -Infinity,
      toUtcMs: transition(here, "next") ?? Infinity,
      offsetMs: here.offsetNanoseconds / 1_000_000,
    };
  }

  function transition(at: Temporal.ZonedDateTime, direction: "next" | "previous"): number | undefined {
    return at.getTimeZoneTransition(direction)?.epochMilliseconds;
  }

  function offsetAt(utcMs: number): number {
    if (utcMs < span.fromUtcMs || utcMs >= span.toUtcMs) span = spanAt(utcMs);
    return span.offsetMs;
  }

  /** The first instant of a local day, given by its midnight; days whose midnight is skipped begin later, repeated ones with the first. */
  function instantOf(localMidnightMs: number, nearUtcMs: number): number {
    const guess = localMidnightMs - offsetAt(nearUtcMs);
    const offsetMs = offsetAt(guess);
    if (guess - DAY_MS >= span.fromUtcMs && guess + DAY_MS < span.toUtcMs) return localMidnightMs - offsetMs;
    const date = new Date(localMidnightMs);
    const day = new Temporal.PlainDate(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
    return day.toZonedDateTime(timeZone).epochMilliseconds;
  }

  function local(utcMs: number): number {
    return utcMs + offsetAt(utcMs);
  }

  /** Of each unit the one that was asked for last: thousands of readings lie in the same day. */
  const recent: Partial<Record<CalendarUnit, Period>> = {};

  function periodOf(unit: CalendarUnit, utcMs: number): Period {
    const known = recent[unit];
    if (known !== undefined && utcMs >= known.startUtcMs && utcMs < known.nextUtcMs) return known;
    const localMs = localStart(unit, local(utcMs));
    const period = { startUtcMs: instantOf(localMs, utcMs), nextUtcMs: instantOf(localNext(unit, localMs), utcMs) };
    recent[unit] = period;
    return period;
  }

  return {
    timeZone,
    start(unit, utcMs) {
      const fixedMs = FIXED_MS[unit];
      return fixedMs === undefined ? periodOf(unit, utcMs).startUtcMs : Math.floor(utcMs / fixedMs) * fixedMs;
    },
    next(unit, utcMs) {
      const fixedMs = FIXED_MS[unit];
      return fixedMs === undefined ? periodOf(unit, utcMs).nextUtcMs : (Math.floor(utcMs / fixedMs) + 1) * fixedMs;
    },
    date: (utcMs) => new Date(local(utcMs)).toISOString().slice(0, 10),
  };
}
