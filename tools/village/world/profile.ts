/**
 * What the day brings to a home: sun with clouds, and appliances that switch on and off. Functions of time and seed only.
 * @module
 */
import { createRandom } from "#tools/virtual-board/random.ts";

const HOUR_MS = 3600000;
const DAY_MS = 24 * HOUR_MS;
const SUNRISE_MS = 6 * HOUR_MS;
const SUNSET_MS = 18 * HOUR_MS;
/** Clouds pass in about this time, and take so much of the sun at most. */
const CLOUD_MS = 240000;
const CLOUD_SHARE = 0.5;

/** An appliance as a resistor that is on for `onMs` of every `periodMs`. */
export interface Appliance {
  ohm: number;
  periodMs: number;
  onMs: number;
  /** Where in its period it is at time 0. */
  phaseMs: number;
}

/** Conductance in siemens of the appliances that are on. */
export function loadSiemens(appliances: readonly Appliance[], timeMs: number): number {
  let siemens = 0;
  for (const { ohm, periodMs, onMs, phaseMs } of appliances) if ((timeMs + phaseMs) % periodMs < onMs) siemens += 1 / ohm;
  return siemens;
}

/** Share of clear noon sun, 0 to 1, at a time of day. `timeOfDayMs` may run over midnight. */
export function sunShare(seed: number, timeOfDayMs: number): number {
  const daylight = ((timeOfDayMs % DAY_MS) - SUNRISE_MS) / (SUNSET_MS - SUNRISE_MS);
  if (daylight <= 0 || daylight >= 1) return 0;
  const knot = Math.floor(timeOfDayMs / CLOUD_MS);
  const between = timeOfDayMs / CLOUD_MS - knot;
  const cloud = (index: number): number => createRandom(seed, index)();
  const shade = cloud(knot) * (1 - between) + cloud(knot + 1) * between;
  return Math.sin(Math.PI * daylight) * (1 - CLOUD_SHARE * shade);
}
