/**
 * What is known of one channel, and where measurements come from.
 * @module
 */
import { isNumber, round } from "./convert.ts";
import type { Cycles } from "./cycles.ts";

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

/** Samples two pins in turn over a mains cycle; `leadMs` is by how much the first one's sensor is ahead of the second's. */
export type CycleSampler = (current: string, voltage: string, leadMs: number) => Cycles;

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

/** Where measurements come from; a board without alternating channels or chips needs neither of theirs. */
export interface Inputs {
  sample: Sampler;
  cycles?: CycleSampler;
  chip?: ChipReader;
}

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
}

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
