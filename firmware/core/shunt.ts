/**
 * Measures a circuit whose shunt and voltage a chip on the I²C bus looks after.
 * @module
 */
import { correct, withinRange } from "./convert.ts";
import { accept } from "./sensor.ts";
import type { ShuntChannel } from "./board.ts";
import type { ChipReader, Measurer } from "./sensor.ts";

/** A chip converts in below 40 ms. Asked sooner, what it said stands; for longer than this, the chip has stopped. */
const HOLD_MS = 150;

export function createShuntMeasurer(read: ChipReader): Measurer<ShuntChannel> {
  return ({ board, all, calibration }, channel, sensor, nowMs) => {
    const reading = read(channel.address, nowMs);
    if (!reading) {
      if (nowMs - sensor.plausibleMs <= HOLD_MS) return;
      throw new Error("chip " + channel.address + " has stopped converting");
    }
    sensor.raw = reading.shuntRaw;
    sensor.clipped = reading.clipped;
    accept(sensor, correct((reading.shuntUv * 1000) / channel.microohm, calibration[channel.name]), nowMs);
    const voltage = all[channel.voltage];
    const other = board.channels[channel.voltage];
    if (!voltage || !other || other.kind !== "chipVoltage") return;
    voltage.raw = reading.voltageRaw;
    accept(voltage, withinRange(other, correct(reading.voltageMv, calibration[other.name])), nowMs);
  };
}
