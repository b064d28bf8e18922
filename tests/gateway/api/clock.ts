/**
 * A clock that stands still until a test moves it.
 * @module
 */
import type { Clock } from "#gateway/clock.ts";

export const START_UTC_MS = 1_767_225_720_000;

export function createTestClock(startUtcMs = START_UTC_MS): Clock & { advance(ms: number): void } {
  let now = startUtcMs;
  return {
    nowMs: () => now,
    advance(ms) {
      now += ms;
    },
  };
}
