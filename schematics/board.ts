/**
 * The two boards as data. Drawing, checks, simulation, bill of materials and settings follow this file; the firmware's own definition
 * (`firmware/core/board.ts`) is held equal to it by a test.
 * @module
 */
import type { PartKey } from "./parts.ts";

/** A voltage behind a divider, on the ADC. */
export interface DividerChannel {
  name: "VBAT" | "VBUS" | "V5";
  /** Net that is measured. */
  node: string;
  gpio: number;
  upperOhm: number;
  lowerOhm: number;
  filterNf: number;
  /** Schottky diodes from the pin to both rails: where the node can exceed what the divider takes down. */
  clamped: boolean;
  rangeMv: readonly [min: number, max: number];
  samples: number;
}

/** A Hall sensor's ratiometric output behind a divider, on the ADC. */
export interface HallChannel {
  name: "I1" | "I2";
  part: PartKey;
  gpio: number;
  upperOhm: number;
  lowerOhm: number;
  filterNf: number;
  /** At a rail of 5 V; half the rail is 0 A. */
  mvPerAmp: number;
  rangeMa: number;
  /** Below it, the channel reads its own noise. */
  startMa: number;
  samples: number;
}

/** A shunt and its power monitor on I²C, which also measures the voltage at `node`. */
export interface MonitorChannel {
  name: "I1" | "I2";
  voltageName: "VBAT" | "VBUS";
  part: PartKey;
  address: number;
  shunt: PartKey;
  shuntMicroohm: number;
  node: string;
  rangeMv: readonly [min: number, max: number];
  /** Guards the voltage pin against a reversed source; loads the pin's own resistance. */
  voltageSeriesOhm: number;
  /** In each of the two sense wires. */
  senseSeriesOhm: number;
  rangeMa: number;
  startMa: number;
}

export interface RelayChannel {
  name: "K1" | "K2";
  gpio: number;
  polarity: "high closes";
  part: PartKey;
  driver: PartKey;
  baseOhm: number;
  pullDownOhm: number;
  /** Normally open: a board without power leaves both open. */
  contact: "normally open";
  /** Nets that the contact joins. */
  from: string;
  to: string;
  fuse: PartKey;
}

export interface BoardSpec {
  name: "hall" | "shunt";
  title: string;
  module: PartKey;
  /** What the board is made for; the checks hold every part's ratings against these. */
  limits: {
    batteryMv: readonly [min: number, max: number];
    /** Per terminal, by the relays' contacts and the fuses. */
    currentMa: number;
    /** Open-circuit voltage of a surge at a terminal, its source resistance and its length (like ISO 7637-2 pulse 2a). */
    surge: { mv: number; ohm: number; us: number };
    ambientC: readonly [min: number, max: number];
  };
  supply: {
    converter: PartKey;
    fuse: PartKey;
    reverseDiode: PartKey;
    surgeDiode: PartKey;
    /** Set accuracy, regulation and wiring together: 3 % (TSR 1WI data sheet, output specifications). */
    railMv: readonly [min: number, nominal: number, max: number];
    /** Everything on 5 V at once: module while it sends, two coils, sensors. */
    loadMa: number;
  };
  dividers: readonly DividerChannel[];
  halls: readonly HallChannel[];
  monitors: readonly MonitorChannel[];
  /** Pins of the I²C bus, where the board has one. */
  i2c: { sda: number; scl: number; pullUpOhm: number; bitrate: number } | null;
  relays: readonly RelayChannel[];
  led: { gpio: number; ohm: number };
  button: { gpio: number; part: PartKey };
}

const limits: BoardSpec["limits"] = {
  batteryMv: [10_500, 28_000],
  currentMa: 5000,
  surge: { mv: 100_000, ohm: 2, us: 50 },
  ambientC: [-10, 50],
};

const supply: BoardSpec["supply"] = {
  converter: "buck5v",
  fuse: "fuse1a",
  reverseDiode: "schottky100v",
  surgeDiode: "tvs28v",
  railMv: [4850, 5000, 5150],
  loadMa: 700,
};

const relay = {
  polarity: "high closes",
  part: "relay5v",
  driver: "npn",
  baseOhm: 1000,
  pullDownOhm: 10_000,
  contact: "normally open",
  fuse: "fuse5a",
} as const;

/**
 * GPIO 23, 32 and 33 are the pins that stay still while an ESP32 starts, and 32 and 33 are ADC1 pins too. The input-only pins 34, 35, 36
 * and 39 take four of the five analog channels, 33 the fifth; that leaves 23 and 32 for the relays.
 */
const relays: BoardSpec["relays"] = [
  { ...relay, name: "K1", gpio: 23, from: "BATT", to: "K1_NO" },
  { ...relay, name: "K2", gpio: 32, from: "BUS", to: "K2_NO" },
];

const divider30v = { upperOhm: 120_000, lowerOhm: 10_000, filterNf: 1000, clamped: true, samples: 16 } as const;
const hall20a = {
  part: "hall20a",
  upperOhm: 10_000,
  lowerOhm: 10_000,
  filterNf: 1000,
  mvPerAmp: 100,
  rangeMa: 18_000,
  startMa: 100,
  samples: 32,
} as const;

/** The cheap one: ACS712 on the ADC. */
export const HALL: BoardSpec = {
  name: "hall",
  title: "DAISEE board with Hall sensors",
  module: "esp32",
  limits,
  supply,
  dividers: [
    { ...divider30v, name: "VBAT", node: "BATT", gpio: 36, rangeMv: [5000, 30_000] },
    {
      name: "V5",
      node: "V5",
      gpio: 39,
      upperOhm: 15_000,
      lowerOhm: 10_000,
      filterNf: 1000,
      clamped: false,
      rangeMv: [4000, 6000],
      samples: 16,
    },
    { ...divider30v, name: "VBUS", node: "BUS", gpio: 33, rangeMv: [-1000, 30_000] },
  ],
  halls: [
    { ...hall20a, name: "I1", gpio: 34 },
    { ...hall20a, name: "I2", gpio: 35 },
  ],
  monitors: [],
  i2c: null,
  relays,
  led: { gpio: 4, ohm: 1000 },
  button: { gpio: 27, part: "button" },
};

const monitor = {
  part: "monitor85v",
  shunt: "shunt10m",
  shuntMicroohm: 10_000,
  voltageSeriesOhm: 10_000,
  senseSeriesOhm: 47,
  rangeMa: 8000,
  startMa: 10,
} as const;

/** The exact one, for settling between neighbours: shunts and power monitors over I²C. */
export const SHUNT: BoardSpec = {
  name: "shunt",
  title: "DAISEE board with shunts",
  module: "esp32",
  limits,
  supply,
  dividers: [],
  halls: [],
  monitors: [
    { ...monitor, name: "I1", voltageName: "VBAT", address: 0x40, node: "BATT", rangeMv: [5000, 30_000] },
    { ...monitor, name: "I2", voltageName: "VBUS", address: 0x41, node: "BUS", rangeMv: [-1000, 30_000] },
  ],
  i2c: { sda: 21, scl: 22, pullUpOhm: 4700, bitrate: 400_000 },
  relays,
  led: { gpio: 4, ohm: 1000 },
  button: { gpio: 27, part: "button" },
};

export const BOARDS: readonly BoardSpec[] = [HALL, SHUNT];
