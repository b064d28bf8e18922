import assert from "node:assert/strict";
import fc from "fast-check";
import { calibrateShown, calibrationInForce, checkSpread, NO_CALIBRATION, summarise } from "#tools/board/calibration.ts";

const calibration = fc.record({ offset: fc.double({ min: -500, max: 500, noNaN: true }), gain: fc.double({ min: 0.8, max: 1.25, noNaN: true }) });

describe("calibrating a channel in use", () => {
  it("finds the sensor's true line whatever calibration was in force", () => {
    fc.assert(
      fc.property(calibration, calibration, fc.integer({ min: 1000, max: 20_000 }), (truth, before, load) => {
        // A sensor whose plain value is off, so that truth is what it takes to put it right.
        const plain = (known: number): number => (known - truth.offset) / truth.gain;
        const shown = (known: number): number => plain(known) * before.gain + before.offset;
        const found = calibrateShown(before, { shown: shown(0), known: 0 }, { shown: shown(load), known: load });
        assert.ok(Math.abs(found.gain - truth.gain) < 1e-9 && Math.abs(found.offset - truth.offset) < 1e-6);
      }),
    );
  });

  it("refuses two equal points, and a load that drowns in noise", () => {
    assert.throws(() => calibrateShown(NO_CALIBRATION, { shown: 10, known: 0 }, { shown: 10, known: 5000 }), /check its wiring/);
    assert.throws(() => checkSpread({ mean: 0, deviation: 50 }, { mean: 100, deviation: 40 }), /take a load that is larger by 10 times/);
    assert.throws(() => checkSpread({ mean: -95, deviation: 0 }, { mean: -90, deviation: 0 }), /5 apart and the noise is 1: take a load that is larger by 4 times/);
    checkSpread({ mean: 0, deviation: 50 }, { mean: 5000, deviation: 40 });
  });

  it("refuses implausible values", () => {
    assert.throws(() => summarise([1, null, 3]), /implausible/);
    assert.throws(() => summarise([]), /implausible/);
    assert.deepEqual(summarise([1, 3]), { mean: 2, deviation: 1 });
  });

  it("knows which calibration a channel has", () => {
    const of = (channel: number, gain: number, state: "applied" | "refused") => ({ state, command: { kind: "calibration" as const, channel, calibration: { offset: 0, gain } } });
    const newestFirst = [of(0, 1.3, "refused"), of(1, 1.2, "applied"), of(0, 1.1, "applied"), of(0, 0.9, "applied")];
    assert.equal(calibrationInForce(newestFirst, 0).gain, 1.1);
    assert.deepEqual(calibrationInForce(newestFirst, 2), NO_CALIBRATION);
  });
});
