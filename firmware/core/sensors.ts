/**
 * From windows of raw samples to currents and voltages, and how long ago each was last plausible.
 * @module
 */
import type { BoardDefinition, Channel } from "./board.ts";
import type { Calibration } from "../wire/commands.ts";
import type { Settings } from "./settings.ts";

/** Statistics of one burst of samples, each 0 to 1 of the converter's range. */
export interface SampleWindow {
  sum: number;
  min: number;
  max: number;
  count: number;
}

/** Samples a pin `count` times. */
export type Sampler = (pin: string, count: number) => SampleWindow;

/** A channel's newest value in mA or mV. While it is implausible, the last plausible value stays. */
export interface Sensor {
  value: number;
  /** Extremes of the samples in the newest window; of a current only. */
  min: number;
  max: number;
  /** Whether the newest window was plausible, and whether a sample of it met the end of the converter's range. */
  plausible: boolean;
  clipped: boolean;
  /** Uptime of the newest plausible window, in ms. */
  plausibleMs: number;
}

/** A Hall sensor's output stays within its rails; at them, a wire is broken. */
const HALL_MIN = 0.02;
const HALL_MAX = 0.98;
const CONVERTER_TOP = 4095 / 4096;

/** Rounds half up, on the board as anywhere (Espruino's Math.round rounds halves away from zero). */
export function round(value: number): number {
  return Math.floor(value + 0.5);
}

/** A channel's value for a raw mean of 0 to 1, in mA or mV with fraction; NaN where it is implausible. `railMv` matters to Hall sensors. */
export function convert(channel: Channel, raw: number, fullScaleMv: number, railMv: number, calibration?: Calibration): number {
  const terminalMv = raw * fullScaleMv * channel.scale;
  const gain = calibration ? calibration.gain : 1;
  const offset = calibration ? calibration.offset : 0;
  if (channel.kind === "hall") {
    const ratio = terminalMv / railMv;
    if (!(ratio > HALL_MIN && ratio < HALL_MAX)) return NaN;
    // Sensitivity is given at a rail of 5 V and follows the rail, as the zero does.
    return (((ratio - 0.5) * 5000000) / channel.mvPerAmp) * gain + offset;
  }
  const millivolt = terminalMv * gain + offset;
  return millivolt >= channel.minMv && millivolt <= channel.maxMv ? millivolt : NaN;
}

export class Sensors {
  /** In the order of the board's channels. */
  readonly all: Sensor[];
  private readonly board: BoardDefinition;
  private readonly calibration: Settings["calibration"];
  private readonly sample: Sampler;

  constructor(board: BoardDefinition, calibration: Settings["calibration"], sample: Sampler) {
    this.board = board;
    this.calibration = calibration;
    this.sample = sample;
    this.all = board.channels.map(() => ({ value: 0, min: 0, max: 0, plausible: false, clipped: false, plausibleMs: 0 }));
  }

  /** Samples every channel once. A channel whose sampling throws is implausible. */
  update(nowMs: number): void {
    this.measure(this.board.rail, nowMs);
    for (let i = 0; i < this.all.length; i++) if (i !== this.board.rail) this.measure(i, nowMs);
  }

  /** Index of a channel without a plausible value for longer than `staleMs`, or -1. */
  stale(nowMs: number, staleMs: number): number {
    for (let i = 0; i < this.all.length; i++) {
      const sensor = this.all[i];
      if (sensor && nowMs - sensor.plausibleMs > staleMs) return i;
    }
    return -1;
  }

  private measure(index: number, nowMs: number): void {
    const channel = this.board.channels[index];
    const sensor = this.all[index];
    const rail = this.all[this.board.rail];
    if (!channel || !sensor || !rail) return;
    sensor.plausible = false;
    try {
      const window = this.sample(channel.pin, channel.samples);
      const railMv = rail.plausible ? rail.value : NaN;
      const { fullScaleMv } = this.board;
      const correction = this.calibration[channel.name];
      const value = convert(channel, window.sum / window.count, fullScaleMv, railMv, correction);
      if (!(value - value === 0)) return;
      sensor.value = round(value);
      sensor.clipped = window.max >= CONVERTER_TOP;
      if (channel.kind === "hall") {
        const min = convert(channel, window.min, fullScaleMv, railMv, correction);
        const max = convert(channel, window.max, fullScaleMv, railMv, correction);
        // A single sample may lie where no mean is plausible; then the mean stands in for it.
        sensor.min = min <= value ? round(min) : sensor.value;
        sensor.max = max >= value ? round(max) : sensor.value;
        if (window.min <= 0) sensor.clipped = true;
      }
      sensor.plausible = true;
      sensor.plausibleMs = nowMs;
    } catch {
      // The sensor stays implausible; once stale, the policy opens the relays.
    }
  }
}
