import assert from "node:assert/strict";
import fc from "fast-check";
import { boardDefinition } from "#firmware/core/board.ts";
import type { BoardDefinition, Channel } from "#firmware/core/board.ts";
import { measureClamp } from "#firmware/core/clamp.ts";
import { measureCycles } from "#firmware/core/cycles.ts";
import { Sensors } from "#firmware/core/sensors.ts";
import { createShuntMeasurer } from "#firmware/core/shunt.ts";
import type { Inputs } from "#firmware/core/sensor.ts";
import { powerOf, rmsOf, sampleMains, SUMS } from "./waves.ts";
import type { Mains } from "./waves.ts";

const board = boardDefinition("clamp");
const I3 = board.channels.findIndex(({ name }) => name === "I3");
const VAC = board.channels.findIndex(({ name }) => name === "VAC");
const [, , meter = assert.fail()] = board.meters;
const clamp = channelOf("I3", "clamp");
const adapter = channelOf("VAC", "mains");

function channelOf<K extends Channel["kind"]>(name: string, kind: K): Extract<Channel, { kind: K }> {
  const found = board.channels.find((channel) => channel.name === name && channel.kind === kind);
  // Found by its kind.
  return (found ?? assert.fail(name)) as Extract<Channel, { kind: K }>;
}

/** What the board's circuits make of a mains current and voltage, in shares of the converter's range. */
function signals(amps: number, volts: number, lag: number, hz = 50): Mains {
  const amplitude = (rms: number, scale: number): number => (rms * 1000 * Math.SQRT2) / scale / board.fullScaleMv;
  const bias = clamp.biasMv / board.fullScaleMv;
  return {
    hz,
    current: { amplitude: amplitude(amps, clamp.maPerMv), bias, phase: -lag, harmonics: [] },
    voltage: { amplitude: amplitude(volts, adapter.scale), bias, phase: 0, harmonics: [] },
  };
}

function sensorsOf(mains: () => Mains, options: { definition?: BoardDefinition; calibration?: ConstructorParameters<typeof Sensors>[1] } = {}): Sensors {
  let startS = 0;
  const inputs: Inputs = {
    sample: () => assert.fail("no direct pin"),
    shunt: createShuntMeasurer(() => ({ shuntUv: 0, voltageMv: 12000, shuntRaw: 0, voltageRaw: 0, clipped: false })),
    clamp: measureClamp.bind(null, (current, voltage, leadMs) => {
      assert.equal(current, clamp.pin);
      startS += 0.1037;
      const burst = sampleMains(mains(), startS);
      // Without a voltage, the clamp is paired with itself.
      return measureCycles(voltage === adapter.pin ? burst : { ...burst, voltage: burst.current }, leadMs, SUMS);
    }),
  };
  return new Sensors(options.definition ?? board, options.calibration ?? {}, inputs);
}

describe("sensors of alternating current", () => {
  it("give root mean square and real power, negative where energy is given", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 20, noNaN: true }), fc.double({ min: 190, max: 250, noNaN: true }), fc.double({ min: -3.1, max: 3.1, noNaN: true }), (amps, volts, lag) => {
        const mains = signals(amps, volts, lag);
        const sensors = sensorsOf(() => mains);
        sensors.update(100);
        const [current, voltage] = [sensors.all[I3] ?? assert.fail(), sensors.all[VAC] ?? assert.fail()];
        const watts = amps * volts * Math.cos(lag);
        assert.ok(current.plausible && voltage.plausible);
        assert.ok(Math.abs(Math.abs(current.value) - amps * 1000) < 20 + amps * 2, `${current.value} mA for ${amps} A`);
        assert.ok(Math.abs(voltage.value - volts * 1000) < 500, `${voltage.value} mV for ${volts} V`);
        assert.ok(Math.abs(sensors.powerUw(meter) / 1e6 - watts) < 5 + amps * volts * 2e-3, `${sensors.powerUw(meter)} µW for ${watts} W`);
        if (Math.abs(watts) > 20) assert.equal(Math.sign(current.value), Math.sign(watts));
        // The waves behind it, for the same scales.
        assert.ok(Math.abs((powerOf(mains) * board.fullScaleMv ** 2 * clamp.maPerMv * adapter.scale) / 1e6 - watts) < 1e-6 * amps * volts);
        assert.ok(rmsOf(mains.current) < 0.3);
      }),
    );
  });

  it("take a calibration's gain, in power as well", () => {
    const mains = signals(5, 230, 0.4);
    const [plain, calibrated] = [sensorsOf(() => mains), sensorsOf(() => mains, { calibration: { I3: { gain: 1.1, offset: 0 }, VAC: { gain: 0.9, offset: 0 } } })];
    for (const sensors of [plain, calibrated]) sensors.update(100);
    assert.ok(Math.abs((calibrated.all[I3]?.exact ?? NaN) / (plain.all[I3]?.exact ?? NaN) - 1.1) < 1e-9);
    assert.ok(Math.abs(calibrated.powerUw(meter) / plain.powerUw(meter) - 0.99) < 1e-6);
  });

  it("take a dead mains for zero volts, not for a fault", () => {
    const sensors = sensorsOf(() => signals(0, 0, 0));
    sensors.update(100);
    assert.ok(sensors.all[I3]?.plausible && sensors.all[VAC]?.plausible);
    assert.ok(Math.abs(sensors.all[I3]?.value ?? NaN) < 60 && (sensors.all[VAC]?.value ?? NaN) < 500);
  });

  it("find a middle that is off implausible, and mark a signal that meets the end of the range", () => {
    let mains = signals(5, 230, 0);
    const sensors = sensorsOf(() => mains);
    mains = { ...mains, current: { ...mains.current, bias: 0 } };
    sensors.update(100);
    assert.deepEqual([sensors.all[I3]?.plausible, sensors.all[VAC]?.plausible], [false, true]);
    mains = signals(45, 230, 0);
    sensors.update(200);
    assert.deepEqual([sensors.all[I3]?.clipped, sensors.all[VAC]?.clipped], [true, false]);
  });

  it("never open a relay: a converter that fails leaves them implausible, but nothing stale", () => {
    let broken = false;
    const sensors = sensorsOf(() => (broken ? assert.fail("converter") : signals(5, 230, 0)));
    sensors.update(100);
    assert.ok(sensors.all[I3]?.plausible);
    broken = true;
    for (let nowMs = 200; nowMs <= 5000; nowMs += 100) sensors.update(nowMs);
    assert.deepEqual([sensors.all[I3]?.plausible, sensors.all[VAC]?.plausible, sensors.stale(5000, 1000)], [false, false, -1]);
  });

  it("work without a voltage: a clamp paired with itself has a current and no power", () => {
    const definition = boardDefinition("clamp");
    definition.channels = definition.channels.filter(({ name }) => name !== "VAC").map((channel) => (channel.kind === "clamp" ? { ...channel, voltage: I3 } : channel));
    const sensors = sensorsOf(() => signals(7, 230, 0.5), { definition });
    sensors.update(100);
    assert.ok(Math.abs((sensors.all[I3]?.value ?? NaN) - 7000) < 30, String(sensors.all[I3]?.value));
  });
});

describe("sensors of a board with four currents, two voltages and the rail", () => {
  it("are measured each by its own scale, Hall sensors of two kinds by one rail", () => {
    const hall = { kind: "hall", samples: 8, scale: 2, startMa: 100, maxMa: 18000 } as const;
    const voltage = { kind: "voltage", samples: 8, scale: 13, minMv: -1000, maxMv: 30000 } as const;
    const definition: BoardDefinition = {
      ...board,
      rail: 6,
      meters: [],
      channels: [
        { ...hall, name: "I1", pin: "D34", zero: 0.5, mvPerAmp: 100, railMv: 5000 },
        { ...hall, name: "I2", pin: "D35", zero: 0.5, mvPerAmp: 185, railMv: 5000 },
        { ...hall, name: "I3", pin: "D32", zero: 0.1, mvPerAmp: 400, railMv: 5000 },
        { ...hall, name: "I4", pin: "D33", zero: 0.5, mvPerAmp: 66, railMv: 3300 },
        { ...voltage, name: "VBAT", pin: "D36" },
        { ...voltage, name: "VBUS", pin: "D37" },
        { ...voltage, name: "V5", pin: "D39", scale: 2.5, minMv: 4000, maxMv: 6000 },
      ],
    };
    fc.assert(
      fc.property(fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 4, maxLength: 4 }), fc.double({ min: 4.5, max: 5.5, noNaN: true }), (currents, rail) => {
        const amps = currents.map((each, i) => (i === 2 ? Math.abs(each) : each));
        const truth = [...amps.map((each) => each * 1000), 12500, 24000, rail * 1000];
        const raws: Record<string, number> = {};
        definition.channels.forEach((channel, i) => {
          if (channel.kind !== "hall" && channel.kind !== "voltage") return;
          const value = truth[i] ?? NaN;
          const terminalMv = channel.kind === "hall" ? rail * 1000 * (channel.zero + (value * channel.mvPerAmp) / 1000 / channel.railMv) : value;
          raws[channel.pin] = terminalMv / channel.scale / definition.fullScaleMv;
        });
        const sensors = new Sensors(definition, {}, { sample: (pin, count) => ({ sum: (raws[pin] ?? NaN) * count, squares: 0, min: raws[pin] ?? NaN, max: raws[pin] ?? NaN, count }) });
        sensors.update(1);
        sensors.all.forEach(({ value, plausible }, i) => assert.ok(plausible && Math.abs(value - (truth[i] ?? NaN)) <= 8, `${i}: ${value} for ${truth[i]}`));
      }),
    );
  });
});
