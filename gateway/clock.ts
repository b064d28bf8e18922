/**
 * Wall-clock time as the gateway sees it. The demo village may run faster than real time; then all its processes share one setting.
 * @module
 */

/** UTC in ms since 1970. */
export interface Clock {
  nowMs(): number;
}

/** A clock that shows `utcOriginMs` when the machine's clock shows `realOriginMs` and runs `speed` times as fast from there. */
export interface ClockSetting {
  realOriginMs: number;
  utcOriginMs: number;
  speed: number;
}

/** The machine's clock, or one that runs by a setting. */
export function createClock(setting?: ClockSetting): Clock {
  if (setting === undefined) return { nowMs: () => Date.now() };
  const { realOriginMs, utcOriginMs, speed } = setting;
  return { nowMs: () => Math.floor(utcOriginMs + (Date.now() - realOriginMs) * speed) };
}
