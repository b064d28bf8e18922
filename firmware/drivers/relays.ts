/**
 * Relay outputs: active high, open until first driven.
 * @module
 */

export type DigitalWrite = (pin: string, value: 0 | 1) => void;

/** Drives one bit each (bit 0 is the first pin). Opens before it closes. */
export function driveRelays(digitalWrite: DigitalWrite, pins: string[], relays: number): void {
  for (let level = 0; level < 2; level++) {
    for (let i = 0; i < pins.length; i++) {
      const pin = pins[i];
      if (pin !== undefined && ((relays >> i) & 1) === level) digitalWrite(pin, level === 1 ? 1 : 0);
    }
  }
}
