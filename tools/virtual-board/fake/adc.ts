/**
 * The ESP32's 12-bit SAR converter as its users meet it: a reference that differs from part to part, a transfer curve that bows, noise.
 * Sources: ESP-IDF "Analog to Digital Converter" (Vref 1000–1200 mV, INL ±12 LSB, DNL ±7 LSB).
 * @module
 */
import { between, createRandom, gaussian } from "../random.ts";

export const ADC_CODES = 4096;

/** Nominal full scale in volts for each value that `ESP32.setAtten` takes; any other value means 3600. */
const FULL_SCALE_V: Readonly<Record<number, number>> = { 1000: 1.1, 1340: 1.45, 2000: 2.18, 3600: 3.597 };
export const DEFAULT_ATTENUATION = 3600;

/** All in LSB unless named otherwise. */
export interface AdcOptions {
  /** Vref is 1.1 V × (1 ± this), drawn once per part. */
  vrefSpread: number;
  /** Largest deviation of the curve from a straight line, drawn once per part from within ± this. */
  bowLsb: number;
  /** Ripple of the curve from code to code. */
  rippleLsb: number;
  /** Standard deviation of one sample. */
  noiseLsb: number;
}

/** Noise is with the 1 µF at each pin that the board has; a bare pin shows several times that. */
export const ADC_DEFAULTS: AdcOptions = { vrefSpread: 0.09, bowLsb: 11, rippleLsb: 0.3, noiseLsb: 1.2 };

export interface Adc {
  /** What the converter's curve gives for a voltage at the pin, before noise, rounding and the ends of the range. */
  curve(volts: number, attenuation?: number): number;
  /** One conversion: 0 to 4095. */
  convert(volts: number, attenuation?: number): number;
}

export function createAdc(seed: number, options: Partial<AdcOptions> = {}): Adc {
  const { vrefSpread, bowLsb, rippleLsb, noiseLsb } = { ...ADC_DEFAULTS, ...options };
  const part = createRandom(seed, 1);
  const noise = createRandom(seed, 2);
  const vref = 1 + between(part, -vrefSpread, vrefSpread);
  // An even bow and an odd one, together within the bound.
  const even = between(part, -bowLsb, bowLsb);
  const odd = between(part, -1, 1) * (bowLsb - Math.abs(even));
  const phase = between(part, 0, 2 * Math.PI);

  function curve(volts: number, attenuation = DEFAULT_ATTENUATION): number {
    const fullScale = (FULL_SCALE_V[attenuation] ?? FULL_SCALE_V[DEFAULT_ATTENUATION] ?? 0) * vref;
    const x = volts / fullScale;
    const within = Math.min(1, Math.max(0, x));
    const bow = even * 4 * within * (1 - within) + odd * Math.sin(2 * Math.PI * within);
    return x * ADC_CODES + bow + rippleLsb * Math.sin(2 * Math.PI * within * 61 + phase);
  }

  return {
    curve,
    convert(volts, attenuation) {
      const code = Math.round(curve(volts, attenuation) + noiseLsb * gaussian(noise));
      return Math.min(ADC_CODES - 1, Math.max(0, code));
    },
  };
}
