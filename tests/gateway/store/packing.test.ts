/**
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { isPackable, packReadings, unpackReadings } from "#gateway/store/packing.ts";
import type { PackedReading } from "#gateway/store/packing.ts";
import { live } from "./meters.ts";
import { BOOT_UTC_MS } from "./samples.ts";

const MOST = 2 ** 50;
const count = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 0xffffffff }), fc.constantFrom(0, MOST));
const signed = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.integer(), fc.constantFrom(-MOST, MOST));
const anyReading = fc
  .record({
    boot: count,
    sequence: count,
    meter: fc.integer({ min: 0, max: 7 }),
    uptimeMs: count,
    endUtcMs: fc.option(fc.oneof(signed, fc.integer({ min: 0, max: 1000 }).map((ms) => BOOT_UTC_MS + ms))),
    currentMa: signed,
    minCurrentMa: signed,
    maxCurrentMa: signed,
    voltageMv: count,
    importMwh: count,
    exportMwh: count,
    relays: fc.integer({ min: 0, max: 15 }),
    flags: fc.integer({ min: 0, max: 31 }),
    chargePermille: fc.option(fc.integer({ min: 0, max: 1000 })),
    place: fc.option(fc.tuple(count, count)),
  })
  .map(({ place, ...reading }): PackedReading => ({ ...reading, batch: place?.[0] ?? null, leaf: place?.[1] ?? null }));

/** An hour of two meters at 10 s. */
function hour(): PackedReading[] {
  return live({ fromUtcMs: BOOT_UTC_MS, meters: 2, count: 360, powerW: (meter, index) => (meter === 0 ? 40 + (index % 7) : -12) }).map(
    ({ kind: _kind, ...reading }, index) => ({
      ...reading,
      boot: 3,
      endUtcMs: BOOT_UTC_MS + reading.uptimeMs,
      chargePermille: reading.meter === 0 ? 500 : null,
      batch: 17,
      leaf: index,
    }),
  );
}

describe("packed readings", () => {
  it("unpack to what they were, whatever they are", () => {
    fc.assert(
      fc.property(fc.array(anyReading, { maxLength: 30 }), (readings) => {
        assert.ok(readings.every(isPackable));
        assert.deepEqual(unpackReadings(packReadings(readings)), readings);
      }),
      { numRuns: 300 },
    );
  });

  it("take a few bytes each when power is steady", () => {
    const readings = hour();
    const block = packReadings(readings);
    assert.deepEqual(unpackReadings(block), readings);
    assert.ok(block.length < 4 * readings.length, `${block.length} bytes`);
  });

  it("are equal bytes for equal readings", () => assert.deepEqual(packReadings(hour()), packReadings(hour())));

  it("that are damaged or of an unknown version are refused", () => {
    const block = packReadings(hour());
    assert.throws(() => unpackReadings(new Uint8Array([2, ...block.subarray(1)])), /version 2 is unknown/);
    assert.throws(() => unpackReadings(new Uint8Array()), /version undefined is unknown/);
    for (const length of [1, 2, 20, block.length - 1]) assert.throws(() => unpackReadings(block.subarray(0, length)), /cut short|unexpected end/);
  });

  it("have no number that arithmetic would round, and a leaf with each batch", () => {
    const [one] = hour();
    for (const wrong of [{ importMwh: MOST + 1 }, { uptimeMs: 0.5 }, { endUtcMs: -MOST - 1 }, { batch: null }, { leaf: null }, { currentMa: NaN }]) {
      assert.equal(isPackable({ ...(one ?? assert.fail()), ...wrong }), false);
    }
  });
});
