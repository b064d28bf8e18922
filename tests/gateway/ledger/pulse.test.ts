import assert from "node:assert/strict";
import { createPulse, type Beat } from "#gateway/ledger/pulse.ts";

/** Blocks at these seconds, from block 0 on. */
const chainOf = (seconds: number[]) => {
  const beats = seconds.map((second, number): Beat => ({ number, timestampMs: second * 1000 }));
  const asked: number[] = [];
  const pulse = createPulse(async (number) => (asked.push(number), beats[number] ?? null));
  const at = (number: number): Beat => beats[number] ?? assert.fail("no such block");
  return { pulse, at, asked };
};

describe("the pulse of a chain", () => {
  it("is not known from one block, and block 0's time means nothing", async () => {
    const { pulse, at, asked } = chainOf([0, 1000, 1005]);
    await pulse.follow(at(1));
    assert.deepEqual([pulse.stalledAfterMs(3), asked], [null, []]);
    await pulse.follow(at(2));
    // Three authorities' turns and two more.
    assert.equal(pulse.stalledAfterMs(3), 25_000);
  });

  it("is read from the blocks before the first that it sees, and from each one after", async () => {
    const { pulse, at, asked } = chainOf(Array.from({ length: 40 }, (_, number) => 7 * number));
    await pulse.follow(at(30));
    assert.deepEqual(asked, [21, 22, 23, 24, 25, 26, 27, 28, 29]);
    assert.equal(pulse.stalledAfterMs(1), 21_000);
    await pulse.follow(at(33));
    assert.deepEqual([pulse.stalledAfterMs(1), asked.length], [21_000, 9]);
  });

  it("is not changed by a pause, however long, nor by seeing a block again or a shorter chain", async () => {
    const { pulse, at } = chainOf([0, 5, 10, 15, 20, 25, 90_000, 90_005]);
    await pulse.follow(at(5));
    for (const number of [5, 6, 7, 7, 3]) await pulse.follow(at(number));
    assert.equal(pulse.stalledAfterMs(0), 15_000);
  });
});
