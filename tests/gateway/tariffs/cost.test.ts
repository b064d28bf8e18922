import assert from "node:assert/strict";
import fc from "fast-check";
import { priceSegments } from "#gateway/tariffs/bands.ts";
import { billOf } from "#gateway/tariffs/bill.ts";
import type { MeterInterval } from "#gateway/tariffs/bill.ts";
import { costOf, within } from "#gateway/tariffs/cost.ts";
import type { Cost, Interval } from "#gateway/tariffs/cost.ts";
import { fixedPart } from "#gateway/tariffs/fixed.ts";
import { fromMicro, partOf, priceOf, toMicro } from "#gateway/tariffs/money.ts";
import { peakOf } from "#gateway/tariffs/peak.ts";
import { addDays, startOfDay } from "#gateway/tariffs/time-zone.ts";
import { DAY_NIGHT, HOUR_MS, interval, PARIS, tariffs } from "./samples.ts";

const FLAT = { ...DAY_NIGHT, bands: [{ name: "all", importMicroPerKwh: 200_000, exportMicroPerKwh: 0, windows: [] }] };
const SPAN = { startUtcMs: Date.UTC(2026, 0, 1), endUtcMs: Date.UTC(2026, 11, 31) };

function totals({ bands }: Cost) {
  return bands.reduce(
    (sum, one) => ({
      importMwh: sum.importMwh + one.importMwh,
      exportMwh: sum.exportMwh + one.exportMwh,
      pico: sum.pico + one.importPico - one.exportPico,
    }),
    { importMwh: 0, exportMwh: 0, pico: 0n },
  );
}

/** An interval in two at a moment, its energy divided by time. */
function split(whole: Interval, part: number): [Interval, Interval] {
  const at = whole.startUtcMs + Math.max(1, Math.floor((whole.endUtcMs - whole.startUtcMs) * part));
  return [
    { startUtcMs: whole.startUtcMs, endUtcMs: at, ...within(whole, whole.startUtcMs, at) },
    { startUtcMs: at, endUtcMs: whole.endUtcMs, ...within(whole, at, whole.endUtcMs) },
  ];
}

const costIn = (intervals: Interval[], all: Parameters<typeof priceSegments>[0]) =>
  costOf(intervals, priceSegments(all, SPAN.startUtcMs, SPAN.endUtcMs));

describe("what energy costs", () => {
  it("is every interval's energy, once: nothing is lost at an edge of a band, a tariff or a day", () => {
    fc.assert(
      fc.property(tariffs, fc.array(interval, { maxLength: 5 }), (all, intervals) => {
        const { importMwh, exportMwh } = totals(costIn(intervals, all));
        assert.equal(
          importMwh,
          intervals.reduce((sum, one) => sum + one.importMwh, 0),
        );
        assert.equal(
          exportMwh,
          intervals.reduce((sum, one) => sum + one.exportMwh, 0),
        );
      }),
      { numRuns: 40 },
    );
  });

  it("is the same however an interval is split, but for what one mWh may cost at each edge of a price", () => {
    fc.assert(
      fc.property(tariffs, interval, fc.double({ min: 0, max: 1, noNaN: true }), (all, whole, part) => {
        const [before, after] = [costIn([whole], all), costIn(split(whole, part), all)];
        assert.deepEqual({ ...totals(before), pico: 0n }, { ...totals(after), pico: 0n });
        const difference = totals(before).pico - totals(after).pico;
        const edges = priceSegments(all, whole.startUtcMs, whole.endUtcMs).length - 1;
        // A mWh that falls to the other side of an edge, import and export: at most 2 × 1,000,000 micro per kWh each.
        assert.ok((difference < 0n ? -difference : difference) <= BigInt(edges) * 4_000_000n, `${difference} with ${edges} edges`);
        if (edges === 0) assert.equal(difference, 0n);
      }),
      { numRuns: 40 },
    );
  });

  it("adds up: the days of a month are the month, to the last millionth, over the change of the clock and of the tariff", () => {
    const months = fc.constantFrom<[string, number][]>(["2026-01-01", 31], ["2026-03-01", 31], ["2026-10-01", 31], ["2026-02-01", 28]);
    fc.assert(
      fc.property(
        tariffs,
        months,
        fc.array(fc.nat(5_000_000), { minLength: 31 * 4, maxLength: 31 * 4 }),
        (all, [first, days], energies) => {
          const edges = Array.from({ length: days + 1 }, (_, day) => startOfDay(PARIS, addDays(first, day)));
          const intervals = edges.slice(0, -1).flatMap((startUtcMs, day) => {
            const quarter = ((edges[day + 1] ?? 0) - startUtcMs) / 4;
            return [0, 1, 2, 3].map((part): MeterInterval => ({
              meterId: "m",
              startUtcMs: startUtcMs + part * quarter,
              endUtcMs: startUtcMs + (part + 1) * quarter,
              importMwh: energies[day * 4 + part] ?? 0,
              exportMwh: 0,
            }));
          });
          // All tariffs of the month in its own time zone: then no day is cut by another zone's midnight.
          const own = all.map((tariff) => ({ ...tariff, timeZone: PARIS }));
          const bill = (from: number, to: number) =>
            billOf(
              intervals.filter((one) => one.startUtcMs >= from && one.startUtcMs < to),
              own,
              { startUtcMs: from, endUtcMs: to, loadMeters: ["m"], nowMs: SPAN.endUtcMs },
            );
          const month = bill(edges[0] ?? 0, edges.at(-1) ?? 0);
          const sum = edges.slice(0, -1).reduce((total, from, day) => total + bill(from, edges[day + 1] ?? 0).totalPico, 0n);
          assert.equal(sum, month.totalPico);
        },
      ),
      { numRuns: 15 },
    );
  });

  it("counts in whole numbers and rounds once", () => {
    assert.equal(priceOf(1, 1), 1n);
    assert.equal(toMicro(priceOf(1_000_000, 227_600)), 227_600);
    assert.deepEqual([499_999n, 500_000n, -500_000n, -499_999n].map(toMicro), [0, 1, -1, 0]);
    // 0.1 + 0.2 cents a thousand times are 3 euros.
    let sum = 0n;
    for (let i = 0; i < 1000; i++) sum += priceOf(1_000_000, 1000) + priceOf(1_000_000, 2000);
    assert.equal(toMicro(sum), 3_000_000);
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 18n), 10n ** 18n), fc.integer({ min: 1, max: 31 }), (whole, count) => {
        const parts = Array.from({ length: count }, (_, index) => partOf(whole, index, count));
        assert.equal(
          parts.reduce((a, b) => a + b),
          whole,
        );
      }),
    );
  });

  it("says how much flowed before there was any tariff", () => {
    const later = { ...FLAT, validFrom: "2026-06-01" };
    const { bands, untariffedMwh } = costIn(
      [{ startUtcMs: Date.UTC(2026, 4, 1), endUtcMs: Date.UTC(2026, 4, 2), importMwh: 700, exportMwh: 50 }],
      [later],
    );
    assert.deepEqual([bands, untariffedMwh], [[], 750]);
  });
});

describe("the fixed part", () => {
  const of = (from: string, to: string) => fixedPart([DAY_NIGHT], startOfDay(PARIS, from), startOfDay(PARIS, to));

  it("is the month's over its days, whatever their length", () => {
    for (const [from, to] of [
      ["2026-02-01", "2026-03-01"],
      ["2026-03-01", "2026-04-01"],
      ["2026-10-01", "2026-11-01"],
    ]) {
      assert.equal(of(from ?? "", to ?? ""), fromMicro(DAY_NIGHT.fixed.micro));
    }
    assert.equal(of("2026-01-01", "2027-01-01"), 12n * fromMicro(DAY_NIGHT.fixed.micro));
  });

  it("changes with the tariff on its first day", () => {
    const next = { ...DAY_NIGHT, tariffId: "t2", validFrom: "2026-01-16", fixed: { micro: 1_000_000, per: "day" as const } };
    const january = fixedPart([DAY_NIGHT, next], startOfDay(PARIS, "2026-01-01"), startOfDay(PARIS, "2026-02-01"));
    const half = Array.from({ length: 15 }, (_, day) => partOf(fromMicro(DAY_NIGHT.fixed.micro), day, 31)).reduce((a, b) => a + b);
    assert.equal(january, half + 16n * fromMicro(1_000_000));
  });

  it("is not asked for on days that have not begun", () => {
    const period = { startUtcMs: startOfDay(PARIS, "2026-01-01"), endUtcMs: startOfDay(PARIS, "2026-02-01"), loadMeters: [] };
    const daily = { ...DAY_NIGHT, fixed: { micro: 100, per: "day" as const } };
    const at = (nowMs: number) => toMicro(billOf([], [daily], { ...period, nowMs }).totalPico);
    assert.deepEqual(
      [at(period.startUtcMs - 1), at(period.startUtcMs), at(startOfDay(PARIS, "2026-01-10") + HOUR_MS), at(SPAN.endUtcMs)],
      [0, 100, 1000, 3100],
    );
  });
});

describe("faults that CitizenWatt had", () => {
  const at = (seconds: number) => Date.UTC(2026, 0, 15, 12) + seconds * 1000;
  const total = (intervals: Interval[]) => totals(costIn(intervals, [FLAT]));

  it("two intervals of 8 s are 16 s of energy, not 8", () => {
    // 3600 W for 8 s are 8 Wh.
    const eight = (seconds: number): Interval => ({ startUtcMs: at(seconds), endUtcMs: at(seconds + 8), importMwh: 8000, exportMwh: 0 });
    assert.deepEqual(total([eight(0), eight(8)]), { importMwh: 16_000, exportMwh: 0, pico: priceOf(16_000, 200_000) });
  });

  it("a gap of ten hours costs what the counter counted, not the power before it for ten hours", () => {
    const gap: Interval = { startUtcMs: at(0), endUtcMs: at(36_000), importMwh: 5000, exportMwh: 0 };
    assert.equal(total([gap]).pico, priceOf(5000, 200_000));
  });

  it("night energy is billed at the night's price", () => {
    const night: Interval = {
      startUtcMs: Date.UTC(2026, 0, 15, 22),
      endUtcMs: Date.UTC(2026, 0, 15, 23),
      importMwh: 1_000_000,
      exportMwh: 0,
    };
    const { bands } = costIn([night], [DAY_NIGHT]);
    assert.deepEqual(
      bands.map(({ band, importPico }) => [band.name, toMicro(importPico)]),
      [["night", 182_800]],
    );
  });

  it("a month without any energy costs its fixed part", () => {
    const month = {
      startUtcMs: startOfDay(PARIS, "2026-03-01"),
      endUtcMs: startOfDay(PARIS, "2026-04-01"),
      loadMeters: [],
      nowMs: SPAN.endUtcMs,
    };
    assert.equal(toMicro(billOf([], [DAY_NIGHT], month).totalPico), 15_740_000);
  });
});

describe("power against what was subscribed to", () => {
  it("is that of all meters together", () => {
    const quarter = (place: number, importMwh: number): Interval => ({
      startUtcMs: place * 900_000,
      endUtcMs: (place + 1) * 900_000,
      importMwh,
      exportMwh: 0,
    });
    // 1 kWh in a quarter-hour is 4 kW.
    const one = [quarter(0, 1_000_000), quarter(1, 1_000_000)];
    assert.deepEqual(peakOf([...one, quarter(0, 500_000)], 6000), { peakPowerMw: 6_000_000, aboveMs: 0 });
    assert.deepEqual(peakOf([...one, quarter(0, 500_001)], 6000), { peakPowerMw: 6_000_004, aboveMs: 900_000 });
  });
});
