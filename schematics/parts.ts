/**
 * Every part that is bought: pins in the order of its leads, order number, what may stand in for it, and the ratings that the checks use.
 * Ratings are from the makers' data sheets named in each entry; check them again before you replace a part.
 * @module
 */

export type PartKind =
  | "resistor" | "capacitor" | "electrolytic" | "diode" | "schottky" | "tvs" | "npn" | "relay" | "fuse" | "hall" | "monitor" | "shunt"
  | "buck" | "module" | "terminal" | "lug" | "led" | "button" | "testPoint";

export interface Ratings {
  /** Highest continuous voltage; for diodes the reverse voltage, for TVS the stand-off voltage. */
  voltageMv?: number;
  currentMa?: number;
  powerMw?: number;
  tolerancePermille?: number;
  /** TVS: least breakdown voltage, clamping voltage at `pulseMa`. */
  breakdownMv?: number;
  clampMv?: number;
  pulseMa?: number;
  /** Fuse: melting integral in A²s. */
  meltA2s?: number;
  /** Converter: input range. */
  inputMv?: readonly [min: number, max: number];
  /** Relay: coil at 20 °C, share of 5 V at which it surely pulls in, contact at 28 V DC. */
  coilOhm?: number;
  pullInPermille?: number;
  dropOutPermille?: number;
  inductiveMa?: number;
  /** Shunt: its resistance. */
  microohm?: number;
  /** Transistor: least current gain. */
  gain?: number;
  /** Sensing pins: what they bear against ground. */
  senseMv?: readonly [min: number, max: number];
}

export interface Part {
  kind: PartKind;
  description: string;
  maker: string;
  /** `{}` stands for the value's code in the maker's order numbers. */
  number: string;
  alternatives: readonly string[];
  package: string;
  pins: readonly string[];
  ratings: Ratings;
  /** False for what sits in the cables. */
  onBoard: boolean;
}

const twoPins = ["1", "2"] as const;
const diodePins = ["A", "K"] as const;

export const PARTS = {
  resistor: {
    kind: "resistor", description: "metal film 1 %, 0.25 W", maker: "Yageo", number: "MFR-25FBF52-{}", alternatives: ["Vishay MRS25 1 %"],
    package: "axial, 10 mm pitch", pins: twoPins, ratings: { voltageMv: 250_000, powerMw: 250, tolerancePermille: 10 }, onBoard: true,
  },
  capacitor100n: {
    kind: "capacitor", description: "ceramic X7R 100 V", maker: "KEMET", number: "C320C104K1R5TA", alternatives: ["TDK FG28X7R2A104K"],
    package: "radial, 5 mm pitch", pins: twoPins, ratings: { voltageMv: 100_000, tolerancePermille: 100 }, onBoard: true,
  },
  capacitor1u: {
    kind: "capacitor", description: "ceramic X7R 50 V", maker: "KEMET", number: "C330C105K5R5TA", alternatives: ["TDK FG24X7R1H105K"],
    package: "radial, 5 mm pitch", pins: twoPins, ratings: { voltageMv: 50_000, tolerancePermille: 100 }, onBoard: true,
  },
  electrolytic47u: {
    kind: "electrolytic", description: "aluminium 100 V, 105 °C", maker: "Panasonic", number: "EEU-FC2A470",
    alternatives: ["Nichicon UPW2A470MPD"],
    package: "radial 10 mm, 5 mm pitch", pins: ["+", "-"], ratings: { voltageMv: 100_000, tolerancePermille: 200 }, onBoard: true,
  },
  electrolytic100u: {
    kind: "electrolytic", description: "aluminium 16 V, 105 °C", maker: "Panasonic", number: "EEU-FR1C101",
    alternatives: ["Nichicon UHE1C101MED"],
    package: "radial 5 mm, 2 mm pitch", pins: ["+", "-"], ratings: { voltageMv: 16_000, tolerancePermille: 200 }, onBoard: true,
  },
  rectifier: {
    kind: "diode", description: "rectifier 1000 V 1 A", maker: "Vishay", number: "1N4007-E3/54", alternatives: ["onsemi 1N4007RLG"],
    package: "DO-41", pins: diodePins, ratings: { voltageMv: 1_000_000, currentMa: 1000 }, onBoard: true,
  },
  clamp: {
    kind: "schottky", description: "small Schottky 100 V 0.15 A", maker: "STMicroelectronics", number: "BAT46",
    alternatives: ["Vishay BAT46-TAP"],
    package: "DO-35", pins: diodePins, ratings: { voltageMv: 100_000, currentMa: 150 }, onBoard: true,
  },
  schottky100v: {
    kind: "schottky", description: "Schottky 100 V 1 A", maker: "Vishay", number: "SB1H100-E3/54", alternatives: ["onsemi MBR1100RLG"],
    package: "DO-41", pins: diodePins, ratings: { voltageMv: 100_000, currentMa: 1000 }, onBoard: true,
  },
  schottky60v: {
    kind: "schottky", description: "Schottky 60 V 5 A", maker: "Vishay", number: "SB560-E3/54", alternatives: ["Diodes SB560-T"],
    package: "DO-201AD", pins: diodePins, ratings: { voltageMv: 60_000, currentMa: 5000 }, onBoard: true,
  },
  tvs28v: {
    kind: "tvs", description: "TVS both ways, 28.2 V stand-off, 1.5 kW", maker: "Littelfuse", number: "1.5KE33CA",
    alternatives: ["STMicroelectronics 1.5KE33CA", "Vishay 1.5KE33CA-E3/54"], package: "DO-201", pins: twoPins,
    ratings: { voltageMv: 28_200, breakdownMv: 31_400, clampMv: 45_700, pulseMa: 33_000 }, onBoard: true,
  },
  npn: {
    kind: "npn", description: "NPN 45 V 0.8 A, gain group 40", maker: "onsemi", number: "BC33740TA", alternatives: ["Diotec BC337-40"],
    package: "TO-92 (C, B, E)", pins: ["C", "B", "E"], ratings: { voltageMv: 45_000, currentMa: 800, gain: 100 }, onBoard: true,
  },
  relay5v: {
    kind: "relay", description: "relay 5 V, form C, 7 A at 28 V DC resistive", maker: "Songle", number: "SRD-05VDC-SL-C",
    alternatives: ["Hongfa JQC-3FF-S-Z 5 V (check its DC rating)"], package: "SRD, 5 pins", pins: ["A1", "A2", "COM", "NO", "NC"],
    ratings: { voltageMv: 28_000, currentMa: 7000, inductiveMa: 3000, coilOhm: 70, pullInPermille: 750, dropOutPermille: 100 },
    onBoard: true,
  },
  fuse5a: {
    kind: "fuse", description: "blade fuse ATO 5 A 32 V in an in-line holder", maker: "Littelfuse", number: "0287005.PXCN",
    alternatives: ["Eaton Bussmann ATC-5"], package: "in the cable", pins: twoPins,
    ratings: { voltageMv: 32_000, currentMa: 5000, meltA2s: 30 }, onBoard: false,
  },
  fuse1a: {
    kind: "fuse", description: "fuse 5 × 20 mm, 1 A slow, in a holder", maker: "Littelfuse", number: "0218001.HXP",
    alternatives: ["Schurter SPT 0001.2504"], package: "5 × 20 mm", pins: twoPins,
    ratings: { voltageMv: 250_000, currentMa: 1000, meltA2s: 2 },
    onBoard: true,
  },
  hall20a: {
    kind: "hall", description: "Hall current sensor ±20 A on a breakout with screw terminals, 1 nF filter and 100 nF", maker: "Allegro",
    number: "ACS712ELCTR-20A-T", alternatives: ["Allegro ACS723LLCTR-20AB-T breakout (same 100 mV/A)"], package: "breakout",
    pins: ["IP+", "IP-", "VCC", "OUT", "GND"], ratings: { currentMa: 20_000, voltageMv: 100_000 }, onBoard: true,
  },
  monitor85v: {
    kind: "monitor", description: "power monitor 85 V, 20 bit, on a VSSOP-10 adapter", maker: "Texas Instruments", number: "INA228AIDGSR",
    alternatives: ["Texas Instruments INA226AIDGSR: same pins, only for batteries up to 15 V and with 1.5KE18CA in place of 1.5KE33CA"],
    package: "VSSOP-10", pins: ["A1", "A0", "ALERT", "SDA", "SCL", "VS", "GND", "VBUS", "IN-", "IN+"],
    ratings: { senseMv: [-300, 85_000] }, onBoard: true,
  },
  shunt10m: {
    kind: "shunt", description: "shunt 10 mΩ 1 % 5 W; sense wires soldered at its body", maker: "Ohmite", number: "15FR010E",
    alternatives: ["Vishay LVR05R0100FE73"], package: "axial, 20 mm pitch", pins: ["I+", "S+", "S-", "I-"],
    ratings: { microohm: 10_000, powerMw: 5000, tolerancePermille: 10 }, onBoard: true,
  },
  buck5v: {
    kind: "buck", description: "step-down module 9–72 V to 5 V 1 A", maker: "Traco Power", number: "TSR 1-4850WI",
    alternatives: ["RECOM R-78HB5.0-0.5 (0.5 A: without a second relay)"], package: "SIP-3", pins: ["VIN", "GND", "VOUT"],
    ratings: { inputMv: [9000, 72_000], currentMa: 1000 }, onBoard: true,
  },
  esp32: {
    kind: "module", description: "ESP32-WROOM-32E development board, on two sockets of 19", maker: "Espressif", number: "ESP32-DevKitC-32E",
    alternatives: ["ESP32-DevKitC V4 with WROOM-32D"], package: "DevKitC, 38 pins", pins: [], ratings: { currentMa: 500 }, onBoard: true,
  },
  terminal: {
    kind: "terminal", description: "screw terminal, 2 poles, 9.5 mm, 2.5 mm² and more", maker: "Phoenix Contact", number: "MKDS 5/ 2-9,5",
    alternatives: ["any with 10 A and 60 V at 2.5 mm²"], package: "9.5 mm pitch", pins: ["+", "-"],
    ratings: { currentMa: 24_000, voltageMv: 400_000 },
    onBoard: true,
  },
  lug: {
    kind: "lug", description: "ring terminal 2.5 mm² at the battery's or the bus's plus", maker: "TE Connectivity", number: "320571",
    alternatives: ["any crimped ring for 2.5 mm² that fits the bolt"], package: "in the cable", pins: ["+"],
    ratings: { currentMa: 15_000 },
    onBoard: false,
  },
  led: {
    kind: "led", description: "LED green 5 mm", maker: "Kingbright", number: "WP7113GD", alternatives: ["any 5 mm LED"], package: "5 mm",
    pins: diodePins, ratings: { currentMa: 20, voltageMv: 5000 }, onBoard: true,
  },
  button: {
    kind: "button", description: "push button 6 × 6 mm", maker: "Omron", number: "B3F-1000",
    alternatives: ["any normally open tact switch"],
    package: "6 × 6 mm", pins: twoPins, ratings: { currentMa: 50, voltageMv: 24_000 }, onBoard: true,
  },
  testPoint: {
    kind: "testPoint", description: "test point loop", maker: "Keystone", number: "5001",
    alternatives: ["a bent wire"], package: "1 mm hole",
    pins: ["1"], ratings: {}, onBoard: true,
  },
} as const satisfies Record<string, Part>;

export type PartKey = keyof typeof PARTS;

/** A part by its key, as the general type. */
export function partOf(key: PartKey): Part {
  return PARTS[key];
}

/** Order number of a resistor's value as its maker writes it: 4700 is "4K7". */
function ohmCode(ohm: number): string {
  const [scale, letter] = ohm >= 1e6 ? [1e6, "M"] : ohm >= 1000 ? [1000, "K"] : [1, "R"];
  const [whole = "0", fraction = ""] = String(ohm / scale).split(".");
  return whole + letter + fraction;
}

/** What to order for a part of this value. */
export function orderNumber(key: PartKey, value: number | null): string {
  return partOf(key).number.replace("{}", ohmCode(value ?? 0));
}
