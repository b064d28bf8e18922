/**
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { createCalendar } from "#gateway/store/calendar.ts";

const HOUR_MS = 3_600_000;
/** Zones that change at midnight, by half an hour, that skipped a day, lie on quarter-hours, or never change. */
const ZONES = ["UTC", "Europe/Paris", "Africa/Cairo", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "America/St_Johns"];

/** The same by Temporal's own calendar, step by step. */
function byTemporal(timeZone: string, unit: "day" | "week" | "month" | "year", utcMs: number) {
  const date = Temporal.Instant.fromEpochMilliseconds(utcMs).toZonedDateTimeISO(timeZone).toPlainDate();
  const first =
    unit === "day" ? date : unit === "week" ? date.subtract({ days: date.dayOfWeek - 1 }) : date.with(unit === "month" ? { day: 1 } : { month: 1, day: 1 });
  return {
    start: first.toZonedDateTime(timeZone).epochMilliseconds,
    next: first.add({ [`${unit}s`]: 1 }).toZonedDateTime(timeZone).epochMilliseconds,
    date: date.toString(),
  };
}

describe("a calendar", () => {
  it("starts days, weeks, months and years where Temporal does, in any zone", () => {
    const instant = fc.oneof(
      fc.integer({ min: Date.UTC(2010, 0, 1) / HOUR_MS, max: Date.UTC(2036, 0, 1) / HOUR_MS }).map((hours) => hours * HOUR_MS + 17),
      // Around changes of the clock, and the day that Samoa left out.
      fc.integer({ min: -50, max: 50 }).map((hours) => Date.UTC(2026, 9, 25) + hours * HOUR_MS),
      fc.integer({ min: -50, max: 50 }).map((hours) => Date.UTC(2026, 2, 8) + hours * HOUR_MS),
      fc.integer({ min: -50, max: 50 }).map((hours) => Date.UTC(2011, 11, 30) + hours * HOUR_MS),
    );
    const calendars = new Map(ZONES.map((zone) => [zone, createCalendar(zone)]));
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.constantFrom("day", "week", "month", "year"), instant, (zone, unit, utcMs) => {
        const calendar = calendars.get(zone) ?? assert.fail();
        const got = { start: calendar.start(unit, utcMs), next: calendar.next(unit, utcMs), date: calendar.date(utcMs) };
        assert.deepEqual(got, byTemporal(zone, unit, utcMs));
      }),
      { numRuns: 1500 },
    );
  });

  it("has minutes and quarter-hours on UTC", () => {
    const calendar = createCalendar("Asia/Kathmandu");
    assert.deepEqual([calendar.start("minute", 119_999), calendar.next("minute", 60_000)], [60_000, 120_000]);
    assert.deepEqual([calendar.start("quarter", 1_799_999), calendar.next("quarter", 900_000)], [900_000, 1_800_000]);
  });

  it("is refused for a zone that is none", () => {
    for (const zone of ["Nowhere", "", "Europe/Paris "]) assert.throws(() => createCalendar(zone), /no time zone; an IANA name/);
  });
});
