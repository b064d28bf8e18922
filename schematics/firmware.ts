/**
 * What the firmware must know of a board: its definition, and settings to begin with.
 * @module
 */
import type { BoardDefinition, Channel, DirectChannel } from "#firmware/core/board.ts";
import type { BoardSpec } from "./board.ts";
import { MONITOR_BUS_OHM } from "./spice/models.ts";

/** Full scale of the converter at 11 dB, as the firmware takes it before calibration. */
export const ADC_FULL_SCALE_MV = 3597;
/** At which the sensitivity of a Hall sensor is given. */
const HALL_RAIL_MV = 5000;

const pinName = (gpio: number): string => `D${gpio}`;
const ratio = ({ upperOhm, lowerOhm }: { upperOhm: number; lowerOhm: number }): number => (upperOhm + lowerOhm) / lowerOhm;

/** The order in which the firmware numbers channels. */
const ORDER: readonly string[] = ["I1", "I2", "VBAT", "V5", "VBUS"];

/** Channels on the ADC. */
export function directChannels(spec: BoardSpec): DirectChannel[] {
  const halls = spec.halls.map(({ name, gpio, samples, mvPerAmp, startMa, rangeMa, ...divider }): DirectChannel => {
    return {
      name,
      pin: pinName(gpio),
      samples,
      kind: "hall",
      scale: ratio(divider),
      zero: 0.5,
      mvPerAmp,
      railMv: HALL_RAIL_MV,
      startMa,
      maxMa: rangeMa,
    };
  });
  const voltages = spec.dividers.map(({ name, gpio, samples, rangeMv: [minMv, maxMv], ...divider }): DirectChannel => {
    return { name, pin: pinName(gpio), samples, kind: "voltage", scale: ratio(divider), minMv, maxMv };
  });
  return [...halls, ...voltages].sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
}

/** Channels of the chips on I²C: the currents first, then the voltages that the same chips measure. */
function chipChannels(spec: BoardSpec): Channel[] {
  const currents = spec.monitors.map(({ name, address, shuntMicroohm, startMa, rangeMa }, i): Channel => {
    return { name, kind: "shunt", address, microohm: shuntMicroohm, voltage: spec.monitors.length + i, startMa, maxMa: rangeMa };
  });
  const voltages = spec.monitors.map(({ voltageName, rangeMv: [minMv, maxMv] }): Channel => {
    return { name: voltageName, kind: "chipVoltage", minMv, maxMv };
  });
  return [...currents, ...voltages];
}

/** The firmware's definition of a board. */
export function firmwareDefinition(spec: BoardSpec): BoardDefinition {
  const channels = [...directChannels(spec), ...chipChannels(spec)];
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
    ...(spec.i2c ? { i2c: { sda: pinName(spec.i2c.sda), scl: pinName(spec.i2c.scl), bitrate: spec.i2c.bitrate } } : {}),
  };
}

/** What a chip's voltage input reads too low, since the resistor that guards it forms a divider with it. */
function startingCalibration(spec: BoardSpec): Record<string, { offset: number; gain: number }> {
  return Object.fromEntries(
    spec.monitors.map(({ voltageName, voltageSeriesOhm }) => [voltageName, { offset: 0, gain: 1 + voltageSeriesOhm / MONITOR_BUS_OHM }]),
  );
}

/** Settings for a 12 V lead-acid battery, to be filled in: the board's own number, Wi-Fi, gateway and battery are the maker's. */
export function firstSettings(spec: BoardSpec): Record<string, unknown> {
  return {
    version: 1,
    boardId: "020000000000",
    board: spec.name,
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
    calibration: startingCalibration(spec),
  };
}
