/**
 * Closed loop: simulated node voltages → the virtual ESP32's converter, or a power monitor's registers → the firmware's own
 * conversion → amperes and volts. Many boards from one seed, each with parts off within their tolerances, before and after calibration.
 * @module
 */
import { convert, correct } from "#firmware/core/convert.ts";
import type { Calibration } from "#firmware/wire/commands.ts";
import type { BoardSpec } from "../board.ts";
import { ADC_FULL_SCALE_MV, directChannels } from "../firmware.ts";
import { vector } from "./bench.ts";
import type { Bench } from "./bench.ts";
import { boardCards, deckText, node, NOMINAL } from "./cards.ts";
import { drawBoard, RAIL_DRIFT } from "./drawn-boards.ts";
import type { DrawnBoard } from "./drawn-boards.ts";
import type { Vectors } from "./engine.ts";
import { MONITOR_BUS_OHM } from "./models.ts";

/** Least steps of an INA228 at ±163.84 mV. */
const SHUNT_LSB_UV = 0.3125;
const BUS_LSB_MV = 0.1953125;
/** Known values at which a maker calibrates, and those at which the error is looked at. A and V. */
const CALIBRATED_AT = { amps: [0, 5], volts: [12, 24] } as const;
const LOOKED_AT = { volts: [11, 14, 28] } as const;

/** Sweeps all boards side by side: the load's current at 12 V, or both terminals' voltage without load. */
async function sweep(
  bench: Bench,
  boards: readonly DrawnBoard[],
  what: "amps" | "volts",
  values: readonly number[],
  rail: number,
  closed: string,
): Promise<Vectors> {
  const cards = boards.flatMap((board) => {
    const options = { ...NOMINAL, ...board, railVolts: board.railVolts * rail, closed: [closed] };
    const { prefix } = board;
    const terminals = ["BATT", "BUS"].map((net) =>
      what === "volts" ? `E${prefix}${net} ${node(net, prefix)} 0 swept 0 1` : `V${prefix}${net} ${node(net, prefix)} 0 DC 12`,
    );
    const load = what === "amps" ? [`G${prefix}load ${node("LOAD", prefix)} 0 swept 0 1`] : [];
    return [...boardCards(bench.netlist, options), ...terminals, ...load];
  });
  const nets = [...bench.spec.halls, ...bench.spec.dividers].map(({ name }) => `${name}_ADC`);
  const chips = bench.spec.monitors.flatMap(({ name, voltageName }) => [`${name}_IN_P`, `${name}_IN_N`, `${voltageName}_SENSE`]);
  const save = boards.flatMap(({ prefix }) => [...nets, ...chips].map((net) => `v(${node(net, prefix)})`));
  const [first = 0, second = 0] = values;
  const analysis = `.dc Vswept ${first} ${values.at(-1)} ${second - first}`;
  return bench.engine(deckText({ title: "boards", cards, stimulus: ["Vswept swept 0 DC 0"], analysis, save, gain: NOMINAL.gain }));
}

/** What the firmware reads of one board, in mA or mV by channel. */
function reads(
  spec: BoardSpec,
  board: DrawnBoard,
  volts: (net: string) => number,
  calibration: Partial<Record<string, Calibration>>,
): Map<string, number> {
  // Without limits of plausibility: how far off a reading is that would be refused matters as well.
  const channels = directChannels(spec).map((channel) =>
    channel.kind === "voltage" ? { ...channel, minMv: -Infinity, maxMv: Infinity } : channel,
  );
  const raw = (name: string): number => board.raw(volts(`${name}_ADC`));
  const rail = channels.find(({ name }) => name === "V5");
  const railMv = rail ? convert(rail, raw("V5"), ADC_FULL_SCALE_MV, NaN, calibration["V5"]) : NaN;
  const sampled = channels.map(
    (channel) => [channel.name, convert(channel, raw(channel.name), ADC_FULL_SCALE_MV, railMv, calibration[channel.name])] as const,
  );
  const chips = spec.monitors.flatMap(({ name, voltageName, shuntMicroohm }) => {
    const drop = (volts(`${name}_IN_P`) - volts(`${name}_IN_N`)) * 1e6 * board.monitorGain(name) + board.monitorOffsetUv(name);
    const shuntUv = Math.round(drop / SHUNT_LSB_UV) * SHUNT_LSB_UV;
    const busMv = Math.round((volts(`${voltageName}_SENSE`) * 1000 * board.monitorGain(voltageName)) / BUS_LSB_MV) * BUS_LSB_MV;
    return [
      [name, correct((shuntUv * 1000) / shuntMicroohm, calibration[name])],
      [voltageName, correct(busMv, calibration[voltageName])],
    ] as const;
  });
  return new Map([...sampled, ...chips]);
}

export interface Spread {
  channel: string;
  unit: "A" | "V";
  calibrated: boolean;
  /** Of the magnitudes of the errors over all boards and values. */
  percentile95: number;
  worst: number;
}

/** Error of one channel at one point. */
interface Miss {
  channel: string;
  calibrated: boolean;
  error: number;
}

function line(low: number, high: number, knownLow: number, knownHigh: number): Calibration {
  const gain = (knownHigh - knownLow) / (high - low);
  return { gain, offset: knownLow - low * gain };
}

/** A settings file's own calibration, before anyone calibrates: what the guard of a chip's voltage input takes away. */
function givenCalibration(spec: BoardSpec): Partial<Record<string, Calibration>> {
  return Object.fromEntries(
    spec.monitors.map(({ voltageName, voltageSeriesOhm }) => [voltageName, { offset: 0, gain: 1 + voltageSeriesOhm / MONITOR_BUS_OHM }]),
  );
}

/** Errors of `names` at the swept values, calibrated at two of them and not. */
async function misses(
  bench: Bench,
  boards: readonly DrawnBoard[],
  what: "amps" | "volts",
  names: readonly string[],
  closed: string,
): Promise<Miss[]> {
  const { spec } = bench;
  const range = Math.min(...[...spec.halls, ...spec.monitors].map(({ rangeMa }) => rangeMa / 1000));
  const values =
    what === "amps" ? Array.from({ length: 2 * range + 1 }, (_, i) => i - range) : Array.from({ length: 19 }, (_, i) => 10 + i);
  const looked = what === "amps" ? [-range, -5, -1, 1, 5, range] : LOOKED_AT.volts;
  const [still, moved] = [
    await sweep(bench, boards, what, values, 1, closed),
    await sweep(bench, boards, what, values, 1 + RAIL_DRIFT, closed),
  ];
  return boards.flatMap((board) => {
    const read = (vectors: Vectors, value: number, calibration: Partial<Record<string, Calibration>>): Map<string, number> =>
      reads(spec, board, (net) => vector(vectors, `v(${node(net, board.prefix)})`)[values.indexOf(value)] ?? NaN, calibration);
    const [low, high] = CALIBRATED_AT[what];
    // The rail is set by a voltmeter first, since the Hall sensors' zero and gain hang on it.
    const railRead = read(still, low, {}).get("V5") ?? 1;
    const railTrue = board.railVolts * 1000;
    const rail = spec.halls.length > 0 ? { V5: { offset: 0, gain: railTrue / railRead } } : {};
    const [atLow, atHigh] = [read(still, low, rail), read(still, high, rail)];
    const own = names.map((name) => [name, line(atLow.get(name) ?? NaN, atHigh.get(name) ?? NaN, low * 1000, high * 1000)] as const);
    const calibration = { ...rail, ...Object.fromEntries(own) };
    return looked.flatMap((value) =>
      names.flatMap((channel): Miss[] => [
        { channel, calibrated: false, error: (read(moved, value, givenCalibration(spec)).get(channel) ?? NaN) / 1000 - value },
        { channel, calibrated: true, error: (read(moved, value, calibration).get(channel) ?? NaN) / 1000 - value },
      ]),
    );
  });
}

/** Draws `count` boards from a seed and tells how wrong their channels are. */
export async function closedLoop(bench: Bench, seed: number, count: number): Promise<Spread[]> {
  const { spec } = bench;
  const boards = Array.from({ length: count }, (_, i) => drawBoard(bench, seed, i));
  const all: Miss[] = [];
  for (const [i, relay] of spec.relays.entries()) {
    const current = [...spec.halls, ...spec.monitors][i]?.name;
    if (current) all.push(...(await misses(bench, boards, "amps", [current], relay.name)));
  }
  all.push(...(await misses(bench, boards, "volts", ["VBAT", "VBUS"], "K1")));
  return ["I1", "I2", "VBAT", "VBUS"].flatMap((channel) =>
    [false, true].map((calibrated): Spread => {
      const errors = all.filter((miss) => miss.channel === channel && miss.calibrated === calibrated).map(({ error }) => Math.abs(error));
      errors.sort((a, b) => a - b);
      const percentile95 = errors[Math.ceil(0.95 * errors.length) - 1] ?? NaN;
      return {
        channel,
        unit: channel.startsWith("I") ? "A" : "V",
        calibrated,
        percentile95,
        worst: errors.some(Number.isNaN) ? NaN : (errors.at(-1) ?? NaN),
      };
    }),
  );
}
