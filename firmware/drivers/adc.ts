/**
 * Bursts of the converter, taken and summed up by native calls alone: a loop in JavaScript would take five times as long.
 * @module
 */
import type { Sampler, SampleWindow } from "../core/sensor.ts";

export interface AdcHost {
  /** 0 to 1 of the converter's range. */
  analogRead: (pin: string) => number;
  sum: (values: Float32Array) => number;
  /** Sum of the squares of the deviations from `mean`. */
  variance: (values: Float32Array, mean: number) => number;
}

/** A sampler of pins. It throws where the converter gives no number. */
export function createSampler(host: AdcHost): Sampler {
  const readers: Partial<Record<string, () => number>> = {};
  const shapes: Partial<Record<number, Float32Array>> = {};
  // One result for all bursts: it is used up before the next.
  const result: SampleWindow = { sum: 0, squares: 0, min: 0, max: 0, count: 0 };
  return (pin, count) => {
    const reader = (readers[pin] = readers[pin] || host.analogRead.bind(null, pin));
    const shape = (shapes[count] = shapes[count] || new Float32Array(count));
    const window = shape.map(reader);
    result.sum = host.sum(window);
    result.squares = host.variance(window, result.sum / count);
    // Typings know no typed arrays here; both engines take them.
    const values = window as unknown as number[];
    result.min = Math.min.apply(null, values);
    result.max = Math.max.apply(null, values);
    result.count = count;
    if (!(result.sum - result.sum === 0)) throw new Error("converter: no number from " + pin);
    return result;
  };
}
