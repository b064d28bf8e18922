/**
 * What a store keeps of energy that no board of ours metered.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { ExternalInterval, ExternalSeries } from "#gateway/store/external.ts";
import type { WithStore } from "./store-suite.ts";

const ROOF: ExternalSeries = { seriesId: "imported-roof", origin: "imported", kind: "production", name: "Roof" };
const HOUR_MS = 3_600_000;
const ALL = { seriesId: ROOF.seriesId, fromUtcMs: 0, toUtcMs: Number.MAX_SAFE_INTEGER, limit: 1000 };
const hour = (number: number, energyMwh: number): ExternalInterval => ({ startUtcMs: number * HOUR_MS, endUtcMs: (number + 1) * HOUR_MS, energyMwh });

export function describeExternal(withStore: WithStore): void {
  describe("external energy", () => {
    it(
      "is kept by series, with its origin, over a restart",
      withStore(async (store, reopen) => {
        await store.putExternalSeries({ ...ROOF, seriesId: "manual-stove", origin: "manual", kind: "consumption", name: "Stove" });
        await store.putExternalSeries(ROOF);
        await store.addExternal(ROOF.seriesId, [hour(5, 700), hour(2, 400)]);
        const [first, second] = await (await reopen()).externalSeries();
        assert.deepEqual(first, { ...ROOF, intervals: 2, energyMwh: 1100, fromUtcMs: 2 * HOUR_MS, toUtcMs: 6 * HOUR_MS });
        assert.deepEqual([second?.origin, second?.intervals, second?.energyMwh, second?.fromUtcMs], ["manual", 0, 0, null]);
      }),
    );

    it(
      "takes another name, and neither another origin nor another kind",
      withStore(async (store) => {
        await store.putExternalSeries(ROOF);
        await store.putExternalSeries({ ...ROOF, name: "South roof" });
        assert.deepEqual((await store.externalSeries()).map(({ name }) => name), ["South roof"]);
        await assert.rejects(store.putExternalSeries({ ...ROOF, origin: "manual" }), /imported-roof.*another origin or kind: choose another id/);
        await assert.rejects(store.putExternalSeries({ ...ROOF, kind: "consumption" }), /another origin or kind/);
      }),
    );

    it(
      "counts no moment twice, and stores nothing of a transaction that it refuses",
      withStore(async (store) => {
        await store.putExternalSeries(ROOF);
        const half = { startUtcMs: 2.5 * HOUR_MS, endUtcMs: 3.5 * HOUR_MS, energyMwh: 9 };
        assert.deepEqual(await store.addExternal(ROOF.seriesId, [hour(2, 400), hour(2, 400), hour(2, 401), half, hour(3, 5)]), ["stored", "duplicate", "overlapping", "overlapping", "stored"]);
        assert.deepEqual(await store.externalIntervals(ALL), [hour(2, 400), hour(3, 5)]);
        await assert.rejects(store.addExternal(ROOF.seriesId, [hour(7, 1), { startUtcMs: 9, endUtcMs: 9, energyMwh: 1 }]));
        await assert.rejects(store.addExternal(ROOF.seriesId, [hour(7, 1), { ...hour(8, 1), energyMwh: -1 }]));
        await assert.rejects(store.addExternal("nobody's", [hour(7, 1)]), /no external series "nobody's": add it first/);
        assert.equal((await store.externalIntervals(ALL)).length, 2);
      }),
    );

    it(
      "is found by time: all intervals that reach into it, in order, no more than asked for",
      withStore(async (store) => {
        await store.putExternalSeries(ROOF);
        await store.putExternalSeries({ ...ROOF, seriesId: "other" });
        await store.addExternal("other", [hour(3, 77)]);
        const intervals = [0, 1, 4, 5, 6, 9].map((number) => hour(number, number + 1));
        await store.addExternal(ROOF.seriesId, intervals.toReversed());
        const bound = fc.integer({ min: 0, max: 11 * HOUR_MS });
        await fc.assert(
          fc.asyncProperty(bound, bound, fc.integer({ min: 1, max: 8 }), async (fromUtcMs, toUtcMs, limit) => {
            const found = await store.externalIntervals({ ...ALL, fromUtcMs, toUtcMs, limit });
            const expected = intervals.filter(({ startUtcMs, endUtcMs }) => startUtcMs < toUtcMs && endUtcMs > fromUtcMs);
            assert.deepEqual(found, expected.slice(0, limit));
          }),
          { numRuns: 60 },
        );
      }),
    );

    it(
      "goes with its series, and nothing else does",
      withStore(async (store) => {
        await store.putExternalSeries(ROOF);
        await store.addExternal(ROOF.seriesId, [hour(1, 1)]);
        const before = [await store.readings({ limit: 10 }), await store.unbatchedReadings(Number.MAX_SAFE_INTEGER, 10), await store.unbatchedCheckpoints(10)];
        assert.equal(await store.deleteExternalSeries(ROOF.seriesId), true);
        assert.equal(await store.deleteExternalSeries(ROOF.seriesId), false);
        assert.deepEqual(await store.externalSeries(), []);
        assert.deepEqual([await store.readings({ limit: 10 }), await store.unbatchedReadings(Number.MAX_SAFE_INTEGER, 10), await store.unbatchedCheckpoints(10)], before);
        await store.putExternalSeries({ ...ROOF, origin: "manual" });
      }),
    );

    it(
      "has numbers for other programs that stay, each space its own",
      withStore(async (store, reopen) => {
        assert.deepEqual(await store.externalNumbers("sensor", ["a", "b", "a"]), [1, 2, 1]);
        assert.deepEqual(await store.externalNumbers("provider", ["b"]), [1]);
        assert.deepEqual(await (await reopen()).externalNumbers("sensor", ["c", "b"]), [3, 2]);
      }),
    );
  });
}
