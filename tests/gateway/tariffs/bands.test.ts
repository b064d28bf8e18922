import assert from "node:assert/strict";
import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { bandAt, priceSegments } from "#gateway/tariffs/bands.ts";
import { startOfDay } from "#gateway/tariffs/time-zone.ts";
import { DAY_NIGHT, HOUR_MS, instant, PARIS, tariffs } from "./samples.ts";

/** Hours of each band on a local day. */
function hoursOn(date: string, next: string): Record<string, number> {
  const hours: Record<string, number> = {};
  for (const { band, fromUtcMs, toUtcMs } of priceSegments([DAY_NIGHT], startOfDay(PARIS, date), startOfDay(PARIS, next))) {
    hours[band.name] = (hours[band.name] ?? 0) + (toUtcMs - fromUtcMs) / HOUR_MS;
  }
  return hours;
}

describe("when which band holds", () => {
  it("is by the clock on the wall, on days of 24, 23 and 25 hours", () => {
    assert.deepEqual(hoursOn("2026-01-15", "2026-01-16"), { night: 8, day: 16 });
    // The hour from 2 to 3 does not come, or comes twice: it is night's.
    assert.deepEqual(hoursOn("2026-03-29", "2026-03-30"), { night: 7, day: 16 });
    assert.deepEqual(hoursOn("2026-10-25", "2026-10-26"), { night: 9, day: 16 });
  });

  it("is night at 23:00 and day at 12:00: the window is the night's, and not what is left of it", () => {
    const at = (hour: number) => bandAt(DAY_NIGHT.bands, 0, hour * 60).name;
    assert.deepEqual([at(23), at(0), at(5), at(6), at(12), at(21), at(22)], ["night", "night", "night", "day", "day", "day", "night"]);
  });

  it("lets a window over midnight belong to the day on which it begins", () => {
    const weekend = [
      {
        ...DAY_NIGHT.bands[0],
        name: "weekend",
        importMicroPerKwh: 1,
        exportMicroPerKwh: 0,
        windows: [{ from: "22:00", to: "06:00", weekdays: ["friday" as const] }],
      },
    ];
    const bands = [...weekend, { name: "else", importMicroPerKwh: 2, exportMicroPerKwh: 0, windows: [] }];
    assert.equal(bandAt(bands, 4, 23 * 60).name, "weekend");
    assert.equal(bandAt(bands, 5, 5 * 60).name, "weekend");
    assert.equal(bandAt(bands, 4, 5 * 60).name, "else");
    assert.equal(bandAt(bands, 5, 23 * 60).name, "else");
  });

  it("covers every moment once, by the tariff and the band of that moment, in any time zone", () => {
    fc.assert(
      fc.property(tariffs, instant, fc.integer({ min: 1, max: 30 * 24 * HOUR_MS }), fc.nat(999), (all, from, length, probe) => {
        const segments = priceSegments(all, from, from + length);
        let at = from;
        for (const { fromUtcMs, toUtcMs } of segments) {
          assert.equal(fromUtcMs, at);
          assert.ok(toUtcMs > fromUtcMs);
          at = toUtcMs;
        }
        assert.equal(at, from + length);
        const moment = from + Math.floor((length * probe) / 1000);
        const found = segments.find(({ fromUtcMs, toUtcMs }) => moment >= fromUtcMs && moment < toUtcMs);
        assert.ok(found !== undefined);
        // The same by Temporal's own calendar, moment by moment.
        const local = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(found.tariff.timeZone);
        assert.equal(found.band, bandAt(found.tariff.bands, local.dayOfWeek - 1, local.hour * 60 + local.minute));
      }),
      { numRuns: 80 },
    );
  });
});
