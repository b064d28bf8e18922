/**
 * Milliseconds since boot, from a wall clock that may jump.
 * @module
 */

/** A real delay is shorter than the watchdog's 15 s, else the board would have restarted: a longer step is the clock's, not ours. */
export const MAX_STEP_MS = 15000;

export class Uptime {
  /** Whole ms since boot; never runs backwards. */
  ms: number;
  private clockMs: number;

  constructor(clockMs: number) {
    this.ms = 0;
    this.clockMs = clockMs;
  }

  /** Takes a look at the clock; returns the ms since the look before, or `nominalMs` where the clock jumped. */
  advance(clockMs: number, nominalMs: number): number {
    const step = Math.floor(clockMs - this.clockMs);
    const jumped = !(step >= 0 && step <= MAX_STEP_MS);
    const elapsedMs = jumped ? nominalMs : step;
    // The fraction of a ms stays with the clock, so that rounding adds up to nothing.
    this.clockMs = jumped ? clockMs : this.clockMs + step;
    this.ms += elapsedMs;
    return elapsedMs;
  }
}
