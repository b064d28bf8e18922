/**
 * The demo village's homes as data: who lives there, and what their boards are set to.
 * @module
 */
import type { Settings, SettingsFile } from "#firmware/core/settings.ts";
import type { MeterDescription } from "#gateway/store/store.ts";

export interface HomePlan {
  /** Folder name, and name in the physical model. */
  key: "consumer" | "producer";
  name: string;
  role: "consumer" | "producer";
  boardId: string;
  meters: MeterDescription[];
  battery: Settings["battery"];
}

/** Both circuits carry at most 18 A (the sensors' range) at at most 14.4 V. */
const RATED_POWER_W = 260;

const METERS: MeterDescription[] = [
  { meter: 0, kind: "battery", name: "Battery", ratedPowerW: RATED_POWER_W },
  { meter: 1, kind: "bus", name: "Neighbours' bus", ratedPowerW: RATED_POWER_W },
];

/** Locally administered EUI-48 addresses (IEEE 802c): no real board has them. */
export const HOMES: HomePlan[] = [
  {
    key: "consumer",
    name: "Home 1",
    role: "consumer",
    boardId: "02da15ee0001",
    meters: METERS,
    battery: { capacityMah: 1200, emptyMv: 11600, fullMv: 12700, internalMilliohm: 60 },
  },
  {
    key: "producer",
    name: "Home 2",
    role: "producer",
    boardId: "02da15ee0002",
    meters: METERS,
    battery: { capacityMah: 7000, emptyMv: 11600, fullMv: 12700, internalMilliohm: 25 },
  },
];

/** A quarter of an hour passes too slowly to be watched. */
export const DEMO_SLOT_MS = 10_000;
export const DEMO_READING_MS = 1000;

/** By which all boards of the village switch. */
export const POLICY: Settings["policy"] = {
  lowPermille: 250,
  highPermille: 400,
  reservePermille: 100,
  giveAbovePermille: 300,
  minOnMs: 3000,
  minOffMs: 1000,
  deadTimeMs: 200,
  tripMa: 10_000,
  lockoutMs: 30_000,
  busLiveMv: 10_500,
  staleMs: 1000,
};

/** The settings file of a home's board. */
export function boardSettings(home: HomePlan, gateway: Settings["gateway"], calibration: Settings["calibration"]): SettingsFile {
  return {
    version: 1,
    boardId: home.boardId,
    role: home.role,
    wifi: { ssid: "daisee-village", password: "" },
    gateway,
    slotMs: DEMO_SLOT_MS,
    readingMs: DEMO_READING_MS,
    controlMs: 100,
    policy: POLICY,
    battery: home.battery,
    calibration,
  };
}
