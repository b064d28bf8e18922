/**
 * Rollups: what charts and bills are drawn from.
 * @module
 */
import assert from "node:assert/strict";
import { FLAG } from "#firmware/wire/records.ts";
import { MAX_BINS } from "#gateway/store/history.ts";
import type { Resolution, Series } from "#gateway/store/history.ts";
import type { Store } from "#gateway/store/store.ts";
import { framesOf, live } from "./meters.ts";
import type { Life } from "./meters.ts";
import { BOARD_A, BOOT_UTC_MS, admitBoth, admitted, reading, received } from "./samples.ts";
import type { WithStore } from "./store-suite.ts";

const METER = { boardId: BOARD_A, meter: 0 };
const MINUTE_MS = 60_000;
const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;
/** The samples' boot begins with a minute and a quarter-hour. */
const T0 = BOOT_UTC_MS;

const sum = (values: (number | null)[]): number => values.reduce((a: number, b) => a + (b ?? 0), 0);

async function seriesOf(store: Store, resolution: Resolution, fromUtcMs: number, toUtcMs: number): Promise<Series["meters"][0] & { edges: number[] }> {
  const { meters, edgesUtcMs } = await store.series({ meters: [METER], resolution, fromUtcMs, toUtcMs });
  return { ...(meters[0] ?? assert.fail()), edges: edgesUtcMs };
}

async function fill(store: Store, life: Life): Promise<void> {
  await store.admitBoard(admitted(life.boardId ?? BOARD_A));
  await store.commitFrames(framesOf(live(life), life));
}

export function describeHistory(withStore: WithStore): void {
  describe("a series", () => {
    it(
      "has energy by the counters, power, voltage and charge for each bin",
      withStore(async (store) => {
        await fill(store, { fromUtcMs: T0, count: 18, powerW: (_, index) => (index < 6 ? 3600 : -1800), chargePermille: (index) => 500 + index });
        const { edgesUtcMs, resolution, timeZone, meters } = await store.series({
          meters: [METER, { ...METER, meter: 1 }],
          resolution: "minute",
          fromUtcMs: T0 - 1,
          toUtcMs: T0 + 4 * MINUTE_MS,
        });
        assert.deepEqual({ resolution, timeZone }, { resolution: "minute", timeZone: "UTC" });
        assert.deepEqual(edgesUtcMs, [-1, 0, 1, 2, 3, 4].map((minute) => T0 + minute * MINUTE_MS));
        assert.deepEqual(meters[0], {
          ...METER,
          // The first reading's own energy has no counter before it.
          importMwh: [null, 50_000, 0, 0, null],
          exportMwh: [null, 0, 30_000, 30_000, null],
          estimatedMwh: [0, 0, 0, 0, 0],
          coveredMs: [0, 50_000, 60_000, 60_000, 0],
          powerMw: [null, 3_600_000, -1_800_000, -1_800_000, null],
          minPowerMw: [null, 3_599_880, -1_800_120, -1_800_120, null],
          maxPowerMw: [null, 3_600_240, -1_799_760, -1_799_760, null],
          voltageMv: [null, 12_000, 12_000, 12_000, null],
          chargePermille: [null, 505, 511, 517, null],
          readings: [0, 6, 6, 6, 0],
        });
        assert.deepEqual(meters[1]?.importMwh, [null, null, null, null, null]);
      }),
    );

    it(
      "loses no interval to a bin's edge, however readings and bins lie to each other",
      withStore(async (store) => {
        // Two to a bin, which elsewhere gave half; and 7 s, which meets no edge.
        for (const [index, everyMs] of [30_000, 7000].entries()) {
          const fromUtcMs = T0 + index * 10 * HOUR_MS + 1;
          const life: Life = { fromUtcMs, count: 600, everyMs, boot: index, counters: [{ importMwh: 17, exportMwh: 4 }] };
          await fill(store, life);
          for (const resolution of ["minute", "quarter"] as const) {
            const series = await seriesOf(store, resolution, fromUtcMs, fromUtcMs + 601 * everyMs);
            const metered = { importMwh: 599 * everyMs, exportMwh: 0, coveredMs: 599 * everyMs };
            const firstEnd = fromUtcMs + everyMs;
            // The pair that leads over from the life before is no matter of this one.
            const before = index === 0 ? 0 : sum(series.estimatedMwh);
            assert.equal(sum(series.importMwh) - before, metered.importMwh);
            assert.equal(sum(series.exportMwh), metered.exportMwh);
            assert.equal(sum(series.coveredMs), metered.coveredMs);
            for (const [at, start] of series.edges.slice(0, -1).entries()) {
              const end = series.edges[at + 1] ?? 0;
              if (start >= firstEnd && end <= fromUtcMs + 600 * everyMs) assert.equal(series.importMwh[at], end - start);
            }
          }
        }
      }),
    );

    it(
      "counts a reading that ends on an edge in the bin before",
      withStore(async (store) => {
        await fill(store, { fromUtcMs: T0, count: 12 });
        assert.deepEqual((await seriesOf(store, "minute", T0, T0 + 2 * MINUTE_MS)).readings, [6, 6]);
      }),
    );

    it(
      "shows a gap as a gap, with its energy known and marked as estimated",
      withStore(async (store) => {
        const life: Life = { fromUtcMs: T0, count: 360 };
        const all = live(life);
        await store.admitBoard(admitted(BOARD_A));
        // Nothing from minute 20 to minute 40; the counters went on.
        await store.commitFrames(framesOf(all.filter(({ uptimeMs }) => uptimeMs <= 20 * MINUTE_MS || uptimeMs > 40 * MINUTE_MS), life));
        const series = await seriesOf(store, "minute", T0, T0 + HOUR_MS);
        const gap = series.coveredMs.map((coveredMs, minute) => (coveredMs === 0 ? minute : -1)).filter((minute) => minute >= 0);
        assert.deepEqual(
          gap,
          Array.from({ length: 20 }, (_, index) => 20 + index),
        );
        for (const minute of gap) {
          assert.equal(series.powerMw[minute], null);
          assert.equal(series.readings[minute], 0);
          assert.equal(series.importMwh[minute], 60_000);
          assert.equal(series.estimatedMwh[minute], 60_000);
        }
        assert.equal(sum(series.importMwh), HOUR_MS - 10_000);
        assert.equal(sum(series.estimatedMwh), 20 * MINUTE_MS + 10_000);
        // The readings come later after all: nothing is estimated any more.
        await store.commitFrames(framesOf(all, life));
        const whole = await seriesOf(store, "minute", T0, T0 + HOUR_MS);
        assert.equal(sum(whole.estimatedMwh), 0);
        assert.equal(sum(whole.coveredMs), HOUR_MS - 10_000);
        assert.deepEqual(whole.importMwh, [50_000, ...Array.from({ length: 59 }, () => 60_000)]);
      }),
    );

    it(
      "takes a slow board's readings for what they are, and a flag of lost records or a restart for a gap",
      withStore(async (store) => {
        await fill(store, { fromUtcMs: T0, count: 5, everyMs: 600_000 });
        const whole = await seriesOf(store, "quarter", T0, T0 + HOUR_MS);
        assert.deepEqual(whole.coveredMs, [300_000, QUARTER_MS, QUARTER_MS, 300_000]);
        assert.equal(sum(whole.estimatedMwh), 0);
        const bootUtcMs = T0 + 3_000_000;
        const lost = reading({ uptimeMs: 600_000, importMwh: 3_600_000, exportMwh: 0, flags: FLAG.gap });
        await store.commitFrames([received({ sequence: 6, bootUtcMs, records: [lost] })]);
        const restarted = reading({ uptimeMs: 600_000, importMwh: 4_000_000, exportMwh: 0 });
        await store.commitFrames([received({ boot: 2, sequence: 7, bootUtcMs: bootUtcMs + 600_000, records: [restarted] })]);
        const { estimatedMwh, coveredMs } = await seriesOf(store, "quarter", T0 + HOUR_MS - 1, T0 + 2 * HOUR_MS);
        assert.deepEqual(coveredMs, [300_000, 0, 0, 0, 0]);
        assert.equal(sum(estimatedMwh), 1_000_000);
      }),
    );

    it(
      "has no energy from a counter that was set anew, and no more time than there is from a clock that was set back",
      withStore(async (store) => {
        await fill(store, { fromUtcMs: T0, count: 6, counters: [{ importMwh: 900_000, exportMwh: 0 }] });
        await fill(store, { fromUtcMs: T0 + MINUTE_MS, boot: 2, count: 6 });
        await fill(store, { fromUtcMs: T0 + 30_000, boot: 3, count: 6, counters: [{ importMwh: 60_000, exportMwh: 0 }] });
        await fill(store, { fromUtcMs: T0 + 90_000, boot: 4, count: 1, counters: [{ importMwh: 2 ** 52, exportMwh: 0 }] });
        const { importMwh, coveredMs } = await seriesOf(store, "minute", T0, T0 + 2 * MINUTE_MS);
        // 50 s of the first boot, 60 s of the second, of which the step from the first one counts none, 50 s of the third, 10 s of its start.
        assert.equal(sum(importMwh), 50_000 + 50_000 + 60_000);
        for (const ms of coveredMs) assert.ok(ms <= MINUTE_MS);
      }),
    );

    it(
      "leaves readings out whose time is unknown or impossible: their energy is in the counters of the others",
      withStore(async (store) => {
        await admitBoth(store);
        const at = (minute: number) => [reading({ uptimeMs: minute * MINUTE_MS, importMwh: minute * 60, exportMwh: 0 })];
        await store.commitFrames([received({ sequence: 1, records: at(1) }), received({ sequence: 9, records: at(9) })]);
        await store.commitFrames([received({ boot: 0, frameBoot: 1, frameNumber: 10, bootUtcMs: null, records: at(4) })]);
        await store.commitFrames([received({ sequence: 5, frameNumber: 11, bootUtcMs: 9e15, records: at(5) })]);
        const { importMwh, readings } = await seriesOf(store, "minute", T0, T0 + 10 * MINUTE_MS);
        assert.deepEqual(importMwh, [null, 60, 60, 60, 60, 60, 60, 60, 60, null]);
        assert.equal(sum(readings), 2);
      }),
    );

    it(
      "is refused when it is too long or no time at all",
      withStore(async (store) => {
        const query = { meters: [METER], resolution: "minute" as const, fromUtcMs: T0 };
        await assert.rejects(store.series({ ...query, toUtcMs: T0 + (MAX_BINS + 1) * MINUTE_MS }), /more than 45000 steps.*ask for less/);
        for (const toUtcMs of [T0, T0 - 1, NaN, 9e15]) await assert.rejects(store.series({ ...query, toUtcMs }), /no time/);
        assert.equal((await store.series({ ...query, toUtcMs: T0 + MAX_BINS * MINUTE_MS })).edgesUtcMs.length, MAX_BINS + 1);
      }),
    );

    it(
      "comes in quarter-hours where minutes are no longer kept",
      withStore(async (store, reopen) => {
        await store.changeStoreSettings({ keepMinutesDays: 1 });
        await fill(store, { fromUtcMs: T0, count: 3 * 288, everyMs: 300_000 });
        const now = T0 + 72 * HOUR_MS;
        const before = await seriesOf(store, "quarter", T0, now);
        let dropped = 0;
        for (let more = true; more; ) {
          const step = await store.tidy(now);
          dropped += step.droppedMinutes;
          more = step.more;
        }
        const keptFrom = Math.floor(now / 86_400_000 - 1) * 86_400_000;
        assert.equal(dropped, (keptFrom - T0) / MINUTE_MS - 4);
        const again = await reopen();
        const query = { meters: [METER], resolution: "minute" as const };
        assert.equal((await again.series({ ...query, fromUtcMs: keptFrom - 1, toUtcMs: now })).resolution, "quarter");
        const kept = await again.series({ ...query, fromUtcMs: keptFrom, toUtcMs: now });
        assert.equal(kept.resolution, "minute");
        assert.equal(sum(kept.meters[0]?.importMwh ?? []), now - keptFrom);
        assert.deepEqual(await seriesOf(again, "quarter", T0, now), before);
      }),
    );
  });

  describe("energy", () => {
    /** A kilowatt around both changes of the clock in Paris. */
    const SPRING = { fromUtcMs: Date.UTC(2026, 2, 27, 12), count: 4 * 96, everyMs: QUARTER_MS, powerW: () => 1000 } satisfies Life;
    const AUTUMN = { ...SPRING, fromUtcMs: Date.UTC(2026, 9, 23, 12), boot: 2 } satisfies Life;
    const paris = { meters: [METER], timeZone: "Europe/Paris" };

    it(
      "has days of 23 and 25 hours where the clock changes, in any time zone",
      withStore(async (store, reopen) => {
        const counters = [{ importMwh: 0, exportMwh: 0 }];
        await fill(store, { ...SPRING, counters });
        await fill(store, { ...AUTUMN, counters });
        const spring = { ...paris, by: "day", fromUtcMs: Date.UTC(2026, 2, 28, 12), toUtcMs: Date.UTC(2026, 2, 30, 12) } as const;
        const autumn = { ...paris, by: "day", fromUtcMs: Date.UTC(2026, 9, 24, 12), toUtcMs: Date.UTC(2026, 9, 26, 12) } as const;
        const fromQuarters = [await store.energy(spring), await store.energy(autumn)];
        await store.changeStoreSettings({ timeZone: "Europe/Paris" });
        const again = await reopen();
        assert.equal((await again.storeSettings()).timeZone, "Europe/Paris");
        for (const [index, table] of [await again.energy(spring), await again.energy(autumn)].entries()) {
          const hours = table.edgesUtcMs.slice(1).map((edge, day) => (edge - (table.edgesUtcMs[day] ?? 0)) / HOUR_MS);
          assert.deepEqual(hours, [24, index === 0 ? 23 : 25, 24]);
          assert.deepEqual(
            table.meters[0]?.importMwh,
            hours.map((hour) => hour * 1_000_000),
          );
          assert.deepEqual(table.dates[1], index === 0 ? "2026-03-29" : "2026-10-25");
          assert.deepEqual(table, fromQuarters[index]);
        }
        // Readings that come after the change of zone go to the same days.
        await fill(again, { ...AUTUMN, boot: 3, fromUtcMs: Date.UTC(2026, 9, 27, 12), count: 96, counters });
        const { meters } = await again.energy({ ...autumn, fromUtcMs: Date.UTC(2026, 9, 27, 23), toUtcMs: Date.UTC(2026, 9, 28, 1) });
        assert.deepEqual(meters[0]?.importMwh, [13_000_000]);
      }),
    );

    it(
      "is added up by week, month and year, whole ones",
      withStore(async (store) => {
        await store.changeStoreSettings({ timeZone: "Europe/Paris" });
        // From Monday 2026-06-29 in Paris, 12 days.
        const fromUtcMs = Date.UTC(2026, 5, 28, 22);
        await fill(store, { fromUtcMs: fromUtcMs - HOUR_MS, count: 12 * 24 + 1, everyMs: HOUR_MS, powerW: () => 1 });
        const energy = async (by: "week" | "month" | "year") => {
          const { dates, meters } = await store.energy({ meters: [METER], by, fromUtcMs: fromUtcMs + 1, toUtcMs: fromUtcMs + 10 * 86_400_000 });
          return [dates, meters[0]?.importMwh];
        };
        assert.deepEqual(await energy("week"), [["2026-06-29", "2026-07-06"], [7 * 24_000, 5 * 24_000]]);
        assert.deepEqual(await energy("month"), [["2026-06-01", "2026-07-01"], [2 * 24_000, 10 * 24_000]]);
        assert.deepEqual(await energy("year"), [["2026-01-01"], [12 * 24_000]]);
        const months = await seriesOf(store, "month", fromUtcMs, fromUtcMs + 10 * 86_400_000);
        assert.deepEqual(months.importMwh, [2 * 24_000, 10 * 24_000]);
      }),
    );

    it(
      "is refused in a time zone that is none",
      withStore(async (store) => {
        const query = { meters: [METER], by: "day" as const, fromUtcMs: T0, toUtcMs: T0 + 1 };
        await assert.rejects(store.energy({ ...query, timeZone: "Europe/Nowhere" }), /no time zone; an IANA name/);
        await assert.rejects(store.energy({ ...query, toUtcMs: T0 - 1 }), /no time/);
      }),
    );
  });

  describe("settings", () => {
    it(
      "are kept, and refused whole when one of them is wrong",
      withStore(async (store, reopen) => {
        const before = await store.storeSettings();
        for (const wrong of [{ timeZone: "Nowhere" }, { packAfterDays: 1.5 }, { keepReadingsMonths: 0 }, { lowDiskBytes: -1 }, { packAfterDays: 93 }]) {
          await assert.rejects(store.changeStoreSettings({ packUnbatchedAfterDays: 92, ...wrong }), /no time zone|whole number from/);
        }
        assert.deepEqual(await store.storeSettings(), before);
        const changed = { ...before, timeZone: "Asia/Kathmandu", keepReadingsMonths: 24, keepMinutesDays: null };
        assert.deepEqual(await store.changeStoreSettings({ timeZone: "Asia/Kathmandu", keepReadingsMonths: 24, keepMinutesDays: null }), changed);
        assert.deepEqual(await (await reopen()).storeSettings(), changed);
      }),
    );
  });
}
