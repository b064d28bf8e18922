/**
 * All that a clamp is measured with, made by one call: a board without one takes none of it into memory.
 * @module
 */
import { createClampMeasurer } from "../core/clamp.ts";
import { CycleMeter } from "../core/cycles.ts";
import { createBurstSampler } from "./adc-burst.ts";
import type { ClampChannel } from "../core/board.ts";
import type { Sums } from "../core/cycles.ts";
import type { Measurer } from "../core/sensor.ts";
import type { BurstHost } from "./adc-burst.ts";

export function createClamp(host: BurstHost, sums: Sums): Measurer<ClampChannel> {
  const burst = createBurstSampler(host);
  const meter = new CycleMeter(sums);
  return createClampMeasurer((current, voltage, leadMs) => meter.measure(burst(current, voltage), leadMs));
}
