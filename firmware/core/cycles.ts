/**
 * Mean, root mean square and real power over whole mains cycles, from one burst of samples.
 *
 * A sum over a cycle that is no whole number of samples is wrong by as much as is missing. So the cycle's length is found between the
 * samples, from crossings of the signal, and the sum is a trapezoid that closes on itself: a periodic signal ends as it began, so all
 * that is missing or too much lies at both ends, and native sums do the rest.
 *
 * Current and voltage are sampled in turn. The voltage at the instant of a current's sample is interpolated by a cubic (Lagrange), whose
 * weights are the same for all samples: the sum of products is then four native ones, each with the voltage shifted by whole samples.
 * @module
 */

/** Samples of 0 to 1 of the converter's range, taken in turn at an even pace. */
export interface Burst {
  current: Float32Array;
  voltage: Float32Array;
  /** Pairs that were taken; what lies behind them is of older bursts. */
  count: number;
  /** From one current to the next, and from a current to its voltage. */
  stepMs: number;
  skewMs: number;
}

/** The interpreter's own sums; a loop would take ten times as long. */
export interface Sums {
  sum: (values: Float32Array) => number;
  /** Sum of the squares of the deviations from `mean`: not divided by the count. */
  variance: (values: Float32Array, mean: number) => number;
  /** Sum of the products of items of both. */
  convolve: (a: Float32Array, b: Float32Array, offset: number) => number;
}

/** Of one signal, in shares of the converter's range. */
export interface Wave {
  mean: number;
  rms: number;
  min: number;
  max: number;
}

/** What a burst tells. */
export interface Cycles {
  current: Wave;
  voltage: Wave;
  /** Mean of the product of both alternating parts; positive where they go together. */
  power: number;
  /** Length of a cycle; a default where the signal shows none. */
  periodMs: number;
}

/** Cycles between 45 and 65 Hz are looked for; a burst holds one and a half of the longest, and where they begin. */
export const BURST_MS = 40;
const DEFAULT_PERIOD_MS = 20;
const MIN_PERIOD_MS = 1000 / 65.5;
const MAX_PERIOD_MS = 1000 / 44.5;
/** Fewer pairs in a burst tell nothing: the processor was elsewhere. */
const MIN_PAIRS = 20;
/** Samples at either end that only the interpolation uses. */
const MARGIN = 3;
/** A crossing is looked for in about as many steps. */
const SCAN_STEPS = 32;

/**
 * Place of an upward (`sign` 1) or downward (-1) crossing of `level` from the mean, in samples: between `at` and one of the samples
 * before it, down to `from`.
 */
function crossing(signal: Float32Array, from: number, at: number, mean: number, level: number, sign: number): number {
  let index = at;
  const height = (i: number): number => sign * ((signal[i] || 0) - mean) - level;
  while (index - 1 > from && height(index - 1) > 0) index--;
  const above = height(index);
  return index - above / (above - height(index - 1));
}

/**
 * Length of a cycle in samples: between the first crossing and the next of the same direction, each counted when the signal has gone from
 * half its root mean square below the mean to as much above it, or the other way. 0 where there are none such.
 */
function periodOf(signal: Float32Array, count: number, wave: Wave): number {
  const step = Math.floor(count / SCAN_STEPS) || 1;
  const level = wave.rms / 2;
  let side = 0;
  let before = -1;
  let last = -1;
  for (let i = 0; i < count; i += step) {
    const height = (signal[i] || 0) - wave.mean;
    const now = height > level ? 1 : height < -level ? -1 : side;
    if (side !== 0 && now !== side) {
      const place = crossing(signal, i - step, i, wave.mean, level, now);
      if (before >= 0) return place - before;
      before = last;
      last = place;
    }
    side = now;
  }
  return 0;
}

/** Sets mean and root mean square of `period` samples from the margin on. `values` are the whole samples of it, and the one after. */
function measureWave(wave: Wave, values: Float32Array, period: number, sums: Sums): void {
  const first = values[0] || 0;
  const last = values[values.length - 1] || 0;
  const excess = (values.length - period) / 2;
  const mean = (sums.sum(values) - excess * (first + last)) / period;
  const squares = sums.variance(values, mean) - excess * ((first - mean) * (first - mean) + (last - mean) * (last - mean));
  wave.mean = mean;
  wave.rms = Math.sqrt(Math.max(0, squares / period));
}

/** Sum of current times voltage over the cycle, the voltage `shift` samples later. */
function shiftedProduct(burst: Burst, from: number, to: number, period: number, shift: number, sums: Sums): number {
  const current = burst.current.subarray(from, to);
  const voltage = burst.voltage.subarray(from + shift, to + shift);
  const last = to - from - 1;
  const ends = (current[0] || 0) * (voltage[0] || 0) + (current[last] || 0) * (voltage[last] || 0);
  return sums.convolve(current, voltage, 0) - ((last + 1 - period) / 2) * ends;
}

/** A first look at a whole burst, which need not be whole cycles. */
function survey(signal: Float32Array, count: number, sums: Sums): Wave {
  const all = signal.subarray(0, count);
  // Typings know no typed arrays here; both engines take them.
  const values = all as unknown as number[];
  const mean = sums.sum(all) / count;
  return { mean, rms: Math.sqrt(sums.variance(all, mean) / count), min: Math.min.apply(null, values), max: Math.max.apply(null, values) };
}

/** Sum of current times voltage, the voltage interpolated `late` samples later, which may be negative and no whole number. */
function product(burst: Burst, to: number, period: number, late: number, sums: Sums): number {
  const bounded = Math.max(-2, Math.min(1.999, late));
  const whole = Math.floor(bounded);
  const u = bounded - whole;
  const weights = [(-u * (u - 1) * (u - 2)) / 6, ((u + 1) * (u - 1) * (u - 2)) / 2, (-(u + 1) * u * (u - 2)) / 2, ((u + 1) * u * (u - 1)) / 6];
  let total = 0;
  weights.forEach((weight, i) => {
    if (weight !== 0) total += weight * shiftedProduct(burst, MARGIN, to, period, whole - 1 + i, sums);
  });
  return total;
}

/**
 * Measures the cycles in a burst. `leadMs` is by how much the current's sensor is ahead of the voltage's.
 * @throws Error where the burst holds too few samples to tell.
 */
export function measureCycles(burst: Burst, leadMs: number, sums: Sums): Cycles {
  const { count, stepMs } = burst;
  if (!(count >= MIN_PAIRS) || !(stepMs > 0)) throw new Error("converter: too few samples for a mains cycle");
  const current = survey(burst.current, count, sums);
  const voltage = survey(burst.voltage, count, sums);
  const isMains = (samples: number): boolean => samples * stepMs > MIN_PERIOD_MS && samples * stepMs < MAX_PERIOD_MS;
  // The steadier signal tells the cycle: the voltage, unless there is none.
  let samples = periodOf(burst.voltage, count, voltage);
  if (!isMains(samples)) samples = periodOf(burst.current, count, current);
  if (!isMains(samples)) samples = DEFAULT_PERIOD_MS / stepMs;
  const cycles = Math.floor((count - 2 * MARGIN - 1) / samples);
  if (cycles < 1) throw new Error("converter: too few samples for a mains cycle");
  const period = samples * cycles;
  const to = MARGIN + Math.floor(period) + 1;
  measureWave(current, burst.current.subarray(MARGIN, to), period, sums);
  measureWave(voltage, burst.voltage.subarray(MARGIN, to), period, sums);
  const power = product(burst, to, period, (leadMs - burst.skewMs) / stepMs, sums) / period - current.mean * voltage.mean;
  return { current, voltage, power, periodMs: samples * stepMs };
}
