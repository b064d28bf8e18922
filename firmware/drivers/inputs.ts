/**
 * All that a board measures with, by its definition.
 * @module
 */
import { alternates } from "../core/convert.ts";
import { createSampler } from "./adc.ts";
import { newBurst } from "./adc-burst.ts";
import { sampleClamp } from "./clamp.ts";
import { createShunt } from "./shunt.ts";
import type { BoardDefinition } from "../core/board.ts";
import type { Sums } from "../core/cycles.ts";
import type { Inputs } from "../core/sensor.ts";
import type { I2cBus } from "./ina.ts";

export interface InputsHost {
  /** 0 to 1 of the converter's range. */
  analogRead: (pin: string) => number;
  /** Seconds, of any origin. */
  getTime: () => number;
  sums: Sums;
  /** The bus, for boards with chips on it. */
  i2c: () => I2cBus;
}

export function createInputs(board: BoardDefinition, { analogRead, getTime, sums, i2c }: InputsHost): Inputs {
  const inputs: Inputs = { sample: createSampler({ analogRead, sum: sums.sum, variance: sums.variance }) };
  if (board.channels.some(alternates)) {
    const input = { host: { analogRead, getTime }, sums, burst: newBurst() };
    inputs.clamp = (bank, channel, sensor, nowMs) => sampleClamp(input, bank, channel, sensor, nowMs);
  }
  if (board.i2c) inputs.shunt = createShunt(i2c(), board.i2c);
  return inputs;
}
