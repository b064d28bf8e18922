/**
 * A meter: energy counters in whole mWh that never run backwards, and the statistics of the running interval.
 * @module
 */
import { round } from "./convert.ts";
import { FLAG } from "../wire/records.ts";
import type { Counters, Reading } from "../wire/records.ts";

/** 1 mWh is 3.6 J; mA times mV is µW, and that times ms nJ. */
export const NANOJOULE_PER_MWH = 3600000000;

export class Meter {
  readonly counters: Counters;
  private readonly index: number;
  private readonly startMa: number;
  /** Energy not yet counted, in nJ, each below 1 mWh. */
  private importRest: number;
  private exportRest: number;
  private flags: number;
  private windows: number;
  private sumMa: number;
  private sumMv: number;
  private minMa: number;
  private maxMa: number;
  private weightMs: number;

  /**
   * @param startMa currents below count no energy.
   * @param counters goes on from these.
   */
  constructor(index: number, startMa: number, counters: Counters) {
    this.index = index;
    this.startMa = startMa;
    this.counters = { importMwh: counters.importMwh, exportMwh: counters.exportMwh };
    this.importRest = 0;
    this.exportRest = 0;
    this.flags = FLAG.resumed;
    this.windows = 0;
    this.sumMa = 0;
    this.sumMv = 0;
    this.minMa = 0;
    this.maxMa = 0;
    this.weightMs = 0;
  }

  /** Counts a window of whole mA (positive is import), mV, µW (with the current's sign where there is any power) and ms. */
  add(currentMa: number, minMa: number, maxMa: number, voltageMv: number, powerUw: number, elapsedMs: number): void {
    if (this.windows === 0 || minMa < this.minMa) this.minMa = minMa;
    if (this.windows === 0 || maxMa > this.maxMa) this.maxMa = maxMa;
    this.windows++;
    this.sumMa += currentMa * elapsedMs;
    this.sumMv += voltageMv * elapsedMs;
    this.weightMs += elapsedMs;
    if (Math.abs(currentMa) < this.startMa || voltageMv <= 0) return;
    // A product of whole numbers, below 2^53: 15 kW over the 15 s of a watchdog are 2^48.
    const energy = Math.abs(powerUw) * elapsedMs;
    // Nothing, or no number.
    if (!(energy > 0)) return;
    if (powerUw > 0) {
      this.importRest += energy;
      const whole = Math.floor(this.importRest / NANOJOULE_PER_MWH);
      this.importRest -= whole * NANOJOULE_PER_MWH;
      this.counters.importMwh += whole;
    } else {
      this.exportRest += energy;
      const whole = Math.floor(this.exportRest / NANOJOULE_PER_MWH);
      this.exportRest -= whole * NANOJOULE_PER_MWH;
      this.counters.exportMwh += whole;
    }
  }

  /** Sets quality flags of the running interval. */
  flag(bits: number): void {
    this.flags |= bits;
  }

  /** Ends the interval: its reading. */
  cut(uptimeMs: number, relays: number): Reading {
    const weight = this.weightMs || 1;
    const currentMa = round(this.sumMa / weight);
    const reading: Reading = {
      kind: "reading",
      meter: this.index,
      uptimeMs,
      currentMa,
      minCurrentMa: Math.min(this.minMa, currentMa),
      maxCurrentMa: Math.max(this.maxMa, currentMa),
      voltageMv: round(this.sumMv / weight),
      importMwh: this.counters.importMwh,
      exportMwh: this.counters.exportMwh,
      relays,
      flags: this.windows === 0 ? this.flags | FLAG.suspect : this.flags,
    };
    this.flags = 0;
    this.windows = 0;
    this.sumMa = 0;
    this.sumMv = 0;
    this.minMa = 0;
    this.maxMa = 0;
    this.weightMs = 0;
    return reading;
  }
}
