import assert from "node:assert/strict";
import type { I2cDevice, I2cWorld } from "#tools/virtual-board/fake/i2c.ts";
import { createIna226, createIna228 } from "#tools/virtual-board/fake/ina.ts";
import { run } from "./bench.ts";

const SETUP = 'I2C1.setup({ sda: "D21", scl: "D22", bitrate: 400000 });';
const INPUTS = { shuntVolts: () => 0.04, busVolts: () => 12, nowMs: () => 1e6 };

function world(devices: Record<number, I2cDevice>, stuck = false): I2cWorld {
  return { device: (address) => devices[address], stuck: () => stuck };
}

/** What a script prints on a board with these chips. */
function print(script: string, i2c: I2cWorld = world({ 0x40: createIna226(INPUTS) })): string[] {
  return run(`function show(what) { try { console.log(what()); } catch (error) { console.log(error.message); } }\n${script}`, 3000, { i2c }).lines;
}

describe("virtual-board/fake: I²C", () => {
  it("carries bytes to a chip and back, as a typed array", () => {
    const lines = print(`${SETUP} I2C1.writeTo(0x40, [0xfe]); var bytes = I2C1.readFrom(0x40, 2); show(() => (bytes instanceof Uint8Array) + " " + bytes.join());
      I2C1.writeTo(0x40, 0xff); show(() => I2C1.readFrom(0x40, 2).join());`);
    assert.deepEqual(lines, ["true 84,73", "34,96"]);
  });

  it("throws for what a board throws: no setup, no answer, no such pin or option", () => {
    const lines = print(`
      show(() => I2C1.writeTo(0x40, [0]));
      show(() => I2C1.setup({ sda: "D34", scl: "D22" }));
      show(() => I2C1.setup({ sda: "D21", scl: "D6" }));
      show(() => I2C1.setup({ sda: "D21", scl: "D22", speed: 1 }));
      show(() => I2C1.setup({ sda: "D21", scl: "D22", bitrate: 2e6 }));
      ${SETUP}
      show(() => I2C1.writeTo(0x41, [0]));
      show(() => I2C1.readFrom(0x41, 2));
      show(() => I2C1.readFrom(0x140, 2));
      show(() => typeof I2C1.readReg);`);
    assert.deepEqual(lines, [
      "jshI2CWrite:, unknown error code 259",
      "D34 is an input only",
      "D6 belongs to the flash chip",
      "Unknown option speed",
      "jshI2CSetup: Invalid arguments",
      "jshI2CWrite: slave doesn't ACK the transfer",
      "jshI2CRead: slave doesn't ACK the transfer",
      "jshI2CRead: no address 320",
      "undefined",
    ]);
  });

  it("takes time for each byte, and a second where the bus is held down", () => {
    const timed = `${SETUP} var start = getTime(); show(() => { I2C1.writeTo(0x40, [0]); }); console.log(Math.floor((getTime() - start) * 1000));`;
    assert.equal(print(timed)[1], "0");
    assert.deepEqual(print(timed, world({}, true)), ["jshI2CWrite:, Operation timeout because the bus is busy", "1000"]);
  });

  it("has chips that convert in their own pace, whose flag is cleared by its reader", () => {
    let nowMs = 0;
    const inputs = { ...INPUTS, nowMs: () => nowMs };
    const ask = (chip: I2cDevice, register: number, count: number): number => {
      chip.write(Uint8Array.of(register));
      return chip.read(count).reduce((value, byte) => value * 256 + byte, 0);
    };
    const older = createIna226(inputs);
    older.write(Uint8Array.of(0, 0x45, 0x27));
    nowMs = 35;
    assert.equal(ask(older, 6, 2) & 8, 0);
    nowMs = 36;
    assert.deepEqual([ask(older, 6, 2) & 8, ask(older, 6, 2) & 8], [8, 0]);
    assert.deepEqual([ask(older, 1, 2), ask(older, 2, 2)], [16000, 9600]);
    // Reset: as after power-on.
    older.write(Uint8Array.of(0, 0x80, 0));
    assert.equal(ask(older, 0, 2), 0x4127);

    const newer = createIna228(inputs);
    newer.write(Uint8Array.of(1, 0xbb, 0x6a));
    nowMs += 34;
    // Without ALATCH, it stays.
    assert.deepEqual([ask(newer, 11, 2) & 2, ask(newer, 11, 2) & 2], [2, 2]);
    newer.write(Uint8Array.of(11, 0x80, 0));
    nowMs += 34;
    assert.deepEqual([ask(newer, 11, 2) & 2, ask(newer, 11, 2) & 2], [2, 0]);
    assert.deepEqual([ask(newer, 4, 3), ask(newer, 5, 3)], [128000 * 16, 61440 * 16]);
    // The narrow range.
    newer.write(Uint8Array.of(0, 0, 0x10));
    nowMs += 34;
    assert.equal(ask(newer, 4, 3), 512000 * 16);
  });
});
