/**
 * The board's face: one LED and one button.
 * @module
 */

/** Pins, the same on every board: the LED lights at 1; the button reads 0 while it is pressed, by the chip's own pull-up. */
export const PANEL = { led: "D4", button: "D27" } as const;

/** What the LED shows over two seconds, a bit for each fifth of a second. */
export const LED = {
  /** One flash: it controls, and the gateway is within reach. */
  fine: 1,
  /** Two: it controls without Wi-Fi. */
  offline: 5,
  /** Three: it does not control, for want of settings. */
  unset: 21,
  /** On and off by the second: safe mode. */
  safe: 31,
  /** Mostly on: set-up mode. */
  setup: 511,
  /** Fast: it was asked which one it is. */
  identify: 341,
} as const;

const SLOT_MS = 200;
const SLOTS = 10;

/** The LED's level for a pattern of {@link LED}. */
export function ledLevel(pattern: number, nowMs: number): 0 | 1 {
  return (pattern >> Math.floor(nowMs / SLOT_MS) % SLOTS) & 1 ? 1 : 0;
}

/** What a press means, when the button is let go. */
export const PRESS = { none: 0, short: 1, long: 2, veryLong: 3 } as const;

const BOUNCE_MS = 50;
const LONG_MS = 3000;
const VERY_LONG_MS = 10000;

/** A button that is looked at in each turn. */
export class Button {
  private downMs: number;

  constructor() {
    this.downMs = -1;
  }

  /** Takes a look; returns what was meant (of {@link PRESS}) once it is let go. */
  update(isDown: boolean, nowMs: number): number {
    if (isDown) {
      if (this.downMs < 0) this.downMs = nowMs;
      return PRESS.none;
    }
    const heldMs = this.downMs < 0 ? 0 : nowMs - this.downMs;
    this.downMs = -1;
    if (heldMs < BOUNCE_MS) return PRESS.none;
    if (heldMs >= VERY_LONG_MS) return PRESS.veryLong;
    return heldMs >= LONG_MS ? PRESS.long : PRESS.short;
  }
}
