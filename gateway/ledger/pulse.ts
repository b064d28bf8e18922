/**
 * How often blocks come, from their own times; and so, when a chain that answers stands.
 * @module
 */
import { stalledAfterMs } from "#chain/finality.ts";

/** A block, by its number and time, UTC ms. */
export interface Beat {
  number: number;
  timestampMs: number;
}

/** Intervals of which the median counts: one long pause among them is no other period. */
const KEPT_INTERVALS = 9;

export type Pulse = ReturnType<typeof createPulse>;

/** @param earlier a block of the chain; null where there is none */
export function createPulse(earlier: (number: number) => Promise<Beat | null>) {
  const intervalsMs: number[] = [];
  let last: Beat | null = null;

  function note(beat: Beat): void {
    // The chain may have been replaced by a shorter one.
    if (last !== null && beat.number > last.number) intervalsMs.push((beat.timestampMs - last.timestampMs) / (beat.number - last.number));
    if (intervalsMs.length > KEPT_INTERVALS) intervalsMs.shift();
    last = beat;
  }

  return {
    /** Takes in a newest block; at first also those before it. */
    async follow(head: Beat): Promise<void> {
      if (last === null) {
        // Block 0 has any time.
        for (let number = Math.max(1, head.number - KEPT_INTERVALS); number < head.number; number++) {
          const beat = await earlier(number);
          if (beat !== null) note(beat);
        }
      }
      note(head);
    },

    /**
     * How old the newest block may be, ms, before the chain counts as stalled; null while too little was seen.
     * @param authorities how many take turns
     */
    stalledAfterMs(authorities: number): number | null {
      const periodMs = intervalsMs.toSorted((a, b) => a - b)[Math.floor(intervalsMs.length / 2)];
      return periodMs === undefined ? null : stalledAfterMs(periodMs / 1000, Math.max(1, authorities));
    },
  };
}
