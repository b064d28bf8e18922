import assert from "node:assert/strict";
import fc from "fast-check";
import { measureCycles } from "#firmware/core/cycles.ts";
import type { Burst, Cycles } from "#firmware/core/cycles.ts";
import { FAST, powerOf, rmsOf, sampleMains, SLOW, SUMS } from "./waves.ts";
import type { Mains, Wave } from "./waves.ts";

const unit = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
const angle = unit(0, 2 * Math.PI);
const start = unit(0, 1);
const hz = unit(45, 55);

function sine(amplitude: number, phase: number): Wave {
  return { amplitude, bias: 0.35, phase, harmonics: [] };
}

const sines: fc.Arbitrary<Mains> = fc
  .record({ hz, current: unit(0.05, 0.3), voltage: unit(0.2, 0.3), lag: angle, phase: angle })
  .map(({ lag, phase, ...mains }) => ({ hz: mains.hz, current: sine(mains.current, phase + lag), voltage: sine(mains.voltage, phase) }));

/** A rectifier's current and a voltage a little off a sine. */
const distorted: fc.Arbitrary<Mains> = fc
  .record({ hz, third: unit(0, 0.8), fifth: unit(0, 0.5), seventh: unit(0, 0.3), flat: unit(0, 0.03), phases: fc.array(angle, { minLength: 5, maxLength: 5 }) })
  .map(({ third, fifth, seventh, flat, phases: [p1 = 0, p3 = 0, p5 = 0, p7 = 0, pv = 0], ...mains }) => ({
    hz: mains.hz,
    current: {
      ...sine(0.12, p1),
      harmonics: [
        { order: 3, share: third, phase: p3 },
        { order: 5, share: fifth, phase: p5 },
        { order: 7, share: seventh, phase: p7 },
      ],
    },
    voltage: { ...sine(0.28, 0), harmonics: [{ order: 3, share: flat, phase: pv }] },
  }));

function measure(burst: Burst, leadMs = 0): Cycles {
  return measureCycles(burst, leadMs, SUMS);
}

function assertWithin(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} is not within ${tolerance} of ${expected}`);
}

describe("mains cycles", () => {
  it("give the root mean square of sines of 45 to 55 Hz, wherever in the cycle the burst begins", () => {
    fc.assert(
      fc.property(sines, start, (mains, startS) => {
        const { current, voltage, periodMs } = measure(sampleMains(mains, startS, FAST, 0));
        assertWithin(current.rms, rmsOf(mains.current), 3e-4 * rmsOf(mains.current), "current");
        assertWithin(voltage.rms, rmsOf(mains.voltage), 3e-4 * rmsOf(mains.voltage), "voltage");
        assertWithin(voltage.mean, mains.voltage.bias, 1e-4, "middle");
        assertWithin(periodMs, 1000 / mains.hz, 0.01, "period");
      }),
    );
  });

  it("give real power with its sign, at any power factor, although both are sampled in turn", () => {
    fc.assert(
      fc.property(sines, start, (mains, startS) => {
        const { power } = measure(sampleMains(mains, startS, FAST, 0));
        const apparent = rmsOf(mains.current) * rmsOf(mains.voltage);
        assertWithin(power, powerOf(mains), 5e-4 * apparent, "power");
      }),
    );
  });

  it("hold for distorted currents within what 7 harmonics leave", () => {
    fc.assert(
      fc.property(distorted, start, (mains, startS) => {
        const { current, power } = measure(sampleMains(mains, startS, FAST, 0));
        assertWithin(current.rms, rmsOf(mains.current), 4e-3 * rmsOf(mains.current), "current");
        assertWithin(power, powerOf(mains), 4e-3 * rmsOf(mains.current) * rmsOf(mains.voltage), "power");
      }),
    );
  });

  it("hold on a processor that takes a third of the samples", () => {
    fc.assert(
      fc.property(sines, start, (mains, startS) => {
        const burst = sampleMains(mains, startS, SLOW, 0);
        assert.ok(burst.count > 30 && burst.count < 50, String(burst.count));
        const { current, power } = measure(burst);
        assertWithin(current.rms, rmsOf(mains.current), 4e-3 * rmsOf(mains.current), "current");
        assertWithin(power, powerOf(mains), 5e-3 * rmsOf(mains.current) * rmsOf(mains.voltage), "power");
      }),
    );
  });

  it("do not drift with a converter's steps: over many bursts, the error of 12 bits averages out", () => {
    fc.assert(
      fc.property(sines, (mains) => {
        let error = 0;
        for (let i = 0; i < 200; i++) error += measure(sampleMains(mains, i * 0.1037)).power - powerOf(mains);
        assertWithin(error / 200, 0, 3e-4 * rmsOf(mains.current) * rmsOf(mains.voltage), "mean error of power");
      }),
      { numRuns: 10 },
    );
  });

  it("take out the phase by which a current's sensor is ahead", () => {
    fc.assert(
      fc.property(sines, start, unit(-0.3, 0.3), (mains, startS, leadMs) => {
        const ahead: Mains = { ...mains, current: { ...mains.current, phase: mains.current.phase + 2 * Math.PI * mains.hz * (leadMs / 1000) } };
        const { power } = measure(sampleMains(ahead, startS, FAST, 0), leadMs);
        assertWithin(power, powerOf(mains), 5e-4 * rmsOf(mains.current) * rmsOf(mains.voltage), "power");
      }),
    );
  });

  it("find the cycle in the current where the voltage is dead, and by time where both are", () => {
    const dead = sine(0, 0);
    fc.assert(
      fc.property(sines, start, (mains, startS) => {
        const { current, power } = measure(sampleMains({ ...mains, voltage: dead }, startS));
        assertWithin(current.rms, rmsOf(mains.current), 1e-2 * rmsOf(mains.current), "current");
        assertWithin(power, 0, 1e-6, "power");
      }),
    );
    const { current, periodMs } = measure(sampleMains({ hz: 50, current: dead, voltage: dead }, 0));
    assert.deepEqual([current.rms < 1e-3, periodMs], [true, 20]);
  });

  it("see more than one cycle where the burst holds more", () => {
    const mains = { hz: 60, current: sine(0.2, 1), voltage: sine(0.25, 0) };
    const { periodMs, voltage } = measure(sampleMains(mains, 0.4, FAST, 0));
    assertWithin(periodMs, 1000 / 60, 0.01, "period");
    assertWithin(voltage.rms, rmsOf(mains.voltage), 3e-4, "voltage");
  });

  it("refuse a burst that the processor broke off", () => {
    const burst = sampleMains({ hz: 50, current: sine(0.2, 0), voltage: sine(0.2, 0) }, 0);
    assert.throws(() => measure({ ...burst, count: 12 }), /too few samples/);
    assert.throws(() => measure({ ...burst, stepMs: 0 }), /too few samples/);
    assert.throws(() => measure({ ...burst, count: 40 }), /too few samples/);
  });
});
