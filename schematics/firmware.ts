/**
 * What the firmware must know of a board: its definition, and settings to begin with.
 * @module
 */
import type { BoardDefinition } from "#firmware/core/board.ts";
import type { Settings } from "#firmware/core/settings.ts";
import type { BoardSpec } from "./board.ts";

/** Full scale of the converter at 11 dB, as the firmware takes it before calibration. */
export const ADC_FULL_SCALE_MV = 3597;

const pinName = (gpio: number): string => `D${gpio}`;
const ratio = ({ upperOhm, lowerOhm }: { upperOhm: number; lowerOhm: number }): number => (upperOhm + lowerOhm) / lowerOhm;

/** The order in which the firmware numbers channels. */
const ORDER: readonly string[] = ["I1", "I2", "VBAT", "V5", "VBUS"];

/** The firmware's definition of a board with Hall sensors. */
export function hallDefinition(spec: BoardSpec): BoardDefinition {
  const halls = spec.halls.map(({ name, gpio, samples, mvPerAmp, startMa, ...divider }): BoardDefinition["channels"][number] => {
    return { name, pin: pinName(gpio), samples, kind: "hall", scale: ratio(divider), mvPerAmp, startMa };
  });
  const voltages = spec.dividers.map(({ name, gpio, samples, rangeMv: [minMv, maxMv], ...divider }): BoardDefinition["channels"][number] => {
    return { name, pin: pinName(gpio), samples, kind: "voltage", scale: ratio(divider), minMv, maxMv };
  });
  const channels = [...halls, ...voltages].sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
  const index = (name: string): number => channels.findIndex((channel) => channel.name === name);
  return {
    name: spec.name,
    fullScaleMv: ADC_FULL_SCALE_MV,
    channels,
    rail: index("V5"),
    meters: [
      { name: "battery", current: index("I1"), voltage: index("VBAT") },
      { name: "bus", current: index("I2"), voltage: index("VBUS") },
    ],
    relays: spec.relays.map(({ gpio }) => pinName(gpio)),
  };
}

/** Settings for a 12 V lead-acid battery, to be filled in: the board's own number, Wi-Fi, gateway and battery are the maker's. */
export function firstSettings(spec: BoardSpec): Settings {
  return {
    version: 1,
    boardId: "020000000000",
    role: "consumer",
    wifi: { ssid: "my-network", password: "" },
    gateway: { host: "192.168.1.2", port: 5683 },
    slotMs: 900_000,
    readingMs: 10_000,
    controlMs: 100,
    policy: {
      lowPermille: 300,
      highPermille: 500,
      reservePermille: 150,
      giveAbovePermille: 600,
      minOnMs: 60_000,
      minOffMs: 10_000,
      deadTimeMs: 200,
      // What contacts and fuses are made for.
      tripMa: spec.limits.currentMa,
      lockoutMs: 30_000,
      busLiveMv: spec.limits.batteryMv[0],
      staleMs: 1000,
    },
    battery: { capacityMah: 7000, emptyMv: 11_600, fullMv: 12_700, internalMilliohm: 30 },
    calibration: {},
  } as Settings;
}
