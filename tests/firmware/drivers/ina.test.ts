import assert from "node:assert/strict";
import fc from "fast-check";
import { boardDefinition } from "#firmware/core/board.ts";
import { createShuntMeasurer } from "#firmware/core/shunt.ts";
import { createChipReader } from "#firmware/drivers/ina.ts";
import type { I2cBus } from "#firmware/drivers/ina.ts";
import type { ChipReader } from "#firmware/core/sensor.ts";
import { Sensors } from "#firmware/core/sensors.ts";
import type { I2cDevice } from "#tools/virtual-board/fake/i2c.ts";
import { createIna226, createIna228 } from "#tools/virtual-board/fake/ina.ts";
import type { InaInputs } from "#tools/virtual-board/fake/ina.ts";

const OPTIONS = { sda: "D21", scl: "D22", bitrate: 400000 };
const NAMES = ["INA226", "INA228"] as const;
const CHIPS: Record<(typeof NAMES)[number], { create: (inputs: InaInputs) => I2cDevice; shuntUv: number; busMv: number; fullScaleMv: number }> = {
  INA226: { create: createIna226, shuntUv: 2.5, busMv: 1.25, fullScaleMv: 81.92 },
  INA228: { create: createIna228, shuntUv: 0.3125, busMv: 0.1953125, fullScaleMv: 163.84 },
};

/** A bus with a chip at each of some addresses, and time in the test's hands. */
class Rig {
  nowMs = 0;
  shuntMv = 0;
  busVolts = 12;
  /** How often the bus was asked for anything, and how often it was set up. */
  transfers = 0;
  setups = 0;
  /** What a transfer throws, if anything. */
  failure = "";
  readonly devices = new Map<number, I2cDevice>();
  readonly read: ChipReader;

  constructor(chips: Record<number, (inputs: InaInputs) => I2cDevice>) {
    const inputs: InaInputs = { shuntVolts: () => this.shuntMv / 1000, busVolts: () => this.busVolts, nowMs: () => this.nowMs };
    for (const [address, create] of Object.entries(chips)) this.devices.set(Number(address), create(inputs));
    const bus: I2cBus = {
      setup: () => void this.setups++,
      writeTo: (address, data) => this.device(address).write(Uint8Array.from(data)),
      readFrom: (address, count) => this.device(address).read(count),
    };
    this.read = createChipReader(bus, OPTIONS);
  }

  /** A reading after a control period. */
  next(address = 0x40): ReturnType<ChipReader> {
    this.nowMs += 100;
    const reading = this.read(address, this.nowMs);
    return reading && { ...reading };
  }

  private device(address: number): I2cDevice {
    this.transfers++;
    const device = this.devices.get(address);
    if (this.failure !== "" || device === undefined) throw new Error(this.failure || "slave doesn't ACK the transfer");
    return device;
  }
}

describe("power monitors on I²C", () => {
  for (const name of NAMES) {
    const { create, shuntUv, busMv, fullScaleMv } = CHIPS[name];

    it(`an ${name} is recognised, set up once, and read to half a step of its registers`, () => {
      fc.assert(
        fc.property(fc.double({ min: -fullScaleMv * 0.99, max: fullScaleMv * 0.99, noNaN: true }), fc.double({ min: 0, max: 30, noNaN: true }), (shuntMv, volts) => {
          const rig = new Rig({ 0x40: create });
          rig.shuntMv = shuntMv;
          rig.busVolts = volts;
          assert.equal(rig.next(), null, "nothing was converted yet");
          const reading = rig.next();
          assert.ok(reading);
          assert.ok(Math.abs(reading.shuntUv - shuntMv * 1000) <= shuntUv / 2 + 1e-6, `${reading.shuntUv} µV for ${shuntMv} mV`);
          assert.ok(Math.abs(reading.voltageMv - volts * 1000) <= busMv / 2 + 1e-6, `${reading.voltageMv} mV for ${volts} V`);
          assert.deepEqual([reading.clipped, rig.setups], [false, 1]);
          assert.ok(Math.abs(reading.shuntRaw * shuntUv - reading.shuntUv) < 1e-6);
        }),
      );
    });

    it(`an ${name} that meets the end of its range says so, at either end`, () => {
      const rig = new Rig({ 0x40: create });
      rig.next();
      for (const shuntMv of [fullScaleMv * 1.1, -fullScaleMv * 1.1]) {
        rig.shuntMv = shuntMv;
        const reading = rig.next();
        assert.ok(reading);
        assert.ok(Math.abs(reading.shuntUv - Math.sign(shuntMv) * fullScaleMv * 1000) <= shuntUv);
        assert.equal(reading.clipped, true);
      }
    });

    it(`an ${name} gives each conversion once, and has a new one in each control period`, () => {
      const rig = new Rig({ 0x40: create });
      rig.next();
      for (let i = 0; i < 20; i++) {
        assert.ok(rig.next());
        assert.equal(rig.read(0x40, rig.nowMs), null);
      }
    });
  }

  it("are told apart on one bus", () => {
    const rig = new Rig({ 0x40: createIna226, 0x41: createIna228 });
    rig.shuntMv = 50;
    for (const address of [0x40, 0x41]) {
      rig.next(address);
      assert.ok(Math.abs((rig.next(address)?.shuntUv ?? NaN) - 50000) < 2);
    }
    assert.equal(rig.next(0x40)?.shuntRaw, 20000);
    assert.equal(rig.next(0x41)?.shuntRaw, 160000);
  });

  for (const [what, registers] of [
    ["another maker's chip", { 0xfe: [0x12, 0x34], 0x3e: [0x12, 0x34] }],
    ["another chip of the same maker", { 0xfe: [0x54, 0x49], 0xff: [0x22, 0x30], 0x3e: [0x54, 0x49], 0x3f: [0x23, 0x81] }],
    ["a bus that floats high", {}],
  ] as [string, Record<number, number[]>][]) {
    it(`refuse ${what} at their address`, () => {
      let pointer = 0;
      const stranger: I2cDevice = {
        write: ([register = 0]) => {
          pointer = register;
        },
        read: (count) => Uint8Array.from(registers[pointer] ?? Array.from({ length: count }, () => 255)),
      };
      const rig = new Rig({ 0x40: () => stranger });
      assert.throws(() => rig.next(), /I2C: 64 is neither an INA226 nor an INA228/);
    });
  }

  it("are left alone for longer and longer after failures, for each may hold the board up for a second, and come back by themselves", () => {
    const rig = new Rig({ 0x40: createIna226 });
    rig.next();
    assert.ok(rig.next());
    rig.failure = "Operation timeout because the bus is busy";
    const tries: number[] = [];
    for (let i = 0; i < 600; i++) {
      const before = rig.transfers;
      assert.throws(() => rig.next());
      if (rig.transfers > before) tries.push(rig.nowMs);
    }
    const waits = tries.slice(1).map((at, i) => at - (tries[i] ?? NaN));
    assert.deepEqual(waits.slice(0, 7), [100, 200, 400, 800, 1600, 3200, 6400]);
    assert.ok(waits.slice(7).every((wait) => wait === 10000));
    rig.failure = "";
    const setups = rig.setups;
    const back = Array.from({ length: 110 }, () => {
      try {
        return rig.next();
      } catch {
        return null;
      }
    });
    assert.ok(back.some((reading) => reading !== null));
    assert.equal(rig.setups, setups + 1, "the bus is set up anew");
  });

  it("take a chip that lost its power for a new one: its own settings are not trusted", () => {
    const rig = new Rig({ 0x40: createIna228 });
    rig.next();
    rig.next();
    rig.failure = "slave doesn't ACK the transfer";
    assert.throws(() => rig.next());
    rig.failure = "";
    rig.devices.set(0x40, createIna226({ shuntVolts: () => 0.01, busVolts: () => 12, nowMs: () => rig.nowMs }));
    rig.next();
    assert.equal(rig.next()?.shuntRaw, 4000);
  });
});

describe("sensors of the shunt board", () => {
  const board = boardDefinition("shunt");
  const sample = (): never => assert.fail("it has no analog channel");

  function createSensors(): { rig: Rig; sensors: Sensors; run: (turns: number) => void } {
    const rig = new Rig({ 0x40: createIna226, 0x41: createIna228 });
    const sensors = new Sensors(board, { I1: { gain: 1.01, offset: 5 }, VBUS: { gain: 1, offset: -20 } }, { sample, shunt: createShuntMeasurer(rig.read) });
    const run = (turns: number): void => {
      for (let i = 0; i < turns; i++) {
        rig.nowMs += 100;
        sensors.update(rig.nowMs);
      }
    };
    return { rig, sensors, run };
  }

  it("are currents and voltages of both chips, calibrated, with the power of each meter", () => {
    const { rig, sensors, run } = createSensors();
    rig.shuntMv = -20;
    run(2);
    assert.deepEqual(
      sensors.all.map(({ value, plausible }) => [value, plausible]),
      [
        [-2015, true],
        [-2000, true],
        [12000, true],
        [11980, true],
      ],
    );
    const [battery = assert.fail(), bus = assert.fail()] = board.meters;
    assert.deepEqual([sensors.powerUw(battery), sensors.powerUw(bus)].map((power) => Math.round(power / 1000)), [-24180, -23960]);
  });

  it("are implausible together when a chip is gone, never a throw, and stale by the channel's index", () => {
    const { rig, sensors, run } = createSensors();
    run(3);
    rig.devices.delete(0x41);
    run(1);
    assert.deepEqual(
      sensors.all.map(({ plausible }) => plausible),
      [true, false, true, false],
    );
    assert.equal(sensors.stale(rig.nowMs, 1000), -1);
    run(11);
    assert.equal(sensors.stale(rig.nowMs, 1000), 1);
  });

  it("are implausible when a chip stops converting, and hold for the turns of a fast loop in between", () => {
    const { rig, sensors, run } = createSensors();
    run(3);
    for (let i = 0; i < 30; i++) {
      rig.nowMs += 20;
      sensors.update(rig.nowMs);
      assert.ok(sensors.all.every(({ plausible }) => plausible));
    }
    // Power-down, by another hand on the bus.
    rig.devices.get(0x40)?.write(Uint8Array.of(0, 0x45, 0x20));
    run(3);
    assert.deepEqual(
      sensors.all.map(({ plausible }) => plausible),
      [false, true, false, true],
    );
  });

  it("mark a current that leaves the range, above every limit that may be set", () => {
    const { rig, sensors, run } = createSensors();
    rig.shuntMv = 90;
    run(2);
    assert.equal(sensors.all[0]?.clipped, true);
    assert.ok((sensors.all[0]?.value ?? 0) > 8000);
  });
});
