/**
 * All that a clamp is measured with, by one call: its code and what it computes with are in memory only as long as the call takes.
 * @module
 */
import { measureClamp } from "../core/clamp.ts";
import { measureCycles } from "../core/cycles.ts";
import { takeBurst } from "./adc-burst.ts";
import type { ClampChannel } from "../core/board.ts";
import type { Burst, Sums } from "../core/cycles.ts";
import type { Sensor, SensorBank } from "../core/sensor.ts";
import type { BurstHost } from "./adc-burst.ts";

/** What stays between the calls. */
export interface ClampInput {
  host: BurstHost;
  sums: Sums;
  burst: Burst;
}

/** Samples a clamp and its voltage over a mains cycle, and takes their values. Throws where the samples do not tell. */
export function sampleClamp({ host, sums, burst }: ClampInput, bank: SensorBank, channel: ClampChannel, sensor: Sensor, nowMs: number): void {
  measureClamp((current, voltage, leadMs) => measureCycles(takeBurst(host, burst, current, voltage), leadMs, sums), bank, channel, sensor, nowMs);
}
