/**
 * A virtual bench: a drawn board, sources at its terminals, and an engine.
 * @module
 */
import type { Design, Finding } from "../checks/rules.ts";
import { boardCards, deckText, node, NOMINAL } from "./cards.ts";
import type { CardOptions } from "./cards.ts";
import type { Engine, Vectors } from "./engine.ts";

export interface Bench extends Design {
  engine: Engine;
}

/** One figure with what it may be. */
export interface Measurement {
  what: string;
  value: number;
  unit: string;
  min: number;
  max: number;
}

/** Measures something; its name stands in reports and findings. */
export type Experiment = (bench: Bench) => Promise<Measurement[]>;

export interface Setup {
  options?: Partial<CardOptions>;
  /** Cards beside the board's, with nodes by {@link node}. */
  stimulus: readonly string[];
  analysis: string;
  save?: readonly string[];
}

/** Simulates a board in a setup. */
export function simulate({ netlist, engine }: Bench, { options, stimulus, analysis, save = [] }: Setup): Promise<Vectors> {
  const all: CardOptions = { ...NOMINAL, ...options };
  return engine(deckText({ title: netlist.board, cards: boardCards(netlist, all), stimulus, analysis, save, gain: all.gain }));
}

/** Values of a vector. Throws on one that the engine did not give, as when a net is missing in the drawing. */
export function vector(vectors: Vectors, name: string): readonly number[] {
  const values = vectors.get(name.toLowerCase());
  if (!values || values.length === 0) throw new Error(`the drawing has no ${name}`);
  return values;
}

/** Voltages of a net. */
export function volts(vectors: Vectors, net: string): readonly number[] {
  return net === "GND" ? [0] : vector(vectors, `v(${node(net)})`);
}

/** First value. */
export function first(values: readonly number[]): number {
  return values[0] ?? NaN;
}

/** Battery and bus as stiff sources on the board's side of the fuses. */
export function sources(batteryVolts: number, busVolts: number): string[] {
  return [`Vbattery ${node("BATT")} 0 DC ${batteryVolts}`, `Vbus ${node("BUS")} 0 DC ${busVolts}`];
}

/** What is outside of its limits. An experiment that could not run is a finding too. */
export async function findingsOf(name: string, experiment: Experiment, bench: Bench): Promise<Finding[]> {
  try {
    const measurements = await experiment(bench);
    return measurements
      .filter(({ value, min, max }) => !(value >= min && value <= max))
      .map(({ what, value, unit, min, max }) => ({
        check: name,
        message: `${what}: ${value.toPrecision(4)} ${unit} is not within ${min} to ${max}`,
      }));
  } catch (error) {
    return [{ check: name, message: error instanceof Error ? error.message : String(error) }];
  }
}
