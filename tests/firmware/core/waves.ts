/**
 * Alternating current and voltage as functions of time, the bursts that a converter makes of them, and what is true of them.
 * @module
 */
import { newBurst, takeBurst } from "#firmware/drivers/adc-burst.ts";
import type { Burst, Sums } from "#firmware/core/cycles.ts";

/** The interpreter's sums, as loops. */
export const SUMS: Sums = {
  sum: (values) => values.reduce((total, value) => total + value, 0),
  variance: (values, mean) => values.reduce((total, value) => total + (value - mean) ** 2, 0),
  convolve: (a, b, offset) => a.reduce((total, value, i) => total + value * (b[(((i + offset) % b.length) + b.length) % b.length] ?? NaN), 0),
};

/** A harmonic's share of the fundamental's amplitude and its phase, by order from 2 on. */
export type Harmonic = { order: number; share: number; phase: number };

export interface Wave {
  /** Amplitude of the fundamental and middle, in shares of the converter's range. */
  amplitude: number;
  bias: number;
  phase: number;
  harmonics: Harmonic[];
}

export interface Mains {
  hz: number;
  current: Wave;
  voltage: Wave;
}

/** Value at a time, in s. */
export function valueAt(wave: Wave, hz: number, time: number): number {
  const angle = 2 * Math.PI * hz * time + wave.phase;
  let sum = Math.sin(angle);
  for (const { order, share, phase } of wave.harmonics) sum += share * Math.sin(order * angle + phase);
  return wave.bias + wave.amplitude * sum;
}

/** Root mean square of the alternating part, by Parseval's theorem. */
export function rmsOf(wave: Wave): number {
  return wave.amplitude * Math.sqrt((1 + wave.harmonics.reduce((sum, { share }) => sum + share ** 2, 0)) / 2);
}

/** Mean of the product of both alternating parts: only equal orders give any. */
export function powerOf({ current, voltage }: Mains): number {
  let power = Math.cos(current.phase - voltage.phase) / 2;
  for (const own of current.harmonics) {
    for (const other of voltage.harmonics) {
      if (own.order !== other.order) continue;
      const phase = own.order * (current.phase - voltage.phase) + own.phase - other.phase;
      power += (own.share * other.share * Math.cos(phase)) / 2;
    }
  }
  return power * current.amplitude * voltage.amplitude;
}

/** How long a board's natives take, in s. */
export interface Pace {
  readS: number;
  timeS: number;
}

/** A fast board's: the pairs are spaced out. A slow one's has a third of the pairs. */
export const FAST: Pace = { readS: 0.00002, timeS: 0.000005 };
export const SLOW: Pace = { readS: 0.0004, timeS: 0.0001 };

/** Samples mains from a time on, as the driver does, with a converter of so many codes (0 for an exact one) and noise in shares of its range. */
export function sampleMains(mains: Mains, startS: number, pace: Pace = FAST, codes = 4096, noise: () => number = () => 0): Burst {
  let now = startS;
  const host = {
    analogRead(pin: string) {
      now += pace.readS;
      const value = valueAt(pin === "current" ? mains.current : mains.voltage, mains.hz, now) + noise();
      return codes === 0 ? value : Math.max(0, Math.min(codes - 1, Math.round(value * codes))) / codes;
    },
    getTime: () => (now += pace.timeS),
  };
  return takeBurst(host, newBurst(), "current", "voltage");
}
