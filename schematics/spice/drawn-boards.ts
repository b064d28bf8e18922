/**
 * Boards as they come out of a drawer: every part off within its tolerance, by chance from a seed.
 * @module
 */
import { ADC_CODES, createAdc } from "#tools/virtual-board/fake/adc.ts";
import { between, createRandom } from "#tools/virtual-board/random.ts";
import { partOf } from "../parts.ts";
import type { Bench } from "./bench.ts";

/** ACS712-20A: 96 to 104 mV/A, zero within 0.3 A (data sheet, electrical offset and total error). */
export const HALL_GAIN = 0.04;
export const HALL_ZERO_AMPS = 0.3;
/** INA228: gain, offset at the shunt in µV, gain of the voltage. */
export const MONITOR_GAIN = 0.0005;
export const MONITOR_OFFSET_UV = 1;

/** How far the rail moves between calibration and use. */
export const RAIL_DRIFT = 0.01;

export interface DrawnBoard {
  prefix: string;
  spread: (ref: string) => number;
  hall: (ref: string) => { voltsPerAmp: number; zero: number };
  railVolts: number;
  /** What a pin's voltage becomes, 0 to 1 of the converter's range. */
  raw: (volts: number) => number;
  /** Error of a power monitor's voltage at the shunt and at its voltage input. */
  monitorGain: (ref: string) => number;
  monitorOffsetUv: (ref: string) => number;
}

/** A number for each name, the same whenever it is asked for. */
function drawnOnce(draw: () => number): (name: string) => number {
  const known = new Map<string, number>();
  return (name) => {
    const value = known.get(name) ?? draw();
    known.set(name, value);
    return value;
  };
}

/** Draws one board; the same seed and index give the same one. */
export function drawBoard({ spec, netlist }: Bench, seed: number, index: number): DrawnBoard {
  const random = createRandom(seed, 1000 + index);
  const draw =
    (range: number): (() => number) =>
    () =>
      between(random, -range, range);
  const tolerance = new Map(netlist.parts.map(({ ref, part }) => [ref, (partOf(part).ratings.tolerancePermille ?? 0) / 1000]));
  const unit = drawnOnce(draw(1));
  const [gains, zeros] = [drawnOnce(draw(HALL_GAIN)), drawnOnce(draw(HALL_ZERO_AMPS))];
  const [monitorGains, offsets] = [drawnOnce(draw(MONITOR_GAIN)), drawnOnce(draw(MONITOR_OFFSET_UV))];
  const [railMin, , railMax] = spec.supply.railMv;
  const railVolts = between(random, railMin, railMax) / 1000 / (1 + RAIL_DRIFT);
  const adc = createAdc(Math.floor(random() * 2 ** 31));
  return {
    prefix: `b${index}_`,
    spread: (ref) => 1 + unit(ref) * (tolerance.get(ref) ?? 0),
    hall: (ref) => ({ voltsPerAmp: 0.1 * (1 + gains(ref)), zero: 0.5 + (zeros(ref) * 0.1) / 5 }),
    railVolts,
    raw: (volts) => Math.min(ADC_CODES - 1, Math.max(0, adc.curve(volts))) / ADC_CODES,
    monitorGain: (ref) => 1 + monitorGains(ref),
    monitorOffsetUv: offsets,
  };
}
