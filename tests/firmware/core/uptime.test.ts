import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_STEP_MS, Uptime } from "#firmware/core/uptime.ts";

describe("uptime", () => {
  it("adds up the clock's steps without losing fractions of a millisecond", () => {
    const uptime = new Uptime(1000.9);
    for (let i = 1; i <= 1000; i++) uptime.advance(1000.9 + i * 100.1, 100);
    assert.ok(Math.abs(uptime.ms - 100100) <= 1, String(uptime.ms));
  });

  it("counts a delay that is shorter than the watchdog's", () => {
    const uptime = new Uptime(0);
    assert.equal(uptime.advance(MAX_STEP_MS, 100), MAX_STEP_MS);
  });

  it("counts a nominal period where the clock was set, either way", () => {
    const uptime = new Uptime(1e12);
    assert.equal(uptime.advance(1e12 + MAX_STEP_MS + 1, 100), 100);
    assert.equal(uptime.advance(0, 100), 100);
    assert.equal(uptime.advance(NaN, 100), 100);
    assert.equal(uptime.advance(70, 100), 100);
    assert.equal(uptime.advance(170, 100), 100);
    assert.equal(uptime.ms, 500);
  });

  it("never runs backwards and always counts whole milliseconds", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noDefaultInfinity: true, min: -1e13, max: 1e13 })), (clock) => {
        const uptime = new Uptime(0);
        for (const ms of clock) {
          const before = uptime.ms;
          assert.ok(uptime.advance(ms, 100) === uptime.ms - before);
          assert.ok(uptime.ms >= before && Number.isInteger(uptime.ms));
        }
      }),
    );
  });
});
