/**
 * The board's starts: a number for each, which is half of every nonce, whether it went well, and why it ended where that is known.
 * Counting them is `count-start.ts`.
 * @module
 */
import type { FlashRegion } from "./flash.ts";

/** Sectors that one place of numbers takes. */
export const START_SECTORS = 2;
/** In an entry: a word that is cleared when the start went well, and why it ended. */
export const AT_GOOD = 8;
export const AT_CAUSE = 12;
/** So many failed starts in a row, and the next is in safe mode (as ESPHome's). */
export const MAX_FAILED_STARTS = 10;

/** Why the board started. What ends a start without a word was the power, or the watchdog: the clock tells, which goes on over a reset. */
export const RESET = { powerOn: 0, watchdog: 1, command: 2, outOfMemory: 3, button: 4, safeModeOver: 5 } as const;

/** A place for numbers, from an offset of a region on. */
export interface StartPlace {
  flash: FlashRegion;
  offset: number;
}

export interface Start {
  /** This start's number. */
  boot: number;
  /** Starts that failed in a row before this one. */
  failed: number;
  /** Why the start before ended ({@link RESET}), or -1 where it had no time to say. */
  lastCause: number;
  /** Where its entry is. */
  flash: FlashRegion;
  entry: number;
}

/** This start went well. */
export function markGood({ flash, entry }: Start): void {
  flash.write(new Uint8Array(4), entry + AT_GOOD);
}

/** This start ends on purpose, for a reason of {@link RESET}. */
export function markEnd({ flash, entry }: Start, cause: number): void {
  const word = new Uint8Array(4);
  word[3] = cause;
  flash.write(word, entry + AT_CAUSE);
}
