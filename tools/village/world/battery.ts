/**
 * A 12 V lead-acid battery: voltage at rest by charge, internal resistance, and charge that is lost in charging.
 * @module
 */

export interface BatterySpec {
  capacityMah: number;
  internalOhm: number;
  /** Part of the charging current that is stored, 0 to 1. */
  chargeEfficiency: number;
}

/** Share of the capacity and voltage at rest in V: a sealed battery at 25 °C. Between the points the curve is straight. */
const REST_CURVE: readonly (readonly [share: number, volts: number])[] = [
  [0, 11.5],
  [0.1, 11.72],
  [0.25, 11.95],
  [0.5, 12.24],
  [0.75, 12.53],
  [0.9, 12.7],
  [1, 12.85],
];
const MS_PER_HOUR = 3600000;

/** Voltage at rest in V when `share` of the capacity is in. */
export function restVolts(share: number): number {
  let [lowShare, lowVolts] = [0, 11.5];
  for (const [highShare, highVolts] of REST_CURVE) {
    if (share <= highShare && highShare > lowShare)
      return lowVolts + ((highVolts - lowVolts) * (share - lowShare)) / (highShare - lowShare);
    [lowShare, lowVolts] = [highShare, highVolts];
  }
  return lowVolts;
}

/** The share of the capacity at which the battery rests at `volts`; 0 or 1 beyond the curve's ends. */
export function shareAtRest(volts: number): number {
  let [lowShare, lowVolts] = [0, 11.5];
  for (const [highShare, highVolts] of REST_CURVE) {
    if (volts <= highVolts && highVolts > lowVolts) {
      return Math.max(0, lowShare + ((highShare - lowShare) * (volts - lowVolts)) / (highVolts - lowVolts));
    }
    [lowShare, lowVolts] = [highShare, highVolts];
  }
  return 1;
}

/** Energy in mWh between empty and `chargeMah`: the area under the curve of rest. */
export function storedMwh(spec: BatterySpec, chargeMah: number): number {
  const share = chargeMah / spec.capacityMah;
  let energy = 0;
  let [lowShare, lowVolts] = [0, 11.5];
  for (const [highShare, highVolts] of REST_CURVE) {
    const end = Math.min(share, highShare);
    if (end > lowShare) energy += ((lowVolts + restVolts(end)) / 2) * (end - lowShare);
    [lowShare, lowVolts] = [highShare, highVolts];
  }
  return energy * spec.capacityMah;
}

export interface ChargeStep {
  chargeMah: number;
  /** Energy turned to heat and gas by charging, in mWh. */
  lostMwh: number;
}

/** The charge after `amps` (positive charges) flowed for `dtMs`. What would go above full is lost as gas. */
export function charge(spec: BatterySpec, chargeMah: number, amps: number, dtMs: number): ChargeStep {
  const flowedMah = (amps * 1000 * dtMs) / MS_PER_HOUR;
  if (amps <= 0) return { chargeMah: Math.max(0, chargeMah + flowedMah), lostMwh: 0 };
  const storedMah = Math.min(flowedMah * spec.chargeEfficiency, spec.capacityMah - chargeMah);
  return { chargeMah: chargeMah + storedMah, lostMwh: restVolts(chargeMah / spec.capacityMah) * (flowedMah - storedMah) };
}

/** ms until a battery that gives `amps` (negative) is empty. */
export function emptyAfterMs(chargeMah: number, amps: number): number {
  return amps < 0 ? (chargeMah * MS_PER_HOUR) / (-amps * 1000) : Infinity;
}
