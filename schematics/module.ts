/**
 * The ESP32-DevKitC: which GPIO is on which header pin, and what each can be trusted with.
 * Sources: Espressif, "ESP32-DevKitC V4 Getting Started Guide" (headers J2 and J3) and "ESP-IDF GPIO & RTC GPIO".
 * @module
 */

/** Header pins by name: J2 from 1 to 19, J3 from 20 to 38, both counted from the antenna's end. */
export const HEADER: Readonly<Record<string, number>> = {
  "3V3": 1, EN: 2, IO36: 3, IO39: 4, IO34: 5, IO35: 6, IO32: 7, IO33: 8, IO25: 9, IO26: 10, IO27: 11, IO14: 12, IO12: 13, GND1: 14,
  IO13: 15, SD2: 16, SD3: 17, CMD: 18, "5V": 19, GND2: 20, IO23: 21, IO22: 22, TX: 23, RX: 24, IO21: 25, GND3: 26, IO19: 27, IO18: 28,
  IO5: 29, IO17: 30, IO16: 31, IO4: 32, IO0: 33, IO2: 34, IO15: 35, SD1: 36, SD0: 37, CLK: 38,
};

/** Pins of ADC1; ADC2 does not work while Wi-Fi runs. */
export const ADC1: readonly number[] = [32, 33, 34, 35, 36, 39];
/** Their level at reset decides how the chip starts. */
export const STRAPPING: readonly number[] = [0, 2, 5, 12, 15];
/** Driven or pulsing while the chip starts (console, clock). */
export const BOOT_ACTIVE: readonly number[] = [1, 3, 14];
/** Pulled up by boot or reset, as measured on Espruino. */
export const BOOT_PULLED_UP: readonly number[] = [0, 12, 13, 14, 15, 18, 19, 21, 22, 25, 26, 27];
/** Neither outputs nor pull resistors. */
export const INPUT_ONLY: readonly number[] = [34, 35, 36, 39];
/** Wired to the module's own flash. */
export const FLASH: readonly number[] = [6, 7, 8, 9, 10, 11];

/** What the ADC converts well at 11 dB (ESP-IDF, "ADC attenuation"). */
export const ADC_LINEAR_MV: readonly [min: number, max: number] = [150, 2450];
/** Absolute limits of a pin beyond its rails (ESP32 data sheet, 5.1). */
export const PIN_BELOW_MV = 300;
export const PIN_ABOVE_MV = 300;
/** Weakest and strongest of the internal pull-ups, which are 45 kΩ nominal. */
export const PULL_UP_OHM: readonly [min: number, max: number] = [30_000, 80_000];
/** Least output voltage at high level, as a share of 3.3 V, and what a pin may give. */
export const OUTPUT_HIGH_SHARE = 0.8;
export const OUTPUT_MAX_MA = 20;
