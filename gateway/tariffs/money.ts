/**
 * Money without rounding. A price is in millionths of the currency per kWh, energy in mWh, so that their product counts 10⁻¹² of the
 * currency (pico): a whole number. It is rounded once, where it is shown.
 * @module
 */

/** Pico of the currency. */
export type Pico = bigint;

const PICO_PER_MICRO = 1_000_000n;

/** What energy costs. @param energyMwh whole mWh. @param microPerKwh whole millionths per kWh. */
export function priceOf(energyMwh: number, microPerKwh: number): Pico {
  return BigInt(energyMwh) * BigInt(microPerKwh);
}

export function fromMicro(micro: number): Pico {
  return BigInt(micro) * PICO_PER_MICRO;
}

/** Whole millionths, half away from zero. */
export function toMicro(pico: Pico): number {
  const half = (pico < 0n ? -PICO_PER_MICRO : PICO_PER_MICRO) / 2n;
  return Number((pico + half) / PICO_PER_MICRO);
}

/** The part number `index` (from 0) of `count` nearly equal parts, whose sum is the whole. */
export function partOf(whole: Pico, index: number, count: number): Pico {
  const upTo = (parts: number): Pico => (whole * BigInt(parts)) / BigInt(count);
  return upTo(index + 1) - upTo(index);
}
