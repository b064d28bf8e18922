/**
 * Tariffs and energy for the tests.
 * @module
 */
import fc from "fast-check";
import type { Interval } from "#gateway/tariffs/cost.ts";
import type { Tariff } from "#gateway/tariffs/tariff.ts";

export const HOUR_MS = 3_600_000;
export const PARIS = "Europe/Paris";

/** Day and night, as a city's provider has it. */
export const DAY_NIGHT: Tariff = {
  tariffId: "t1",
  name: "Day and night",
  currency: "EUR",
  timeZone: PARIS,
  validFrom: "2020-01-01",
  bands: [
    { name: "night", importMicroPerKwh: 182_800, exportMicroPerKwh: 60_000, windows: [{ from: "22:00", to: "06:00" }] },
    { name: "day", importMicroPerKwh: 246_000, exportMicroPerKwh: 60_000, windows: [] },
  ],
  fixed: { micro: 15_740_000, per: "month" },
  subscribedPowerW: 6000,
  meters: [],
};

const price = fc.integer({ min: -100_000, max: 900_000 });
const timeOfDay = fc
  .integer({ min: 0, max: 1439 })
  .map((minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`);
const weekdays = fc.subarray(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const, { minLength: 1 });
const window = fc.record({ from: timeOfDay, to: timeOfDay, weekdays: fc.option(weekdays, { nil: undefined }) });
const timeZone = fc.constantFrom(PARIS, "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca");

/** Any tariff; ids and first days are set by {@link tariffs}. */
const tariff = fc
  .record({
    timeZone,
    windows: fc.array(fc.array(window, { minLength: 1, maxLength: 3 }), { maxLength: 3 }),
    prices: fc.array(fc.tuple(price, price), { minLength: 4, maxLength: 4 }),
    fixed: fc.record({ micro: fc.integer({ min: 0, max: 50_000_000 }), per: fc.constantFrom("day" as const, "month" as const) }),
  })
  .map(({ timeZone: zone, windows, prices, fixed }): Tariff => ({
    ...DAY_NIGHT,
    timeZone: zone,
    bands: [...windows, []].map((own, place) => ({
      name: `band ${place}`,
      importMicroPerKwh: prices[place]?.[0] ?? 0,
      exportMicroPerKwh: prices[place]?.[1] ?? 0,
      windows: own,
    })),
    fixed,
  }));

/** Some tariffs, one after the other; the first one holds from long ago. */
export const tariffs = fc
  .tuple(tariff, fc.array(fc.tuple(tariff, fc.integer({ min: 0, max: 364 })), { maxLength: 2 }))
  .map(([first, later]): Tariff[] => {
    const days = new Map(later.map(([one, day]) => [day, one]));
    return [
      first,
      ...[...days].map(([day, one], place) => ({
        ...one,
        tariffId: `t${place + 2}`,
        validFrom: new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10),
      })),
    ];
  });

/** Somewhere in 2026, DST changes among it. */
export const instant = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 28) });

export const interval = fc
  .record({
    startUtcMs: instant,
    lengthMs: fc.integer({ min: 1, max: 40 * HOUR_MS }),
    importMwh: fc.integer({ min: 0, max: 90_000_000 }),
    exportMwh: fc.integer({ min: 0, max: 90_000_000 }),
  })
  .map(({ startUtcMs, lengthMs, importMwh, exportMwh }): Interval => ({
    startUtcMs,
    endUtcMs: startUtcMs + lengthMs,
    importMwh,
    exportMwh,
  }));
