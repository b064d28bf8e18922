import assert from "node:assert/strict";
import { boardDefinition, largestTripMa, RELAYS, startMa } from "#firmware/core/board.ts";
import type { BoardDefinition, BoardName } from "#firmware/core/board.ts";
import { alternates } from "#firmware/core/convert.ts";

const NAMES: BoardName[] = ["hall", "shunt", "clamp"];
/** Pins that stay still while an ESP32 starts, and those of ADC1. */
const RELAY_PINS = ["D23", "D32", "D33"];
const ADC1 = ["D32", "D33", "D34", "D35", "D36", "D39"];

function pinsOf(board: BoardDefinition): string[] {
  const channels = board.channels.flatMap((channel) => ("pin" in channel ? [channel.pin] : []));
  return [...channels, ...board.relays, ...(board.i2c ? [board.i2c.sda, board.i2c.scl] : [])];
}

describe("boards", () => {
  for (const name of NAMES) {
    const board = boardDefinition(name);

    it(`${name}: samples on ADC1 only, switches on pins that stay still at boot, and uses no pin twice`, () => {
      assert.equal(board.name, name);
      for (const channel of board.channels) if ("pin" in channel) assert.ok(ADC1.includes(channel.pin), channel.pin);
      for (const pin of board.relays) assert.ok(RELAY_PINS.includes(pin), pin);
      const pins = pinsOf(board);
      assert.equal(new Set(pins).size, pins.length);
    });

    it(`${name}: has the relays that are opened before anybody knows the board`, () => {
      assert.deepEqual(board.relays, RELAYS);
    });

    it(`${name}: names each channel once, and its meters' channels are a current and a voltage`, () => {
      const names = board.channels.map((channel) => channel.name);
      assert.equal(new Set(names).size, names.length);
      for (const meter of board.meters) {
        const [current = assert.fail(), voltage = assert.fail()] = [board.channels[meter.current], board.channels[meter.voltage]];
        assert.ok(startMa(current) > 0 && startMa(voltage) === 0, `${current.name} and ${voltage.name}`);
        assert.equal(alternates(current), meter.name === "mains");
        // What a chip or a clamp measures together is one meter's.
        if ("voltage" in current) assert.equal(current.voltage, meter.voltage);
      }
      assert.deepEqual(board.meters.slice(0, 2).map((meter) => meter.name), ["battery", "bus"]);
    });

    it(`${name}: has a rail where a sensor needs one, and a bus where a chip does`, () => {
      assert.equal(board.rail >= 0, board.channels.some(({ kind }) => kind === "hall"));
      assert.equal(board.i2c !== undefined, board.channels.some(({ kind }) => kind === "shunt"));
    });
  }

  it("see a current that trips their relays", () => {
    assert.deepEqual(NAMES.map((name) => largestTripMa(boardDefinition(name))), [18000, 8000, 8000]);
    for (const channel of boardDefinition("shunt").channels) {
      // The smaller range, an INA226's.
      if (channel.kind === "shunt") assert.ok((channel.maxMa * channel.microohm) / 1e6 < 81.92);
    }
  });
});
