/**
 * The ESP32's pins: which of them can do what, what they do on their own at boot, and their levels.
 * Sources: ESP-IDF GPIO page; Espruino's targets/esp32/jshardware.c (jshPinDefaultPullup).
 * @module
 */
import { COST_MS } from "./cpu.ts";
import { ADC_CODES, DEFAULT_ATTENUATION } from "./adc.ts";
import type { Adc } from "./adc.ts";

export type Level = 0 | 1;

const PIN_COUNT = 40;
/** Only ADC1: ADC2 does not work while Wi-Fi runs. */
const ADC1 = [32, 33, 34, 35, 36, 37, 38, 39];
const INPUT_ONLY = [34, 35, 36, 37, 38, 39];
/** Wired to the module's flash chip: driving one crashes the board. */
const FLASH_PINS = [6, 7, 8, 9, 10, 11];
/** Pulled up by Espruino at boot and reset, so an active-high relay there energises. 34 to 39 have no pulls to switch on. */
const PULLED_UP = [0, 12, 13, 14, 15, 18, 19, 21, 22, 25, 26, 27];
/** High or pulsing while the ROM starts: UART0 and the straps that are up by default. */
const HIGH_AT_RESET = [1, 3, 5, 14, 15];

export interface PinHooks {
  /** True voltage at an ADC pin. */
  volts(pin: string): number;
  /** Whether a button connects the pin to ground. */
  isPressed(pin: string): boolean;
  /** A pin changed its level by output or pull-up. */
  onLevel(pin: string, value: Level): void;
  /** Lets the processor's work in hand take so much longer. */
  spend(ms: number): void;
}

export interface Pins {
  globals: Record<string, (...values: never[]) => unknown>;
  setAttenuation(pin: unknown, attenuation: unknown): void;
  level(pin: string): Level;
  /** Reset: outputs let go, then the boot's own levels. */
  reset(): void;
  /** Espruino has started: only its pull-ups are left. */
  booted(): void;
  /** No power, no level. */
  off(): void;
}

function pinNumber(pin: unknown): number {
  const number = typeof pin === "string" && /^D\d{1,2}$/.test(pin) ? Number(pin.slice(1)) : pin;
  if (typeof number !== "number" || !Number.isInteger(number) || number < 0 || number >= PIN_COUNT) throw new Error("Invalid pin");
  return number;
}

/** The number of a pin that can be driven. Throws for any other. */
export function outputPin(pin: unknown): number {
  const number = pinNumber(pin);
  if (INPUT_ONLY.includes(number)) throw new Error("D" + number + " is an input only");
  if (FLASH_PINS.includes(number)) throw new Error("D" + number + " belongs to the flash chip");
  return number;
}

export function createPins(adc: Adc, hooks: PinHooks): Pins {
  const levels = new Map<number, Level>();
  const attenuations = new Map<number, number>();

  function set(pin: number, value: Level): void {
    if ((levels.get(pin) ?? 0) === value) return;
    levels.set(pin, value);
    hooks.onLevel("D" + pin, value);
  }

  function analogRead(pin: unknown): number {
    const number = pinNumber(pin);
    if (!ADC1.includes(number)) throw new Error("D" + number + " is no ADC1 pin: it reads nothing while Wi-Fi runs");
    hooks.spend(COST_MS.analogRead);
    return adc.convert(hooks.volts("D" + number), attenuations.get(number) ?? DEFAULT_ATTENUATION) / ADC_CODES;
  }

  function digitalWrite(pin: unknown, value: unknown): void {
    set(outputPin(pin), Number(value) ? 1 : 0);
  }

  /** Nothing is wired to a pin but what holds a button down. */
  function digitalRead(pin: unknown): number {
    return hooks.isPressed("D" + pinNumber(pin)) ? 0 : 1;
  }

  function pinMode(pin: unknown, mode: unknown): void {
    const number = pinNumber(pin);
    if (mode !== "input_pullup") throw new Error("pinMode: the firmware asks for input_pullup only");
    if (INPUT_ONLY.includes(number)) throw new Error("D" + number + " has no pull-up");
  }

  function letGo(high: readonly number[]): void {
    attenuations.clear();
    for (let pin = 0; pin < PIN_COUNT; pin++) set(pin, high.includes(pin) ? 1 : 0);
  }

  return {
    globals: { analogRead, digitalRead, digitalWrite, pinMode },
    setAttenuation(pin, attenuation) {
      attenuations.set(pinNumber(pin), Number(attenuation));
    },
    level: (pin) => levels.get(pinNumber(pin)) ?? 0,
    reset: () => letGo([...HIGH_AT_RESET, ...PULLED_UP]),
    booted: () => letGo(PULLED_UP),
    off: () => letGo([]),
  };
}
