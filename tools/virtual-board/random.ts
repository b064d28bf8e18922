/**
 * Seeded randomness for models: the same seed gives the same numbers on every machine.
 * @module
 */

/** Uniform in [0, 1). */
export type Random = () => number;

/** A generator (sfc32, 128 bits of state) from a 32-bit seed and a stream number; streams of one seed are independent. */
export function createRandom(seed: number, stream = 0): Random {
  let a = seed | 0;
  let b = stream | 0;
  let c = 0x9e3779b9;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4294967296;
  };
  // Nearby seeds give nearby first numbers until the state is mixed.
  for (let i = 0; i < 15; i++) next();
  return next;
}

/** A standard normal deviate (mean 0, variance 1), by the polar-free Box–Muller form. */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Uniform in [low, high). */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}
