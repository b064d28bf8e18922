/**
 * Calibration of a channel: from two known values, or of its zero. Pure; what comes out is data of one board, and no part of a board's
 * definition. `value * gain + offset` is then the true value in the channel's unit.
 * @module
 */
import { alternates } from "./convert.ts";
import type { Channel } from "./board.ts";
import type { Calibration } from "../wire/commands.ts";

/** Bounds of what can be a sensor's tolerance rather than a mistake; in mA or mV. */
export const MAX_OFFSET = 5000;
export const MIN_GAIN = 0.5;
export const MAX_GAIN = 2;
/** A sensor's zero is off by less than this share of its range. */
const MAX_ZERO_SHARE = 0.1;

/** What a channel gave, uncalibrated, and what was there, in mA or mV. */
export interface CalibrationPoint {
  read: number;
  known: number;
}

/** Largest offset of a channel's calibration. A root mean square has none: the mean of its signal is taken out before. */
export function maxOffset(channel: Channel): number {
  return alternates(channel) ? 0 : MAX_OFFSET;
}

function refuse(problem: string): never {
  throw new Error("calibration: " + problem);
}

/**
 * The straight line through two points.
 * @throws Error that says what to do, where no line, or no sensor's, goes through them.
 */
export function calibrate(low: CalibrationPoint, high: CalibrationPoint): Calibration {
  const known = high.known - low.known;
  const read = high.read - low.read;
  if (!(known - known === 0) || !(read - read === 0)) refuse("a value is no number: measure again");
  if (known === 0) refuse("both known values are the same: take two that are far apart");
  if (read === 0) refuse("the channel reads the same at both values: check its wiring");
  const gain = known / read;
  if (gain < 0) refuse("the channel falls as the value rises: reverse the sensor, or the order of the values");
  if (gain < MIN_GAIN || gain > MAX_GAIN) refuse("a gain of " + gain + " is no sensor's: check the known values and their units");
  const offset = high.known - high.read * gain;
  if (offset < -MAX_OFFSET || offset > MAX_OFFSET) refuse("an offset of " + offset + " is no sensor's: check the known values and their units");
  return { offset, gain };
}

/**
 * A calibration by which `readMa`, which the channel gives under the one before while no current flows, becomes 0.
 * @param relays that are closed, one bit each: with any of them, a current may flow.
 * @throws Error that says what to do, where a current flows or may flow.
 */
export function autoZero(before: Calibration, maxMa: number, readMa: number, relays: number): Calibration {
  if (relays !== 0) refuse("open all relays first, or the zero may be a current");
  const limit = maxMa * MAX_ZERO_SHARE;
  if (!(readMa >= -limit && readMa <= limit)) refuse(readMa + " mA is more than a sensor's zero is off: disconnect what still draws current");
  return { offset: before.offset - readMa, gain: before.gain };
}
