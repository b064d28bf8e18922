/**
 * Calibrating a channel of a board that is in use: what it shows has its calibration in it already.
 * @module
 */
import { calibrate } from "#firmware/core/calibration.ts";
import type { Calibration } from "#firmware/wire/commands.ts";
import type { BoardCommand } from "#gateway/api/schemas/commands.ts";

export const NO_CALIBRATION: Calibration = { offset: 0, gain: 1 };

/** What a board showed, in the mean, and how far single values were from it; mA or mV. */
export interface Shown {
  mean: number;
  deviation: number;
}

/** Mean and standard deviation. @throws when a value was implausible. */
export function summarise(values: readonly (number | null)[]): Shown {
  const plausible = values.filter((value) => value !== null);
  if (plausible.length === 0 || plausible.length < values.length) throw new Error("the channel shows implausible values: check its sensor and wiring, then start again");
  const mean = plausible.reduce((sum, value) => sum + value, 0) / plausible.length;
  const square = plausible.reduce((sum, value) => sum + (value - mean) ** 2, 0) / plausible.length;
  return { mean, deviation: Math.sqrt(square) };
}

/** The calibration that a channel has: the newest that the board took, or none. `commands` are newest first. */
export function calibrationInForce(commands: readonly Pick<BoardCommand, "state" | "command">[], channel: number): Calibration {
  for (const { command, state } of commands) {
    if (state === "applied" && command.kind === "calibration" && command.channel === channel) return command.calibration;
  }
  return NO_CALIBRATION;
}

/**
 * The calibration under which the board would have shown both known values.
 * @param before in force while `low` and `high` were shown.
 * @throws what to do, where the points are no sensor's (`firmware/core/calibration.ts`).
 */
export function calibrateShown(before: Calibration, low: { shown: number; known: number }, high: { shown: number; known: number }): Calibration {
  const plain = (shown: number): number => (shown - before.offset) / before.gain;
  return calibrate({ read: plain(low.shown), known: low.known }, { read: plain(high.shown), known: high.known });
}

/** Least noise that is reckoned with, mA or mV: a few values may happen to be equal. */
const LEAST_NOISE = 1;

/**
 * Refuses a load that cannot tell more than the noise does.
 * @throws with the least load that would.
 */
export function checkSpread(low: Shown, high: Shown): void {
  const noise = Math.max(low.deviation, high.deviation, LEAST_NOISE);
  const spread = Math.abs(high.mean - low.mean);
  if (spread < 20 * noise) throw new Error(`the two points are ${Math.round(spread)} apart and the noise is ${Math.round(noise)}: take a load that is larger by ${Math.ceil((20 * noise) / Math.max(1, spread))} times`);
}
