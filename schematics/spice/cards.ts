/**
 * SPICE cards of a drawn netlist: one block for every part, made of what the drawing says and nothing else.
 * @module
 */
import type { Netlist, NetlistPart } from "../netlist.ts";
import { partOf } from "../parts.ts";
import type { PartKind } from "../parts.ts";
import {
  BUCK_EFFICIENCY,
  COIL_HENRY,
  CONTACT_OHM,
  DIODE_MODELS,
  FUSE_OHM,
  HALL_OHM,
  HALL_SUPPLY_OHM,
  MODELS,
  MONITOR_BUS_OHM,
  MONITOR_INPUT_OHM,
  OPEN_OHM,
  transistorModel,
} from "./models.ts";

export interface CardOptions {
  /** Before all nodes and names, so that several boards fit into one deck. */
  prefix: string;
  /** Closed relays by reference. */
  closed: readonly string[];
  /** What drives a GPIO through how many ohms; others are inputs. */
  gpio: Readonly<Record<number, { volts: number; ohm: number } | string>>;
  railVolts: number;
  coilOhm: number;
  gain: number;
  /** What a part's value is multiplied with, by reference. */
  spread: (ref: string) => number;
  /** Hall sensors: volts per ampere at 5 V, and the ratio at 0 A. */
  hall: (ref: string) => { voltsPerAmp: number; zero: number };
}

export const NOMINAL: CardOptions = {
  prefix: "",
  closed: [],
  gpio: {},
  railVolts: 5,
  coilOhm: 70,
  gain: 250,
  spread: () => 1,
  hall: () => ({ voltsPerAmp: 0.1, zero: 0.5 }),
};

/** Node of a net; GND is SPICE's own. */
export function node(net: string, prefix = ""): string {
  return net === "GND" ? "0" : `${prefix}n_${net.toLowerCase()}`;
}

/** What a part's cards are made from. */
interface Context {
  name: string;
  at: (pin: string) => string;
  part: NetlistPart;
  options: CardOptions;
}

const R = (name: string, a: string, b: string, ohm: number): string => `R${name} ${a} ${b} ${ohm}`;

/** A smooth step from 0 to 1 around `threshold` volts: SPICE's solver dislikes sharp ones. */
const step = (voltage: string, threshold: number): string => `(0.5*(1+tanh(5*(${voltage}-${threshold}))))`;

function relayCards({ name, at, part, options }: Context): string[] {
  const closed = options.closed.includes(part.ref);
  const coil = [`L${name} ${at("A1")} ${name}_l ${COIL_HENRY}`, R(`${name}_coil`, `${name}_l`, at("A2"), options.coilOhm)];
  const contact = R(`${name}_no`, at("COM"), at("NO"), closed ? CONTACT_OHM : OPEN_OHM);
  const rest = part.pins["NC"] ? [R(`${name}_nc`, at("COM"), at("NC"), closed ? OPEN_OHM : CONTACT_OHM)] : [];
  return [...coil, contact, ...rest];
}

function hallCards({ name, at, part, options }: Context): string[] {
  const { voltsPerAmp, zero } = options.hall(part.ref);
  const ratio = `min(1,max(0,${zero}+${voltsPerAmp / 5}*I(V${name}_i)))`;
  return [
    `V${name}_i ${at("IP+")} ${name}_i 0`,
    R(`${name}_p`, `${name}_i`, at("IP-"), HALL_OHM),
    R(`${name}_s`, at("VCC"), at("GND"), HALL_SUPPLY_OHM),
    `B${name}_o ${name}_o ${at("GND")} V=(V(${at("VCC")})-V(${at("GND")}))*${ratio}`,
    R(`${name}_o`, `${name}_o`, at("OUT"), 1),
  ];
}

function monitorCards({ name, at }: Context): string[] {
  return [
    R(`${name}_in`, at("IN+"), at("IN-"), MONITOR_INPUT_OHM),
    R(`${name}_bus`, at("VBUS"), at("GND"), MONITOR_BUS_OHM),
    R(`${name}_s`, at("VS"), at("GND"), 5000),
    ...["IN+", "IN-", "VBUS"].map((pin, i) => `D${name}_${i} ${at("GND")} ${at(pin)} esd`),
  ];
}

function buckCards({ name, at, options }: Context): string[] {
  const on = step(`V(${at("VIN")})`, 8.5);
  return [
    `B${name}_o ${name}_o ${at("GND")} V=${options.railVolts}*${on}`,
    `V${name}_i ${name}_o ${name}_m 0`,
    R(`${name}_o`, `${name}_m`, at("VOUT"), 0.01),
    // What a converter that does not run still takes.
    R(`${name}_in`, at("VIN"), at("GND"), 100_000),
    `B${name}_in ${at("VIN")} ${at("GND")} I=${options.railVolts}*I(V${name}_i)*${on}/(${BUCK_EFFICIENCY}*max(5,V(${at("VIN")})))`,
  ];
}

function moduleCards({ name, at, part, options }: Context): string[] {
  const supply = part.pins["5V"] ? `V(${at("5V")})` : "0";
  const logic = part.pins["3V3"] ? [`B${name}_l ${name}_l 0 V=3.3*${step(supply, 4)}`, R(`${name}_l`, `${name}_l`, at("3V3"), 0.1)] : [];
  const driven = Object.entries(options.gpio).flatMap(([gpio, drive], i) => {
    const pin = `IO${gpio}`;
    if (!part.pins[pin]) return [];
    const source = typeof drive === "string" ? drive : `DC ${drive.volts}`;
    return [
      `V${name}_g${i} ${name}_g${i} 0 ${source}`,
      R(`${name}_g${i}`, `${name}_g${i}`, at(pin), typeof drive === "string" ? 50 : drive.ohm),
    ];
  });
  return [...logic, ...driven];
}

function diodeCards({ name, at, part }: Context): string[] {
  return [`D${name} ${at("A")} ${at("K")} ${DIODE_MODELS[part.part] ?? "rectifier"}`];
}

const CARDS: Record<PartKind, (context: Context) => string[]> = {
  resistor: ({ name, at, part, options }) => [R(name, at("1"), at("2"), (part.value ?? OPEN_OHM) * options.spread(part.ref))],
  capacitor: ({ name, at, part, options }) => [
    `C${name} ${at("1")} ${at("2")} ${((part.value ?? 0) * options.spread(part.ref)).toFixed(3)}n`,
  ],
  electrolytic: ({ name, at, part }) => [`C${name} ${at("+")} ${at("-")} ${part.value ?? 0}n`],
  diode: diodeCards,
  schottky: diodeCards,
  led: diodeCards,
  // Cathode to cathode: one half breaks down while the other conducts.
  tvs: ({ name, at }) => [`D${name}_a ${at("1")} ${name}_m tvs`, `D${name}_b ${at("2")} ${name}_m tvs`],
  npn: ({ name, at }) => [`Q${name} ${at("C")} ${at("B")} ${at("E")} npn`],
  relay: relayCards,
  fuse: ({ name, at, part }) => [R(name, at("1"), at("2"), FUSE_OHM[part.part] ?? OPEN_OHM)],
  hall: hallCards,
  monitor: monitorCards,
  shunt: ({ name, at, part, options }) => {
    const ohm = (partOf(part.part).ratings.microohm ?? 0) / 1e6;
    return [
      R(`${name}_s`, at("I+"), at("I-"), ohm * options.spread(part.ref)),
      ...(part.pins["S+"] ? [R(`${name}_p`, at("I+"), at("S+"), 0.001)] : []),
      ...(part.pins["S-"] ? [R(`${name}_n`, at("I-"), at("S-"), 0.001)] : []),
    ];
  },
  buck: buckCards,
  module: moduleCards,
  button: ({ name, at }) => [R(name, at("1"), at("2"), OPEN_OHM)],
  terminal: () => [],
  lug: () => [],
  testPoint: () => [],
};

/** One board's cards, without sources and analysis. */
export function boardCards(netlist: Netlist, options: CardOptions): string[] {
  return netlist.parts.flatMap((part) => {
    const name = `${options.prefix}${part.ref.toLowerCase()}`;
    const at = (pin: string): string => {
      const net = part.pins[pin];
      // An open pin hangs at a node of its own.
      return net ? node(net, options.prefix) : `${name}_open_${pin.toLowerCase().replace(/\W/g, "x")}`;
    };
    return CARDS[partOf(part.part).kind]({ name, at, part, options });
  });
}

export interface Deck {
  title: string;
  cards: readonly string[];
  /** Sources and changes beside the board. */
  stimulus: readonly string[];
  /** Such as ".op" or ".tran 1u 1m". */
  analysis: string;
  /** Vectors to keep, such as "v(n_v5)"; all of them where it is empty. */
  save: readonly string[];
  gain: number;
}

/** A whole deck as text. */
export function deckText({ title, cards, stimulus, analysis, save, gain }: Deck): string {
  // A path of 1 GΩ from every node to ground, so that an open one has a voltage.
  const options = ".option rshunt=1e9 reltol=1e-4 abstol=1e-11";
  const kept = save.length > 0 ? [`.save ${save.join(" ")}`] : [];
  return [`* ${title}`, ...cards, ...stimulus, MODELS.trim(), transistorModel(gain), options, ...kept, analysis, ".end", ""].join("\n");
}
