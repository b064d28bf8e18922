/**
 * How long to wait before another try: twice as long each time, and never quite the same for two gateways.
 * @module
 */

export interface Backoff {
  /** Milliseconds until the next try. */
  next(): number;
  /** It worked: the next failure is a first one. */
  reset(): void;
}

/** @param random from 0 to 1; `Math.random` is good enough, since nothing secret hangs on it. */
export function createBackoff(options: { firstMs: number; longestMs: number; random: () => number }): Backoff {
  const { firstMs, longestMs, random } = options;
  let failures = 0;
  return {
    next() {
      const fullMs = Math.min(longestMs, firstMs * 2 ** failures);
      failures = Math.min(failures + 1, 30);
      return Math.round(fullMs * (0.5 + random() / 2));
    },
    reset() {
      failures = 0;
    },
  };
}
