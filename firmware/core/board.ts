/**
 * The board as data: which pin measures or switches what, and at which scale. The firmware and the drawing in `schematics/` both follow it.
 * @module
 */

/** Measuring channels, in the order that a fault's event names them. */
export type ChannelName = "I1" | "I2" | "VBAT" | "V5" | "VBUS";

/** A voltage behind a divider: `scale` mV at the terminal for each mV at the pin. */
interface VoltageChannel {
  kind: "voltage";
  scale: number;
  /** Terminal voltages outside of these are a broken wire or sensor, not a measurement. */
  minMv: number;
  maxMv: number;
}

/** A Hall sensor that is ratiometric to the rail: half the rail at 0 A, `mvPerAmp` at a rail of 5 V. */
interface HallChannel {
  kind: "hall";
  scale: number;
  mvPerAmp: number;
  /** Currents below are the sensor's noise and count no energy (as the starting current of IEC 62053-21, 8.4). */
  startMa: number;
}

export type Channel = { name: ChannelName; pin: string; samples: number } & (VoltageChannel | HallChannel);

export interface MeterDefinition {
  name: "battery" | "bus";
  /** Indices into {@link BOARD}.channels. */
  current: number;
  voltage: number;
}

export interface BoardDefinition {
  name: string;
  /** Converter's full scale at the pin: 3.3 V of 11 dB attenuation times 1.09, before calibration. */
  fullScaleMv: number;
  channels: Channel[];
  /** Index of the channel that measures the Hall sensors' rail. */
  rail: number;
  meters: MeterDefinition[];
  /** Active high, pulled down on the board; bit 0 of a relay state is the first. */
  relays: string[];
}

/** ACS712-20A sensors behind 10k/10k, voltages behind 120k/10k, the 5 V rail behind 15k/10k. */
export const BOARD: BoardDefinition = {
  name: "hall",
  fullScaleMv: 3597,
  channels: [
    { name: "I1", pin: "D34", samples: 32, kind: "hall", scale: 2, mvPerAmp: 100, startMa: 100 },
    { name: "I2", pin: "D35", samples: 32, kind: "hall", scale: 2, mvPerAmp: 100, startMa: 100 },
    { name: "VBAT", pin: "D36", samples: 16, kind: "voltage", scale: 13, minMv: 5000, maxMv: 30000 },
    { name: "V5", pin: "D39", samples: 16, kind: "voltage", scale: 2.5, minMv: 4000, maxMv: 6000 },
    { name: "VBUS", pin: "D33", samples: 16, kind: "voltage", scale: 13, minMv: -1000, maxMv: 30000 },
  ],
  rail: 3,
  meters: [
    { name: "battery", current: 0, voltage: 2 },
    { name: "bus", current: 1, voltage: 4 },
  ],
  relays: ["D23", "D32"],
};
