/**
 * Bursts of the converter into one buffer that is kept for good, with statistics by native calls: a loop per sample would take
 * a multiple of the time.
 * @module
 */
import type { Sampler, SampleWindow } from "../core/sensors.ts";

export interface AdcHost {
  /** 0 to 1 of the converter's range. */
  analogRead(pin: string): number;
  sum(values: Float32Array): number;
}

/** A sampler for bursts of at most `most` samples. Throws where the converter gives no number. */
export function createSampler(host: AdcHost, most: number): Sampler {
  const buffer = new Float32Array(most);
  // One result for all bursts: it is used up before the next.
  const result: SampleWindow = { sum: 0, min: 0, max: 0, count: 0 };
  return (pin, count) => {
    const window = count === most ? buffer : buffer.subarray(0, count);
    for (let i = 0; i < count; i++) window[i] = host.analogRead(pin);
    result.sum = host.sum(window);
    // Typings know no typed arrays here; both engines take them.
    const values = window as unknown as number[];
    result.min = Math.min.apply(null, values);
    result.max = Math.max.apply(null, values);
    result.count = count;
    if (!(result.sum - result.sum === 0)) throw new Error("converter: no number from " + pin);
    return result;
  };
}
