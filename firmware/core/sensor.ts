/**
 * What is known of one channel, and where measurements come from.
 * @module
 */
import { isNumber, round } from "./convert.ts";
import type { BoardDefinition, ClampChannel, ShuntChannel } from "./board.ts";
import type { Calibration } from "../wire/commands.ts";

/** Statistics of one burst of samples, each 0 to 1 of the converter's range. */
export interface SampleWindow {
  sum: number;
  /** Sum of the squares of the deviations from the mean. */
  squares: number;
  min: number;
  max: number;
  count: number;
}

/** Samples a pin `count` times. Throws where the converter gives no number. */
export type Sampler = (pin: string, count: number) => SampleWindow;

/** What a chip measured since it was last asked. */
export interface ChipReading {
  shuntUv: number;
  voltageMv: number;
  /** As they stand in the chip's registers. */
  shuntRaw: number;
  voltageRaw: number;
  /** Whether a voltage met the end of its range. */
  clipped: boolean;
}

/** A chip's newest reading, or null when it has none that was not read before. Throws when it does not answer. */
export type ChipReader = (address: number, nowMs: number) => ChipReading | null;

/** A channel's newest value in mA or mV. While it is implausible, the last plausible value stays. */
export interface Sensor {
  value: number;
  /** The value with its fraction. */
  exact: number;
  /** Extremes of the samples in the newest window; of a current only. */
  min: number;
  max: number;
  /** Mean of the newest window and standard deviation of its samples, in 1/65536 of the converter's range; a chip's raw register and 0. */
  raw: number;
  noise: number;
  /** Whether the newest window was plausible, and whether a sample of it met the end of the converter's range. */
  plausible: boolean;
  clipped: boolean;
  /** Uptime of the newest plausible window, in ms. */
  plausibleMs: number;
  /** Real power in µW, of an alternating current that has a voltage. */
  powerUw?: number;
}

/** What is known of all channels. */
export interface SensorBank {
  readonly board: BoardDefinition;
  /** By channel name. */
  readonly calibration: Partial<Record<string, Calibration>>;
  /** In the order of the board's channels. */
  readonly all: Sensor[];
}

/** Measures a channel and the voltage that goes with it. What it throws makes both implausible. */
export type Measurer<C> = (bank: SensorBank, channel: C, sensor: Sensor, nowMs: number) => void;

/** Where measurements come from; a board without clamps or shunts needs neither of theirs. */
export interface Inputs {
  sample: Sampler;
  clamp?: Measurer<ClampChannel>;
  shunt?: Measurer<ShuntChannel>;
}

/** A sample at it or above has met the end of the converter's range. */
export const CONVERTER_TOP = 4095 / 4096;

const RAW_FULL_SCALE = 65536;

export function newSensor(): Sensor {
  return { value: 0, exact: 0, min: 0, max: 0, raw: 0, noise: 0, plausible: false, clipped: false, plausibleMs: 0 };
}

/** Keeps what the converter gave, in shares of its range. */
export function look(sensor: Sensor, mean: number, deviation: number): void {
  sensor.raw = round(mean * RAW_FULL_SCALE);
  sensor.noise = round(deviation * RAW_FULL_SCALE);
}

/** Takes a value, unless it is no number: then the last one stays. Returns whether it took it. */
export function accept(sensor: Sensor, value: number, nowMs: number): boolean {
  sensor.plausible = isNumber(value);
  if (!sensor.plausible) return false;
  sensor.exact = value;
  sensor.value = round(value);
  sensor.min = sensor.value;
  sensor.max = sensor.value;
  sensor.plausibleMs = nowMs;
  return true;
}
