import assert from "node:assert/strict";
import fc from "fast-check";
import { boardDefinition } from "#firmware/core/board.ts";
import { autoZero, calibrate, maxOffset } from "#firmware/core/calibration.ts";

const number = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });

describe("calibration", () => {
  it("from two points makes the channel give both, and all between", () => {
    fc.assert(
      fc.property(number(0.6, 1.8), number(-2000, 2000), number(-15000, 0), number(1000, 15000), number(0, 1), (gain, offset, low, high, share) => {
        const read = (known: number): number => (known - offset) / gain;
        const found = calibrate({ read: read(low), known: low }, { read: read(high), known: high });
        const between = low + share * (high - low);
        for (const known of [low, high, between]) assert.ok(Math.abs(read(known) * found.gain + found.offset - known) < 1e-6 * 15000);
      }),
    );
  });

  it("does not mind which point comes first", () => {
    const [a, b] = [{ read: -4900, known: -5000 }, { read: 5100, known: 5000 }];
    assert.deepEqual(calibrate(a, b), calibrate(b, a));
  });

  for (const [what, low, high, expectation] of [
    ["the same known value twice", { read: 1, known: 5 }, { read: 9, known: 5 }, /both known values are the same/],
    ["a channel that does not move", { read: 7, known: 0 }, { read: 7, known: 5000 }, /reads the same.*wiring/],
    ["a reversed sensor", { read: 5000, known: -5000 }, { read: -5000, known: 5000 }, /reverse the sensor/],
    ["amperes for milliamperes", { read: -5000, known: -5 }, { read: 5000, known: 5 }, /gain of .*units/],
    ["a gain that no sensor has", { read: 0, known: 0 }, { read: 1000, known: 2100 }, /gain of/],
    ["an offset that no sensor has", { read: 0, known: 6000 }, { read: 1000, known: 7000 }, /offset of/],
    ["what is no number", { read: NaN, known: 0 }, { read: 1000, known: 1000 }, /no number: measure again/],
    ["what is no end", { read: 0, known: 0 }, { read: 1000, known: Infinity }, /no number/],
  ] as const) {
    it(`is refused for ${what}`, () => assert.throws(() => calibrate(low, high), expectation));
  }

  it("of the zero takes off what is read while nothing flows, and leaves the gain", () => {
    fc.assert(
      fc.property(number(0.6, 1.8), number(-900, 900), number(-1800, 1800), number(-10000, 10000), (gain, offset, zero, raw) => {
        const before = { gain, offset };
        const after = autoZero(before, 18000, zero, 0);
        assert.equal(after.gain, gain);
        assert.ok(Math.abs(raw * after.gain + after.offset - (raw * gain + offset - zero)) < 1e-9 * 20000);
      }),
    );
  });

  it("of the zero is refused while a relay is closed, or while more flows than a sensor is off", () => {
    const before = { gain: 1, offset: 0 };
    assert.throws(() => autoZero(before, 18000, 10, 2), /open all relays first/);
    for (const read of [1801, -1801, NaN]) assert.throws(() => autoZero(before, 18000, read, 0), /disconnect what still draws current/);
  });

  it("gives a root mean square no offset", () => {
    const { channels } = boardDefinition("clamp");
    assert.deepEqual(
      channels.map((channel) => [channel.name, maxOffset(channel)]),
      [
        ["I1", 5000],
        ["I2", 5000],
        ["VBAT", 5000],
        ["VBUS", 5000],
        ["I3", 0],
        ["VAC", 0],
      ],
    );
  });
});
