/**
 * From what a converter or chip gives to mA and mV. One formula for each kind of channel, in one place.
 * @module
 */
import type { Channel, DirectChannel } from "./board.ts";
import type { Calibration } from "../wire/commands.ts";

/** A Hall sensor's output stays within its rails; at them, a wire is broken. */
const HALL_MIN = 0.02;
const HALL_MAX = 0.98;

/** Rounds half up, on the board as anywhere (Espruino's Math.round rounds halves away from zero). */
export function round(value: number): number {
  return Math.floor(value + 0.5);
}

/** A value in mA or mV as its calibration corrects it. */
export function correct(value: number, calibration: Calibration | undefined): number {
  return calibration ? value * calibration.gain + calibration.offset : value;
}

/** Whether a value is a number, and none of the infinities. */
export function isNumber(value: number): boolean {
  return value - value === 0;
}

/**
 * A sampled channel's value for a raw mean of 0 to 1, in mA or mV with fraction; NaN where it is implausible. `railMv` matters to Hall
 * sensors, whose zero and sensitivity follow the rail.
 */
export function convert(channel: DirectChannel, raw: number, fullScaleMv: number, railMv: number, calibration?: Calibration): number {
  const terminalMv = raw * fullScaleMv * channel.scale;
  if (channel.kind === "voltage") return withinRange(channel, correct(terminalMv, calibration));
  const ratio = terminalMv / railMv;
  if (!(ratio > HALL_MIN && ratio < HALL_MAX)) return NaN;
  return correct(((ratio - channel.zero) * channel.railMv * 1000) / channel.mvPerAmp, calibration);
}

/** A voltage, or NaN where no terminal has it. */
export function withinRange(channel: { minMv: number; maxMv: number }, millivolt: number): number {
  return millivolt >= channel.minMv && millivolt <= channel.maxMv ? millivolt : NaN;
}

/** Whether a channel measures alternating current or voltage: it is sampled over whole mains cycles, and no relay depends on it. */
export function alternates(channel: Channel): boolean {
  return channel.kind === "clamp" || channel.kind === "mains";
}
