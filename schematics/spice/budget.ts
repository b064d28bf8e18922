/**
 * Error budgets: what each part may add at the end of a channel's range, and all of it together.
 * @module
 */
import { ADC_CODES } from "#tools/virtual-board/fake/adc.ts";
import type { BoardSpec, DividerChannel, HallChannel, MonitorChannel } from "../board.ts";
import { ADC_FULL_SCALE_MV } from "../firmware.ts";
import { partOf } from "../parts.ts";
import { HALL_GAIN, HALL_ZERO_AMPS, MONITOR_GAIN, MONITOR_OFFSET_UV } from "./drawn-boards.ts";
import { MONITOR_BUS_OHM, MONITOR_INPUT_OHM } from "./models.ts";

export interface Term {
  cause: string;
  /** Largest error in A or V, before and after a calibration at two points. */
  before: number;
  after: number;
}

export interface Budget {
  channel: string;
  unit: "A" | "V";
  /** Value that the terms are for. */
  at: number;
  terms: readonly Term[];
}

/** ESP-IDF: reference 1000 to 1200 mV; integral non-linearity ±12 LSB. */
const VREF = 0.09;
const INL_LSB = 12;
const INL_MV = (INL_LSB * ADC_FULL_SCALE_MV) / ADC_CODES;
const RESISTOR = (partOf("resistor").ratings.tolerancePermille ?? 0) / 1000;
/** A line through two points of a curve that bends smoothly within ± the non-linearity misses a third one by up to twice that. */
const EXTRAPOLATION = 2;
/** BAT46 at 50 °C and 2 V, both clamps the same way. */
const LEAK_NA = 1000;

type Divider = Pick<DividerChannel, "upperOhm" | "lowerOhm">;

/** Relative error of a divider whose resistors are off the opposite ways. */
const dividerError = ({ upperOhm, lowerOhm }: Divider): number => 2 * RESISTOR * (upperOhm / (upperOhm + lowerOhm));
const scaleOf = ({ upperOhm, lowerOhm }: Divider): number => (upperOhm + lowerOhm) / lowerOhm;

function hallBudget(spec: BoardSpec, hall: HallChannel): Budget {
  const at = hall.rangeMa / 1000;
  const fullAmps = 5000 / hall.mvPerAmp;
  const share = 0.5 + at / fullAmps;
  const rail = spec.dividers.find(({ name }) => name === "V5") ?? hall;
  const inl = (INL_MV * scaleOf(hall)) / hall.mvPerAmp;
  const railInl = ((INL_MV * scaleOf(rail)) / 5000) * share * fullAmps;
  return {
    channel: hall.name,
    unit: "A",
    at,
    terms: [
      { cause: "sensor's sensitivity, 96 to 104 mV/A", before: HALL_GAIN * at, after: 0 },
      { cause: "sensor's zero", before: HALL_ZERO_AMPS, after: 0 },
      { cause: "its divider, 1 % resistors", before: dividerError(hall) * share * fullAmps, after: 0 },
      { cause: "the rail's divider, 1 % resistors", before: dividerError(rail) * share * fullAmps, after: 0 },
      { cause: "converter's curve, ±12 LSB, at the sensor", before: inl, after: EXTRAPOLATION * inl },
      { cause: "converter's curve, ±12 LSB, at the rail", before: railInl, after: railInl / 10 },
    ],
  };
}

function dividerBudget(spec: BoardSpec, divider: DividerChannel): Budget {
  const at = spec.limits.batteryMv[1] / 1000;
  const inl = (INL_MV * scaleOf(divider)) / 1000;
  const parallelOhm = (divider.upperOhm * divider.lowerOhm) / (divider.upperOhm + divider.lowerOhm);
  const leak = divider.clamped ? LEAK_NA * 1e-9 * parallelOhm * scaleOf(divider) : 0;
  return {
    channel: divider.name,
    unit: "V",
    at,
    terms: [
      { cause: "converter's reference, 1.0 to 1.2 V", before: (VREF / (1 - VREF)) * at, after: 0 },
      { cause: "divider, 1 % resistors", before: dividerError(divider) * at, after: 0 },
      { cause: "converter's curve, ±12 LSB", before: inl, after: EXTRAPOLATION * inl },
      { cause: "leakage of the clamps", before: leak, after: leak },
    ],
  };
}

function monitorBudgets(spec: BoardSpec, monitor: MonitorChannel): Budget[] {
  const amps = monitor.rangeMa / 1000;
  const volts = spec.limits.batteryMv[1] / 1000;
  const shunt = (partOf(monitor.shunt).ratings.tolerancePermille ?? 0) / 1000;
  return [
    {
      channel: monitor.name,
      unit: "A",
      at: amps,
      terms: [
        { cause: "shunt, 1 %", before: shunt * amps, after: 0 },
        { cause: "sense resistors against the chip's input", before: ((2 * monitor.senseSeriesOhm) / MONITOR_INPUT_OHM) * amps, after: 0 },
        { cause: "chip's gain", before: MONITOR_GAIN * amps, after: 0 },
        { cause: "chip's offset", before: MONITOR_OFFSET_UV / monitor.shuntMicroohm, after: 0 },
        // Half a step at each of the two points and at the third, further out than they are apart.
        { cause: "steps of 312.5 nV", before: 0.16 / monitor.shuntMicroohm, after: (0.16 * (2 + (2 * amps) / 5)) / monitor.shuntMicroohm },
      ],
    },
    {
      channel: monitor.voltageName,
      unit: "V",
      at: volts,
      terms: [
        { cause: "guard resistor, 1 %", before: RESISTOR * (monitor.voltageSeriesOhm / MONITOR_BUS_OHM) * volts, after: 0 },
        { cause: "chip's gain", before: MONITOR_GAIN * volts, after: 0 },
        {
          cause: "leakage of the clamp",
          before: LEAK_NA * 1e-9 * monitor.voltageSeriesOhm,
          after: LEAK_NA * 1e-9 * monitor.voltageSeriesOhm,
        },
        { cause: "steps of 195 µV", before: 0.0001, after: 0.0004 },
      ],
    },
  ];
}

/** Budgets of a board's channels, currents first. */
export function budgets(spec: BoardSpec): Budget[] {
  const dividers = spec.dividers.filter(({ name }) => name !== "V5").map((divider) => dividerBudget(spec, divider));
  const monitors = spec.monitors.flatMap((monitor) => monitorBudgets(spec, monitor));
  const all = [...spec.halls.map((hall) => hallBudget(spec, hall)), ...dividers, ...monitors];
  return all.sort((a, b) => a.channel.localeCompare(b.channel));
}

const pick = (terms: readonly Term[], calibrated: boolean): number[] => terms.map(({ before, after }) => (calibrated ? after : before));

/** Root of the sum of squares: what independent terms make together. */
export function rss(terms: readonly Term[], calibrated: boolean): number {
  return Math.hypot(...pick(terms, calibrated));
}

/** All terms at their worst and the same way. */
export function sum(terms: readonly Term[], calibrated: boolean): number {
  return pick(terms, calibrated).reduce((total, term) => total + term, 0);
}
