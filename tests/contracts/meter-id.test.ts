import assert from "node:assert/strict";
import fc from "fast-check";
import { METER_KINDS, meterIdOf, meterKindIndex } from "#contracts/meter-id.ts";

describe("meterIdOf", () => {
  it("is the board id, the meter's index and zeros", () => {
    assert.equal(meterIdOf("aabbccddee01", 7), `0xaabbccddee0107${"0".repeat(50)}`);
  });

  it("gives every meter of every board an id of its own", () => {
    const anyMeter = fc.record({
      boardId: fc.uint8Array({ minLength: 6, maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString("hex")),
      meter: fc.integer({ min: 0, max: 255 }),
    });
    fc.assert(
      fc.property(anyMeter, anyMeter, (a, b) => {
        assert.match(meterIdOf(a.boardId, a.meter), /^0x[0-9a-f]{64}$/);
        assert.equal(meterIdOf(a.boardId, a.meter) === meterIdOf(b.boardId, b.meter), a.boardId === b.boardId && a.meter === b.meter);
      }),
      { seed: 1 },
    );
  });

  it("refuses what is no board id or no index, naming it", () => {
    for (const boardId of ["", "aabbccddee0", "AABBCCDDEE01", "aa:bb:cc:dd:ee"]) assert.throws(() => meterIdOf(boardId, 0), /board id "/);
    for (const meter of [-1, 256, 1.5, NaN]) assert.throws(() => meterIdOf("aabbccddee01", meter), /meter index/);
  });
});

describe("meterKindIndex", () => {
  it("counts the kinds as the contract does", () => {
    assert.deepEqual(METER_KINDS.map(meterKindIndex), [0, 1, 2, 3]);
  });
});
