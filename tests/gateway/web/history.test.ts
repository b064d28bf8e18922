import assert from "node:assert/strict";
import fc from "fast-check";
import type { Reading } from "#gateway/api/schemas/records.ts";
import { meterKey, sparkline, WINDOW_MS, withReading } from "#gateway/web/app/history.ts";
import type { History } from "#gateway/web/app/history.ts";

const BOARD = "24a160aabbcc";

function reading(endUtcMs: number | null, powerMw: number): Reading {
  return {
    id: `${BOARD}-1-1`,
    boardId: BOARD,
    boot: 1,
    sequence: 1,
    meter: 0,
    endUtcMs,
    uptimeMs: 1,
    currentMa: 0,
    minCurrentMa: 0,
    maxCurrentMa: 0,
    voltageMv: 0,
    powerMw,
    importMwh: 0,
    exportMwh: 0,
    closedRelays: [],
    flags: [],
    chargePermille: null,
    batchNumber: null,
  };
}

function historyOf(samples: readonly (readonly [number, number])[]): History {
  return samples.reduce<History>((history, [utcMs, powerMw]) => withReading(history, reading(utcMs, powerMw)), new Map());
}

describe("the power of the last minutes", () => {
  it("is the same in whatever order readings come, once each, and no older than the window", () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 3 * WINDOW_MS }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(times.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))), ([all, shuffled]) => {
        const newest = Math.max(...all);
        const expected = all.filter((time) => time >= newest - WINDOW_MS).toSorted((a, b) => a - b);
        const samples = historyOf([...shuffled, ...shuffled].map((time) => [time, time])).get(meterKey(BOARD, 0));
        assert.deepEqual(samples?.map(({ utcMs }) => utcMs), expected);
      }),
      { seed: 3 },
    );
  });

  it("has no place for a reading whose time is not known", () => {
    assert.equal(withReading(new Map(), reading(null, 5)).size, 0);
  });

  it("draws a gap in the data as a gap in the line", () => {
    const seconds = [1, 2, 3, 4, 20, 21, 22];
    const samples = historyOf(seconds.map((second) => [second * 1000, 1000])).get(meterKey(BOARD, 0)) ?? [];
    assert.equal(sparkline(samples, 22_000, 240, 48)?.line.match(/M/g)?.length, 2);
  });

  it("stays inside its box with zero on the scale", () => {
    const sample = fc.tuple(fc.integer({ min: 1, max: WINDOW_MS }), fc.integer({ min: -300_000, max: 300_000 }));
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 40 }), (samples) => {
        const drawn = sparkline(historyOf(samples).get(meterKey(BOARD, 0)) ?? [], WINDOW_MS, 240, 48);
        assert.ok(drawn !== null);
        for (const [, x, y] of drawn.line.matchAll(/(-?[\d.]+) (-?[\d.]+)/g)) {
          assert.ok(Number(x) >= 0 && Number(x) <= 240, drawn.line);
          assert.ok(Number(y) >= 0 && Number(y) <= 48, drawn.line);
        }
        assert.ok(drawn.zeroY >= 0 && drawn.zeroY <= 48);
      }),
      { seed: 4 },
    );
  });

  it("draws nothing of what is older than the window", () => {
    assert.equal(sparkline([{ utcMs: 1000, powerMw: 5 }], 1000 + WINDOW_MS, 240, 48), null);
    assert.equal(sparkline([], 0, 240, 48), null);
  });
});
