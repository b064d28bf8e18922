/**
 * Gain and offset from two known values. Pure.
 * @module
 */
import type { Calibration } from "#firmware/wire/commands.ts";

/** What an uncorrected channel shows, and what is true, both in mA or mV. */
export interface Point {
  shown: number;
  true: number;
}

/** Two points that the channel shows closer than this lie within its noise. */
const MIN_DISTANCE = 50;
/** As the board takes it. */
const MIN_GAIN = 0.1;
const MAX_GAIN = 10;

/** The correction by which both points become true: shown × gain + offset. */
export function calibrationOf(first: Point, second: Point): Calibration | "tooClose" | "badGain" {
  const shown = second.shown - first.shown;
  if (Math.abs(shown) < MIN_DISTANCE) return "tooClose";
  const gain = (second.true - first.true) / shown;
  if (!(gain >= MIN_GAIN && gain <= MAX_GAIN)) return "badGain";
  return { gain: round(gain), offset: round(first.true - first.shown * round(gain)) };
}

/** To what is far below the converter's own steps, and still fits a field. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
