/**
 * How full a battery is: from its voltage at rest, and between by counting charge.
 * @module
 */
import { round } from "./convert.ts";
import type { BatterySettings } from "./settings.ts";

/** How fast the voltage corrects the count: the voltage says little under load, and more near rest (below a twentieth of the capacity). */
const LOAD_CORRECTION_MS = 3600000;
const REST_CORRECTION_MS = 600000;
const REST_DIVISOR = 20;
/** A kept charge that is further off than this from what the voltage says belongs to another battery, or to long ago. */
const MAX_DIFFERENCE = 200;

export class BatteryCharge {
  private readonly battery: BatterySettings;
  private charge: number | null;
  private settled: boolean;

  /** @param kept charge in per mille from before the restart, if any. */
  constructor(battery: BatterySettings, kept: number | null) {
    this.battery = battery;
    this.charge = kept;
    this.settled = false;
  }

  /** Charge in whole per mille, or null before the first measurement. */
  permille(): number | null {
    return this.settled && this.charge !== null ? round(this.charge) : null;
  }

  /** Takes a window of mean current (positive charges), voltage and time. */
  update(currentMa: number, voltageMv: number, elapsedMs: number): void {
    const { emptyMv, fullMv, internalMilliohm, capacityMah } = this.battery;
    const restMv = voltageMv - (currentMa * internalMilliohm) / 1000;
    const byVoltage = clamp(((restMv - emptyMv) * 1000) / (fullMv - emptyMv));
    if (!this.settled) {
      if (this.charge === null || Math.abs(this.charge - byVoltage) > MAX_DIFFERENCE) this.charge = byVoltage;
      this.settled = true;
      return;
    }
    const before = this.charge || 0;
    const counted = before + (currentMa * elapsedMs) / (3600 * capacityMah);
    const resting = Math.abs(currentMa) * REST_DIVISOR <= capacityMah;
    const share = Math.min(1, elapsedMs / (resting ? REST_CORRECTION_MS : LOAD_CORRECTION_MS));
    this.charge = clamp(counted + (byVoltage - counted) * share);
  }
}

function clamp(permille: number): number {
  return Math.max(0, Math.min(1000, permille));
}
