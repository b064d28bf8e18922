/**
 * One home as data: what it has (options), how it is (state), and what flows in it (flows).
 * @module
 */
import type { BatterySpec } from "./battery.ts";
import { openRelay } from "./relay.ts";
import type { RelayState } from "./relay.ts";
import type { Appliance } from "./profile.ts";

export type Role = "consumer" | "producer";

export interface HomeOptions {
  /** Names the home in this village. */
  name: string;
  role: Role;
  battery: BatterySpec;
  /** Charge at the start, as a share of the capacity. */
  startShare: number;
  /** Current of the panel in clear noon sun into a battery of 12.5 V, in A. */
  panelAmps: number;
  appliances: readonly Appliance[];
}

/** JSON. */
export interface HomeState {
  chargeMah: number;
  /** The charge controller disconnects the panel from a full battery. */
  panelConnected: boolean;
  k1: RelayState;
  k2: RelayState;
  /** Time for which contacts joined two sources that must never meet: a consumer's own battery and the bus. ms. */
  bridgedMs: number;
}

/** What flows in a home. Currents in A; positive into the battery, and from the bus into the home. */
export interface Flows {
  batteryAmps: number;
  busAmps: number;
  batteryVolts: number;
  busVolts: number;
  loadVolts: number;
  loadAmps: number;
  panelAmps: number;
}

export function startState(options: HomeOptions): HomeState {
  const chargeMah = options.battery.capacityMah * options.startShare;
  return { chargeMah, panelConnected: true, k1: openRelay(), k2: openRelay(), bridgedMs: 0 };
}
