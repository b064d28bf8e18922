import assert from "node:assert/strict";
import fc from "fast-check";
import { hallBoard } from "#firmware/core/board.ts";
import { convert, round } from "#firmware/core/convert.ts";
import type { SampleWindow } from "#firmware/core/sensor.ts";
import { Sensors } from "#firmware/core/sensors.ts";

const BOARD = hallBoard();

const PINS = { I1: "D34", I2: "D35", VBAT: "D36", V5: "D39", VBUS: "D33" };

/** Converter readings (0 to 1) for these quantities, by pin, as the board's circuit makes them. */
function pins(amps1: number, amps2: number, vbat: number, vbus: number, rail = 5): Record<string, number> {
  const raw = (volts: number): number => (volts * 1000) / BOARD.fullScaleMv;
  const hall = (amps: number): number => raw(((amps * 0.1) / 5 + 0.5) * rail * 0.5);
  return { D34: hall(amps1), D35: hall(amps2), D36: raw(vbat / 13), D39: raw(rail / 2.5), D33: raw(vbus / 13) };
}

function flat(values: Record<string, number>): (pin: string, count: number) => SampleWindow {
  return (pin, count) => {
    const value = values[pin];
    if (value === undefined) throw new Error(`no pin ${pin}`);
    return { sum: value * count, squares: 0, min: value, max: value, count };
  };
}

function measured(values: Record<string, number>, calibration = {}): Sensors {
  const sensors = new Sensors(BOARD, calibration, { sample: flat(values) });
  sensors.update(1000);
  return sensors;
}

describe("sensors", () => {
  it("measure on the pins of the board definition", () => {
    assert.deepEqual(Object.fromEntries(BOARD.channels.map(({ name, pin }) => [name, pin])), PINS);
  });

  it("give currents and voltages, whatever the rail", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -18, max: 18, noNaN: true }),
        fc.double({ min: 6, max: 29, noNaN: true }),
        fc.double({ min: 4.2, max: 5.8, noNaN: true }),
        (amps, volts, rail) => {
          const [i1, i2, vbat, v5, vbus] = measured(pins(amps, -amps, volts, volts / 2, rail)).all.map(({ value }) => value);
          assert.ok(Math.abs((i1 ?? NaN) - amps * 1000) <= 8, `${i1} mA for ${amps} A`);
          assert.ok(Math.abs((i2 ?? NaN) + amps * 1000) <= 8);
          assert.ok(Math.abs((vbat ?? NaN) - volts * 1000) <= 1);
          assert.ok(Math.abs((vbus ?? NaN) - volts * 500) <= 1);
          assert.ok(Math.abs((v5 ?? NaN) - rail * 1000) <= 1);
        },
      ),
    );
  });

  it("apply a channel's calibration to it alone", () => {
    const sensors = measured(pins(2, 2, 12, 12), { I1: { gain: 1.1, offset: 50 }, VBUS: { gain: 0.5, offset: -10 } });
    assert.deepEqual(
      sensors.all.map(({ value }) => value),
      [2250, 2000, 12000, 5000, 5990],
    );
  });

  it("give the extremes of a window, and mark a sample at the end of the range", () => {
    const values = pins(0, 0, 12, 12);
    const sample = (pin: string, count: number): SampleWindow => {
      const window = flat(values)(pin, count);
      if (pin === PINS.I1) window.min = pins(-1, 0, 0, 0)["D34"] ?? 0;
      if (pin === PINS.I2) window.max = 4095 / 4096;
      return window;
    };
    const sensors = new Sensors(BOARD, {}, { sample });
    sensors.update(1);
    assert.deepEqual([sensors.all[0]?.min, sensors.all[0]?.max, sensors.all[0]?.clipped], [-1000, 0, false]);
    // No current is that large: the extreme is not believed, but the mark is set.
    assert.deepEqual([sensors.all[1]?.max, sensors.all[1]?.clipped], [0, true]);
  });

  for (const [what, values, channels] of [
    ["a broken sensor wire", { ...pins(1, 1, 12, 12), D34: 0 }, [0]],
    ["a sensor output at the rail", { ...pins(1, 1, 12, 12), D35: 0.69 }, [1]],
    ["a battery below any battery", pins(1, 1, 3, 12), [2]],
    ["a rail that is off, for all that depends on it", { ...pins(1, 1, 12, 12), D39: 0 }, [0, 1, 3]],
    ["a converter that gives no number", { ...pins(1, 1, 12, 12), D33: NaN }, [4]],
    ["a converter that throws", { D34: 0.35, D36: 0.25, D39: 0.55, D33: 0.2 }, [1]],
  ] as [string, Record<string, number>, number[]][]) {
    it(`find ${what} implausible`, () => {
      const found = measured(values).all.flatMap(({ plausible }, i) => (plausible ? [] : [i]));
      assert.deepEqual(found, channels);
    });
  }

  it("take a dead bus for zero volts, not for a fault", () => {
    const sensors = measured(pins(0, 0, 12, 0));
    assert.deepEqual([sensors.all[4]?.value, sensors.all[4]?.plausible], [0, true]);
  });

  it("keep the last plausible value and tell how stale it is", () => {
    const values = pins(3, 0, 12, 12);
    const sensors = new Sensors(BOARD, {}, { sample: (pin, count) => flat(values)(pin, count) });
    sensors.update(100);
    assert.equal(sensors.stale(1100, 1000), -1);
    values["D34"] = NaN;
    sensors.update(1101);
    assert.deepEqual([sensors.all[0]?.value, sensors.all[0]?.plausible, sensors.stale(1101, 1000)], [3000, false, 0]);
    values["D34"] = pins(1, 0, 0, 0)["D34"] ?? 0;
    sensors.update(1200);
    assert.deepEqual([sensors.all[0]?.value, sensors.stale(1200, 1000)], [1000, -1]);
  });

  it("are stale when nothing was ever measured", () => {
    assert.equal(new Sensors(BOARD, {}, { sample: flat({}) }).stale(1001, 1000), 0);
  });

  it("give no number for a rail of none", () => {
    const [channel] = BOARD.channels;
    assert.ok(channel && Number.isNaN(convert(channel, 0.35, BOARD.fullScaleMv, NaN)));
  });

  it("round halves up on either side of zero", () => {
    assert.deepEqual([-2.5, -0.5, 0.4, 0.5, 2.5].map(round), [-2, 0, 0, 1, 3]);
  });
});
