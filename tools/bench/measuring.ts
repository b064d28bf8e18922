/**
 * The error budget of the board's measuring: what the algorithm adds to what the hardware gives, term by term. The firmware's own code –
 * bursts, cycles, conversion, counters – runs over a day against float64 references from the signals' own formulas; the converter is exact
 * but for what a term names. Figures are errors of the day's means and energy, in per cent.
 *
 * Every hundredth control period of the day is sampled and stands for itself and the 99 after it, each of which is counted.
 * @module
 */
import { boardDefinition, hallBoard, startMa } from "#firmware/core/board.ts";
import type { BoardDefinition } from "#firmware/core/board.ts";
import { calibrate } from "#firmware/core/calibration.ts";
import type { Sums } from "#firmware/core/cycles.ts";
import { Meter } from "#firmware/core/meter.ts";
import { Sensors } from "#firmware/core/sensors.ts";
import { createSampler } from "#firmware/drivers/adc.ts";
import { newBurst } from "#firmware/drivers/adc-burst.ts";
import { sampleClamp } from "#firmware/drivers/clamp.ts";
import { between, createRandom, gaussian } from "#tools/virtual-board/random.ts";
import type { Random } from "#tools/virtual-board/random.ts";
import type { Bench, Figure } from "./harness.ts";

const SEED = 7;
const CONTROL_MS = 100;
const STRIDE = 100;
const WINDOWS = 86_400_000 / CONTROL_MS / STRIDE;
const MWH_PER_WATT_MS = 1 / 3600;
const CODES = 4096;
const AIM_PERCENT = 0.1;

const SUMS: Sums = {
  sum: (values) => values.reduce((total, value) => total + value, 0),
  variance: (values, mean) => values.reduce((total, value) => total + (value - mean) ** 2, 0),
  convolve: (a, b, offset) => a.reduce((total, value, i) => total + value * (b[(i + offset) % b.length] ?? NaN), 0),
};

/** What departs from the ideal in a term; nothing by default. */
interface Term {
  name: string;
  /** A converter of 12 bits, with noise of so many of its steps (standard deviation). */
  noiseLsb?: number;
  /** DC: a sensor off by so many A and this factor, calibrated from two noisy points. AC: middles off by this share, and wandering. */
  offset?: number;
  gain?: number;
  /** DC: the rail wanders by this share over the day. */
  rail?: number;
  /** DC: share of a ripple of 100 Hz, as an inverter draws it, 20 ppm off the control period's own rhythm. */
  ripple?: number;
  /** AC: from this frequency in the morning to the other in the evening. */
  hz?: [number, number];
  /** AC: shares of the third, fifth and seventh harmonic in the current. */
  harmonics?: number[];
  /** AC: how long the converter takes for a sample, in s. */
  readS?: number;
}

/** What was there in a window: means or root mean squares, and real power. */
interface Truth {
  amps: number;
  volts: number;
  watts: number;
}

/** Runs a meter over the day; `next` changes what there is to measure. Returns the errors of current, voltage and energy. */
function overDay(board: BoardDefinition, sensors: Sensors, meterIndex: number, next: (window: number) => Truth): Record<string, number> {
  const definition = board.meters[meterIndex];
  const channel = board.channels[definition?.current ?? -1];
  if (definition === undefined || channel === undefined) throw new Error("the board has no such meter");
  const meter = new Meter(0, startMa(channel), { importMwh: 0, exportMwh: 0 });
  const measured: Truth = { amps: 0, volts: 0, watts: 0 };
  const reference: Truth = { amps: 0, volts: 0, watts: 0 };
  for (let i = 0; i < WINDOWS; i++) {
    const truth = next(i);
    sensors.update((i + 1) * CONTROL_MS * STRIDE);
    const current = sensors.all[definition.current];
    const voltage = sensors.all[definition.voltage];
    if (!current?.plausible || !voltage?.plausible) throw new Error(`window ${i} is implausible`);
    const power = sensors.powerUw(definition);
    for (let k = 0; k < STRIDE; k++) meter.add(current.value, current.min, current.max, voltage.value, power, CONTROL_MS);
    measured.amps += Math.abs(current.value) / 1000;
    measured.volts += voltage.value / 1000;
    for (const key of ["amps", "volts", "watts"] as const) reference[key] += truth[key];
  }
  const energyMwh = reference.watts * CONTROL_MS * STRIDE * MWH_PER_WATT_MS;
  const percent = (value: number, exact: number): number => Math.abs(value / exact - 1) * 100;
  return {
    current: percent(measured.amps, reference.amps),
    voltage: percent(measured.volts, reference.volts),
    energy: percent(meter.counters.importMwh - meter.counters.exportMwh, energyMwh),
  };
}

/** A converter's result for a share of its range. */
function createConverter(noiseLsb: number | undefined): (share: number) => number {
  const random = createRandom(SEED, 1);
  if (noiseLsb === undefined) return (share) => share;
  return (share) => Math.max(0, Math.min(CODES - 1, Math.round(share * CODES + noiseLsb * gaussian(random)))) / CODES;
}

/** The battery's meter on the board with Hall sensors: 0.5 to 12 A at 11.5 to 14 V. */
function measureDirect({ noiseLsb, offset = 0, gain = 1, rail = 0, ripple = 0 }: Term): Record<string, number> {
  const board = hallBoard();
  const random = createRandom(SEED);
  const convert = createConverter(noiseLsb);
  const now = { amps: 0, volts: 12, rail: 5, rippleAt: 0 };
  let timeS = 0;
  const shares: Record<string, () => number> = {
    D34: () => {
      const amps = (now.amps * (1 + ripple * Math.sin(2 * Math.PI * 100 * (1 + 20e-6) * (now.rippleAt + timeS))) + offset) * gain;
      timeS += 0.0001;
      return (now.rail * 1000 * (0.5 + amps / 50)) / 2 / board.fullScaleMv;
    },
    D35: () => (now.rail * 500) / 2 / board.fullScaleMv,
    D36: () => (now.volts * 1000) / 13 / board.fullScaleMv,
    D39: () => (now.rail * 1000) / 2.5 / board.fullScaleMv,
    D33: () => 0,
  };
  const sample = createSampler({ analogRead: (pin) => convert(shares[pin]?.() ?? NaN), sum: SUMS.sum, variance: SUMS.variance });

  /** The two points of a maker's bench, means of many windows. */
  function point(amps: number): { read: number; known: number } {
    const sensors = new Sensors(board, {}, { sample });
    now.amps = amps;
    let sum = 0;
    for (let i = 0; i < 1000; i++) {
      sensors.update(i);
      sum += sensors.all[0]?.exact ?? NaN;
    }
    return { read: sum / 1000, known: amps * 1000 };
  }

  const calibration = offset === 0 ? {} : { I1: calibrate(point(-5), point(5)) };
  return overDay(board, new Sensors(board, calibration, { sample }), 0, (i) => {
    timeS = 0;
    now.rippleAt = i * STRIDE * (CONTROL_MS / 1000);
    now.amps = between(random, 0.5, 12);
    now.volts = between(random, 11.5, 14);
    now.rail = 5 * (1 + rail * Math.sin((2 * Math.PI * i) / WINDOWS));
    return { amps: now.amps, volts: now.volts, watts: now.amps * now.volts };
  });
}

/** The mains' meter: 0.5 to 18 A at 225 to 235 V, from 60° ahead to 60° behind. */
function measureAlternating({ noiseLsb, offset = 0, hz = [50, 50], harmonics = [], readS = 0.00002 }: Term): Record<string, number> {
  const board = boardDefinition("clamp");
  const random: Random = createRandom(SEED);
  const convert = createConverter(noiseLsb);
  const now = { amps: 1, volts: 230, lag: 0, hz: 50, bias: 0 };
  let timeS = 0;
  const middle = (): number => (1250 / board.fullScaleMv) * (1 + now.bias);
  const scale = (perMv: number): number => (1000 * Math.SQRT2) / perMv / board.fullScaleMv;
  const distortion = Math.sqrt(1 + harmonics.reduce((sum, share) => sum + share * share, 0));
  function analogRead(pin: string): number {
    timeS += readS;
    const angle = 2 * Math.PI * now.hz * timeS;
    if (pin === "D35") return convert(middle() + now.volts * scale(320) * Math.sin(angle));
    let wave = Math.sin(angle - now.lag);
    harmonics.forEach((share, i) => (wave += share * Math.sin((2 * i + 3) * (angle - now.lag))));
    return convert(middle() + (now.amps / distortion) * scale(30) * wave);
  }
  const input = { host: { analogRead, getTime: () => (timeS += readS / 10) }, sums: SUMS, burst: newBurst() };
  const sensors = new Sensors(board, {}, {
    sample: () => ({ sum: 0, squares: 0, min: 0, max: 0, count: 1 }),
    clamp: sampleClamp.bind(null, input),
  });
  return overDay(board, sensors, 2, (i) => {
    timeS = i * STRIDE * (CONTROL_MS / 1000) + between(random, 0, 0.02);
    now.hz = hz[0] + ((hz[1] - hz[0]) * i) / WINDOWS;
    now.amps = between(random, 0.5, 18);
    now.volts = between(random, 225, 235);
    now.lag = between(random, -Math.PI / 3, Math.PI / 3);
    now.bias = offset * Math.sin((20 * Math.PI * i) / WINDOWS);
    // Of the current, only the fundamental meets a voltage.
    return { amps: now.amps, volts: now.volts, watts: (now.amps / distortion) * now.volts * Math.cos(now.lag) };
  });
}

/** As `tools/virtual-board/fake/adc.ts` has it. */
const NOISE_LSB = 1.2;

const DIRECT: Term[] = [
  { name: "arithmetic" },
  { name: "12 bits and noise", noiseLsb: NOISE_LSB },
  { name: "offset and gain, calibrated", offset: 0.4, gain: 1.015, noiseLsb: NOISE_LSB },
  { name: "rail ±5 %", rail: 0.05 },
  { name: "ripple 50 % at 100 Hz", ripple: 0.5 },
  { name: "all together", noiseLsb: NOISE_LSB, offset: 0.4, gain: 1.015, rail: 0.05, ripple: 0.5 },
];

const ALTERNATING: Term[] = [
  { name: "arithmetic at 50 Hz" },
  { name: "49 to 51 Hz", hz: [49, 51] },
  { name: "12 bits and noise", noiseLsb: NOISE_LSB },
  { name: "middle ±5 %", offset: 0.05 },
  { name: "harmonics 3, 5, 7", harmonics: [0.4, 0.2, 0.1] },
  { name: "slow processor, 45 pairs a burst", readS: 0.0004 },
  { name: "all together", hz: [49, 51], noiseLsb: NOISE_LSB, offset: 0.05, harmonics: [0.4, 0.2, 0.1], readS: 0.0004 },
];

function figures(kind: string, terms: Term[], measure: (term: Term) => Record<string, number>): Figure[] {
  return terms.flatMap((term) =>
    Object.entries(measure(term)).map(([quantity, value]): Figure => {
      return { name: `${kind} ${quantity}, ${term.name}`, value, unit: "%", aim: { of: "value", atMost: AIM_PERCENT } };
    }),
  );
}

export const measuring: Bench = {
  name: "measuring",
  summary: "error budget of the board's algorithm over a day, against float64: DC mean, AC true RMS and energy",
  run: () => Promise.resolve([...figures("DC", DIRECT, measureDirect), ...figures("AC", ALTERNATING, measureAlternating)]),
};
