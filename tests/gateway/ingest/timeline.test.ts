/**
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { refine, slotOf } from "#gateway/ingest/timeline.ts";
import type { BootTime } from "#gateway/ingest/timeline.ts";

const BOOT_MS = 1_800_000_000_000;
const DAY_MS = 86_400_000;

interface Step {
  time: BootTime;
  errorMs: number;
}

/** Feeds frames that a board seals every `everyMs` over `spanMs`; gives the mapping after each, and its error. */
function follow(everyMs: number, spanMs: number, delayMs: (realMs: number) => number, driftPpm: number): Step[] {
  const steps: Step[] = [];
  let time: BootTime | null = null;
  for (let realMs = everyMs; realMs <= spanMs; realMs += everyMs) {
    const uptimeMs = Math.round(realMs * (1 - driftPpm / 1e6));
    time = refine(time, BOOT_MS + realMs + delayMs(realMs), uptimeMs);
    steps.push({ time, errorMs: time.bootUtcMs + uptimeMs - (BOOT_MS + realMs) });
  }
  return steps;
}

describe("a boot's time", () => {
  it("is the smallest delay seen, whatever delays come before and after", () => {
    const delays = fc.array(fc.nat(60_000), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(delays, (list) => {
        let time: BootTime | null = null;
        for (const [index, delay] of list.entries()) time = refine(time, BOOT_MS + index * 100 + delay, index * 100);
        assert.equal(time?.bootUtcMs, BOOT_MS + Math.min(...list));
      }),
      { seed: 20267 },
    );
  });

  it("follows a slow or fast crystal over a day, and stays within the least delay and a second's part", () => {
    for (const driftPpm of [-80, -20, 0, 20, 80]) {
      for (const everyMs of [1000, 19_000]) {
        // Every tenth frame comes at once, the others up to 5 s late.
        const steps = follow(everyMs, DAY_MS, (realMs) => (realMs % (10 * everyMs) === 0 ? 0 : realMs % 5000), driftPpm);
        for (const { errorMs } of steps.slice(20)) {
          assert.ok(errorMs >= -25 && errorMs <= 100, `${errorMs} ms at ${driftPpm} ppm, every ${everyMs} ms`);
        }
      }
    }
  });

  it("jumps when the gateway's clock is set, forward or back", () => {
    const before = refine(null, BOOT_MS + 1000, 1000);
    for (const stepMs of [-DAY_MS, -1, 121_000, DAY_MS]) {
      assert.equal(refine(before, BOOT_MS + stepMs + 2000, 2000).bootUtcMs, BOOT_MS + stepMs);
    }
    assert.equal(refine(before, BOOT_MS + 60_000 + 2000, 2000).bootUtcMs, BOOT_MS);
  });

  it("does not rise on the first frame after a restart, since how long it was settled is unknown", () => {
    const restarted = refine({ bootUtcMs: BOOT_MS, settledUptimeMs: null }, BOOT_MS + DAY_MS + 500, DAY_MS);
    assert.deepEqual(restarted, { bootUtcMs: BOOT_MS, settledUptimeMs: DAY_MS });
  });

  it("is whole milliseconds", () => {
    for (const { time } of follow(777, 1_000_000, (realMs) => realMs % 333, 50)) assert.ok(Number.isSafeInteger(time.bootUtcMs));
  });
});

describe("the slot of a checkpoint cut without UTC", () => {
  it("is the one it was cut in; one that ends on the boundary when it was cut there", () => {
    assert.equal(slotOf(900_000, 900_000), 0);
    assert.equal(slotOf(900_001, 900_000), 1);
    assert.equal(slotOf(1_799_999, 900_000), 1);
    assert.equal(slotOf(1_800_000, 900_000), 1);
  });

  it("is unknown where slots have no number", () => {
    assert.equal(slotOf(0, 1000), null);
    assert.equal(slotOf(-5000, 1000), null);
    assert.equal(slotOf(0x100000000 * 1000, 1000), 0xffffffff);
    assert.equal(slotOf(0x100000000 * 1000 + 1, 1000), null);
  });
});
