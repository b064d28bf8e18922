/**
 * Channels: scale and offset as the firmware's own conversion sees them, filter corners, broken sensors.
 * @module
 */
import { convert } from "#firmware/core/convert.ts";
import { ADC_FULL_SCALE_MV, directChannels } from "../../firmware.ts";
import { netsOf } from "../../netlist.ts";
import type { Netlist } from "../../netlist.ts";
import { first, simulate, sources, vector, volts } from "../bench.ts";
import type { Bench, Experiment, Measurement } from "../bench.ts";
import { node } from "../cards.ts";
import { MONITOR_BUS_OHM, MONITOR_INPUT_OHM } from "../models.ts";

/** What the firmware makes of pin voltages, in mA or mV by channel. */
export function firmwareReads({ spec }: Pick<Bench, "spec">, pinVolts: (name: string) => number): Map<string, number> {
  const channels = directChannels(spec);
  const raw = (name: string): number => (pinVolts(name) * 1000) / ADC_FULL_SCALE_MV;
  const rail = channels.find(({ name }) => name === "V5");
  const railMv = rail ? convert(rail, raw(rail.name), ADC_FULL_SCALE_MV, NaN) : NaN;
  return new Map(channels.map((channel) => [channel.name, convert(channel, raw(channel.name), ADC_FULL_SCALE_MV, railMv)]));
}

const CURRENTS = [-18, -5, 0, 5, 18];
/** The board needs 9 V to run, and so to measure. */
const BATTERY_VOLTS = [10, 12, 24, 28];

/** Largest difference between what is read and what is. */
const worst = (pairs: readonly (readonly [read: number, true_: number])[]): number =>
  Math.max(...pairs.map(([read, actual]) => Math.abs(read - actual)));

async function hallScales(bench: Bench): Promise<Measurement[]> {
  const results: Measurement[] = [];
  for (const [i, hall] of bench.spec.halls.entries()) {
    const relay = bench.spec.relays[i];
    if (!relay) continue;
    const pairs: [number, number][] = [];
    const [railMin, , railMax] = bench.spec.supply.railMv;
    for (const railVolts of [railMin / 1000, railMax / 1000]) {
      const stimulus = [...sources(28, 28), `Iload ${node("LOAD")} 0 DC 0`];
      const analysis = `.dc Iload ${CURRENTS[0]} ${CURRENTS.at(-1)} 1`;
      const vectors = await simulate(bench, { options: { closed: [relay.name], railVolts }, stimulus, analysis });
      for (const amps of CURRENTS) {
        const at = amps - (CURRENTS[0] ?? 0);
        const reads = firmwareReads(bench, (name) => volts(vectors, `${name}_ADC`)[at] ?? NaN);
        pairs.push([(reads.get(hall.name) ?? NaN) / 1000, amps]);
      }
    }
    results.push({
      what: `${hall.name} from −18 to 18 A at the lowest and the highest rail: largest error`,
      value: worst(pairs),
      unit: "A",
      min: 0,
      max: 0.02,
    });
  }
  return results;
}

async function dividerScales(bench: Bench): Promise<Measurement[]> {
  const results: Measurement[] = [];
  for (const { name, node: net } of bench.spec.dividers.filter(({ name: channel }) => channel !== "V5")) {
    const stimulus = [...sources(12, 12).filter((card) => !card.includes(` ${node(net)} `)), `Vmoved ${node(net)} 0 DC 12`];
    const vectors = await simulate(bench, { stimulus, analysis: ".dc Vmoved 10 28 2" });
    // The battery supplies the board, so the other channel's source stays where it is.
    const pairs = BATTERY_VOLTS.map((battery): [number, number] => {
      const reads = firmwareReads(bench, (channel) => volts(vectors, `${channel}_ADC`)[(battery - 10) / 2] ?? NaN);
      return [(reads.get(name) ?? NaN) / 1000, battery];
    });
    results.push({ what: `${name} from 10 to 28 V: largest error`, value: worst(pairs), unit: "V", min: 0, max: 0.1 });
  }
  const rail = bench.spec.dividers.find(({ name }) => name === "V5");
  if (rail) {
    const vectors = await simulate(bench, { options: { railVolts: 5.1 }, stimulus: sources(12, 12), analysis: ".op" });
    const reads = firmwareReads(bench, (name) => first(volts(vectors, `${name}_ADC`)));
    const read = (reads.get("V5") ?? NaN) / 1000;
    results.push({ what: "V5 against the rail: error", value: Math.abs(read - first(volts(vectors, "V5"))), unit: "V", min: 0, max: 0.01 });
  }
  return results;
}

async function monitorScales(bench: Bench): Promise<Measurement[]> {
  const results: Measurement[] = [];
  for (const [i, monitor] of bench.spec.monitors.entries()) {
    const relay = bench.spec.relays[i];
    if (!relay) continue;
    const stimulus = [...sources(28, 28), `Iload ${node("LOAD")} 0 DC 0`];
    const vectors = await simulate(bench, { options: { closed: [relay.name] }, stimulus, analysis: ".dc Iload -8 8 1" });
    const [plus, minus] = [volts(vectors, `${monitor.name}_IN_P`), volts(vectors, `${monitor.name}_IN_N`)];
    const loading = MONITOR_INPUT_OHM / (MONITOR_INPUT_OHM + 2 * monitor.senseSeriesOhm);
    const pairs = plus.map((volt, at): [number, number] => [(volt - (minus[at] ?? NaN)) / loading / (monitor.shuntMicroohm / 1e6), at - 8]);
    results.push({ what: `${monitor.name} from −8 to 8 A: largest error`, value: worst(pairs), unit: "A", min: 0, max: 0.005 });
    const bus = first(volts(vectors, `${monitor.voltageName}_SENSE`)) * (1 + monitor.voltageSeriesOhm / MONITOR_BUS_OHM);
    results.push({ what: `${monitor.voltageName} at 28 V: error`, value: Math.abs(bus - 28), unit: "V", min: 0, max: 0.1 });
  }
  return results;
}

/** Scale and offset of every channel, from the terminal to what the firmware reads. */
export const scale: Experiment = async (bench) => [
  ...(await hallScales(bench)),
  ...(await dividerScales(bench)),
  ...(await monitorScales(bench)),
];

/** Frequency at which a vector fell to half its power. */
function corner(frequencies: readonly number[], magnitudes: readonly number[]): number {
  const limit = first(magnitudes) / Math.SQRT2;
  const at = magnitudes.findIndex((magnitude) => magnitude < limit);
  if (at < 1) return NaN;
  const [f0, f1] = [frequencies.at(at - 1) ?? NaN, frequencies.at(at) ?? NaN];
  const [m0, m1] = [magnitudes.at(at - 1) ?? NaN, magnitudes.at(at) ?? NaN];
  return f0 * (f1 / f0) ** ((m0 - limit) / (m0 - m1));
}

/** The filter in front of every pin: its corner as the definition's values give it. */
export const filters: Experiment = async (bench) => {
  const sweep = ".ac dec 40 0.5 500";
  const results: Measurement[] = [];
  const expected = ({ upperOhm, lowerOhm, filterNf }: { upperOhm: number; lowerOhm: number; filterNf: number }): number =>
    1e9 / (2 * Math.PI * ((upperOhm * lowerOhm) / (upperOhm + lowerOhm)) * filterNf);
  const add = (name: string, measured: number, hertz: number): void => {
    results.push({ what: `${name}: corner`, value: measured, unit: "Hz", min: 0.95 * hertz, max: 1.05 * hertz });
  };
  for (const channel of bench.spec.dividers.filter(({ name }) => name !== "V5")) {
    const stimulus = sources(12, 12).map((card) => (card.includes(` ${node(channel.node)} `) ? `${card} AC 1` : card));
    const vectors = await simulate(bench, { stimulus, analysis: sweep });
    add(channel.name, corner(vector(vectors, "frequency"), volts(vectors, `${channel.name}_ADC`)), expected(channel));
  }
  for (const [i, hall] of bench.spec.halls.entries()) {
    const closed = [bench.spec.relays[i]?.name ?? ""];
    const vectors = await simulate(bench, {
      options: { closed },
      stimulus: [...sources(12, 12), `Iload ${node("LOAD")} 0 DC 1 AC 1`],
      analysis: sweep,
    });
    add(hall.name, corner(vector(vectors, "frequency"), volts(vectors, `${hall.name}_ADC`)), expected(hall));
  }
  return results;
};

/** A board whose sensor's output is cut off, or tied to a net. */
function withOutput(netlist: Netlist, ref: string, net: string | null): Netlist {
  const pins = (part: Netlist["parts"][number]) => (part.ref === ref ? { ...part.pins, OUT: null } : part.pins);
  const parts = netlist.parts.map((part) => ({ ...part, pins: pins(part) }));
  const output = netlist.parts.find((part) => part.ref === ref)?.pins["OUT"];
  if (!output || net === null) return { ...netlist, parts };
  return { ...netlist, parts: [...parts, { ref: "RSTUCK", part: "resistor", value: 0.1, pins: { "1": output, "2": net } }] };
}

/** A Hall sensor that is stuck at a rail or gone: the firmware must refuse its value. */
export const stuckSensor: Experiment = async (bench) => {
  const results: Measurement[] = [];
  for (const hall of bench.spec.halls) {
    const sensor = (netsOf(bench.netlist).get(`${hall.name}_OUT`) ?? []).find(({ pin }) => pin === "OUT");
    if (!sensor) throw new Error(`no sensor gives ${hall.name}_OUT`);
    for (const [how, net] of [
      ["at ground", "GND"],
      ["at 5 V", "V5"],
      ["gone", null],
    ] as const) {
      const broken = { ...bench, netlist: withOutput(bench.netlist, sensor.ref, net) };
      const vectors = await simulate(broken, { stimulus: sources(12, 12), analysis: ".op" });
      const read = firmwareReads(bench, (name) => first(volts(vectors, `${name}_ADC`))).get(hall.name) ?? 0;
      results.push({ what: `${hall.name} ${how}: refused`, value: Number.isNaN(read) ? 1 : 0, unit: "", min: 1, max: 1 });
    }
  }
  return results;
};
