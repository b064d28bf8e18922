/**
 * Bursts of two pins in turn, bounded by time: a mains cycle takes its 20 ms however fast the processor is. On a fast one the pairs are
 * spaced out; on a slow one they follow each other as they can, and there are fewer.
 * @module
 */
import { BURST_MS } from "../core/cycles.ts";
import type { Burst } from "../core/cycles.ts";

export interface BurstHost {
  /** 0 to 1 of the converter's range. */
  analogRead: (pin: string) => number;
  /** Seconds, of any origin. */
  getTime: () => number;
}

/** Most pairs in a burst: 50 in a cycle of 50 Hz, which leaves the 25th harmonic within what sampling can tell. */
const PAIRS = 100;
const PACE_S = BURST_MS / PAIRS / 1000;
/** Pairs and single samples that are timed, once, to learn how much later than the first of a pair the second is taken. */
const TIMED = 16;

/** Room for a burst: made once, since a long run has no whole block of memory to spare in the end. */
export function newBurst(): Burst {
  return { current: new Float32Array(PAIRS), voltage: new Float32Array(PAIRS), count: 0, stepMs: 0, skewMs: 0 };
}

/** Time from the first sample of a pair to the second, in ms: what it takes longer to take and store both. */
function timeSkew(getTime: () => number, { current, voltage }: Burst, readCurrent: () => number, readVoltage: () => number): number {
  const start = getTime();
  for (let i = 0; i < TIMED; i++) {
    current[i] = readCurrent();
  }
  const middle = getTime();
  for (let i = 0; i < TIMED; i++) {
    current[i] = readCurrent();
    voltage[i] = readVoltage();
  }
  return Math.max(0, ((getTime() - middle - (middle - start)) * 1000) / TIMED);
}

/** Samples the first pin and then the second, again and again, into `burst`, and returns it. */
export function takeBurst({ analogRead, getTime }: BurstHost, burst: Burst, currentPin: string, voltagePin: string): Burst {
  const readCurrent = analogRead.bind(null, currentPin);
  const readVoltage = analogRead.bind(null, voltagePin);
  const { current, voltage } = burst;
  if (burst.skewMs === 0) burst.skewMs = timeSkew(getTime, burst, readCurrent, readVoltage);
  const start = getTime();
  const end = start + BURST_MS / 1000;
  let next = start;
  let at = start;
  let last = start;
  let count = 0;
  // A clock that is set back ends the burst too.
  while (count < PAIRS && at < end && at >= last) {
    if (at >= next) {
      last = at;
      // By a grid, so that waiting too long once does not add up; a processor that cannot keep up takes them as they come.
      next = at < next + PACE_S ? next + PACE_S : at + PACE_S;
      current[count] = readCurrent();
      voltage[count] = readVoltage();
      count++;
    }
    at = getTime();
  }
  burst.count = count;
  burst.stepMs = count > 1 ? ((last - start) * 1000) / (count - 1) : 0;
  return burst;
}
