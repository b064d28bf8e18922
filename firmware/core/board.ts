/**
 * The boards as data: which pin or chip measures or switches what, and at which scale. The firmware and the drawings in `schematics/`
 * both follow it. A board's settings say which one it is; the others take no memory.
 * @module
 */

export type BoardName = "hall" | "shunt" | "clamp";

/** By these names, settings calibrate channels. */
export type ChannelName = "I1" | "I2" | "I3" | "I4" | "VBAT" | "V5" | "VBUS" | "VAC";

interface Named {
  name: ChannelName;
}

/** Sampled in bursts on a pin of ADC1. */
interface Sampled extends Named {
  pin: string;
  samples: number;
}

/** A voltage behind a divider: `scale` mV at the terminal for each mV at the pin. */
export interface VoltageChannel extends Sampled {
  kind: "voltage";
  scale: number;
  /** Terminal voltages outside of these are a broken wire or sensor, not a measurement. */
  minMv: number;
  maxMv: number;
}

/** A Hall sensor that is ratiometric to the board's rail: `zero` of the rail at 0 A, and `mvPerAmp` at a rail of `railMv`. */
export interface HallChannel extends Sampled {
  kind: "hall";
  scale: number;
  zero: number;
  mvPerAmp: number;
  railMv: number;
  /** Currents below are the sensor's noise and count no energy (as the starting current of IEC 62053-21, 8.4). */
  startMa: number;
  /** The sensor's range; a trip limit above it would never be met. */
  maxMa: number;
}

/** The voltage across a shunt, as a chip on the I²C bus measures it. */
export interface ShuntChannel extends Named {
  kind: "shunt";
  address: number;
  microohm: number;
  startMa: number;
  maxMa: number;
  /** Index of the voltage that the same chip measures. */
  voltage: number;
}

/** A voltage at a chip's own input; measured together with its shunt. */
export interface ChipVoltageChannel extends Named {
  kind: "chipVoltage";
  minMv: number;
  maxMv: number;
}

/** A clamp-on transformer with its burden, around `biasMv` at the pin: root mean square over whole mains cycles. */
export interface ClampChannel extends Named {
  kind: "clamp";
  pin: string;
  /** mA in the conductor for each mV at the pin. */
  maPerMv: number;
  biasMv: number;
  startMa: number;
  /** Index of the voltage that is sampled in turn with it; its own where there is none, and so no power. */
  voltage: number;
  /** By how much its signal is ahead of the voltage's at unity power factor, in µs. */
  leadUs: number;
}

/** An alternating voltage behind an isolating adapter, around `biasMv` at the pin; measured together with a clamp. */
export interface MainsChannel extends Named {
  kind: "mains";
  pin: string;
  /** mV of the mains for each mV at the pin. */
  scale: number;
  biasMv: number;
}

/** What is sampled as direct current or voltage. */
export type DirectChannel = VoltageChannel | HallChannel;
export type Channel = DirectChannel | ShuntChannel | ChipVoltageChannel | ClampChannel | MainsChannel;

/** The chips' bus, in bits per s. */
export interface I2cPins {
  sda: string;
  scl: string;
  bitrate: number;
}

export interface MeterDefinition {
  /** A mains meter counts energy and decides nothing: the relays switch direct current only. */
  name: "battery" | "bus" | "mains";
  /** Indices into the board's channels. */
  current: number;
  voltage: number;
}

export interface BoardDefinition<C extends Channel = Channel> {
  name: BoardName;
  /** Converter's full scale at the pin: 3.3 V of 11 dB attenuation times 1.09, before calibration. */
  fullScaleMv: number;
  /** In the order that a fault's event names them. */
  channels: C[];
  /** Index of the channel that measures the Hall sensors' rail; -1 where there is none. */
  rail: number;
  meters: MeterDefinition[];
  /** Active high, pulled down on the board; bit 0 of a relay state is the first. */
  relays: string[];
  i2c?: I2cPins;
}

/** The same on every board, so that they can be opened before the settings say which board this is. */
export const RELAYS = ["D23", "D32"];

/** ACS712-20A sensors behind 10k/10k, voltages behind 120k/10k, the 5 V rail behind 15k/10k. */
export function hallBoard(): BoardDefinition<DirectChannel> {
  return {
    name: "hall",
    fullScaleMv: 3597,
    channels: [
      { name: "I1", pin: "D34", samples: 32, kind: "hall", scale: 2, zero: 0.5, mvPerAmp: 100, railMv: 5000, startMa: 100, maxMa: 18000 },
      { name: "I2", pin: "D35", samples: 32, kind: "hall", scale: 2, zero: 0.5, mvPerAmp: 100, railMv: 5000, startMa: 100, maxMa: 18000 },
      { name: "VBAT", pin: "D36", samples: 16, kind: "voltage", scale: 13, minMv: 5000, maxMv: 30000 },
      { name: "V5", pin: "D39", samples: 16, kind: "voltage", scale: 2.5, minMv: 4000, maxMv: 6000 },
      { name: "VBUS", pin: "D33", samples: 16, kind: "voltage", scale: 13, minMv: -1000, maxMv: 30000 },
    ],
    rail: 3,
    meters: [
      { name: "battery", current: 0, voltage: 2 },
      { name: "bus", current: 1, voltage: 4 },
    ],
    relays: RELAYS,
  };
}

/** An INA226 or INA228 with 10 mΩ in each circuit; which of them is fitted, the driver asks the chip. */
function shuntBoard(): BoardDefinition {
  return {
    name: "shunt",
    fullScaleMv: 3597,
    channels: [
      { name: "I1", kind: "shunt", address: 0x40, microohm: 10000, startMa: 10, maxMa: 8000, voltage: 2 },
      { name: "I2", kind: "shunt", address: 0x41, microohm: 10000, startMa: 10, maxMa: 8000, voltage: 3 },
      { name: "VBAT", kind: "chipVoltage", minMv: 5000, maxMv: 30000 },
      { name: "VBUS", kind: "chipVoltage", minMv: -1000, maxMv: 30000 },
    ],
    rail: -1,
    meters: [
      { name: "battery", current: 0, voltage: 2 },
      { name: "bus", current: 1, voltage: 3 },
    ],
    relays: RELAYS,
    i2c: { sda: "D21", scl: "D22", bitrate: 400000 },
  };
}

/**
 * The shunt board with a meter of the mains beside it: an SCT-013-030 clamp (30 A make 1 V) on D34 and a 9 V adapter behind a divider
 * on D35, both around 1.25 V, in the middle of what the converter measures well.
 */
function clampBoard(): BoardDefinition {
  const board = shuntBoard();
  board.name = "clamp";
  board.channels.push({ name: "I3", kind: "clamp", pin: "D34", maPerMv: 30, biasMv: 1250, startMa: 60, voltage: 5, leadUs: 0 });
  board.channels.push({ name: "VAC", kind: "mains", pin: "D35", scale: 320, biasMv: 1250 });
  board.meters.push({ name: "mains", current: 4, voltage: 5 });
  return board;
}

/** Current below which a channel counts no energy, in mA; 0 where it measures none. */
export function startMa(channel: Channel): number {
  return channel.kind === "hall" || channel.kind === "shunt" || channel.kind === "clamp" ? channel.startMa : 0;
}

/** The definition of a board by its name. */
export function boardDefinition(name: BoardName): BoardDefinition {
  if (name === "shunt") return shuntBoard();
  if (name === "clamp") return clampBoard();
  return hallBoard();
}

/** Shortest control period in ms. Of a clamp's, sampling a cycle takes 40 ms, and summing it up some 30 to 70 on an ESP32, by estimate. */
export function shortestControlMs(board: BoardDefinition): number {
  return board.channels.some(({ kind }) => kind === "clamp") ? 200 : 20;
}

/** Largest current that a board's relays may carry for its sensors still to see what trips them, in mA. */
export function largestTripMa(board: BoardDefinition): number {
  let largest = 1000000;
  board.channels.forEach((channel) => {
    if (channel.kind === "hall" || channel.kind === "shunt") largest = Math.min(largest, channel.maxMa);
  });
  return largest;
}
