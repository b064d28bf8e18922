/**
 * What was measured within some time, in CitizenWatt's shapes. Pure.
 * @module
 */
import type { Segment } from "#gateway/tariffs/bands.ts";
import { costOf, within } from "#gateway/tariffs/cost.ts";
import { isNight } from "./providers.ts";
import { kwhOf, moneyOf } from "./sensors.ts";
import type { Measured, Sensor } from "./sensors.ts";

export type Unit = "watts" | "kwatthours" | "euros";

/** Of one time: `value` is the mean power in W or the energy in kWh; the rates are the parts of day and night. */
export interface Energy {
  value: number;
  day_rate: number;
  night_rate: number;
}

interface Bounds {
  fromUtcMs: number;
  toUtcMs: number;
}

/** The parts of what was measured that lie within the bounds; nothing is counted twice. */
function partsOf(measured: readonly Measured[], { fromUtcMs, toUtcMs }: Bounds): Measured[] {
  return measured.flatMap((one) => {
    const [startUtcMs, endUtcMs] = [Math.max(one.startUtcMs, fromUtcMs), Math.min(one.endUtcMs, toUtcMs)];
    return startUtcMs < endUtcMs ? [{ ...within(one, startUtcMs, endUtcMs), startUtcMs, endUtcMs, watts: one.watts }] : [];
  });
}

/** Mean by time over what readings cover; a gap is left out. */
function meanWatts(parts: readonly Measured[]): number | null {
  let wattMs = 0;
  let ms = 0;
  for (const { startUtcMs, endUtcMs, watts } of parts) {
    if (watts === null) continue;
    wattMs += watts * (endUtcMs - startUtcMs);
    ms += endUtcMs - startUtcMs;
  }
  return ms === 0 ? null : wattMs / ms;
}

type Mwh = Pick<Measured, "importMwh" | "exportMwh">;
const added = (all: readonly Mwh[]): Mwh =>
  all.reduce((sum, { importMwh, exportMwh }) => ({ importMwh: sum.importMwh + importMwh, exportMwh: sum.exportMwh + exportMwh }), { importMwh: 0, exportMwh: 0 });

/**
 * What a unit says of a time; null where nothing is known.
 * @param segments the prices of that time; more than those do no harm.
 */
export function sumOf(
  unit: Unit,
  sensor: Sensor,
  measured: readonly Measured[],
  bounds: Bounds,
  segments: readonly Segment[],
): Energy | { value: number } | null {
  const parts = partsOf(measured, bounds);
  const nightly = segments.filter(({ band }) => isNight(band));
  const isAtNight = (part: Measured): boolean => nightly.some(({ fromUtcMs, toUtcMs }) => part.startUtcMs >= fromUtcMs && part.endUtcMs <= toUtcMs);
  if (parts.length === 0) return null;
  if (unit === "euros") {
    const { bands } = costOf(parts, segments);
    return { value: bands.reduce((sum, band) => sum + moneyOf(sensor, band), 0) };
  }
  if (unit === "watts") {
    const value = meanWatts(parts);
    if (value === null) return null;
    const [night, day] = [meanWatts(parts.filter(isAtNight)), meanWatts(parts.filter((part) => !isAtNight(part)))];
    return { value, day_rate: day ?? 0, night_rate: night ?? 0 };
  }
  // Whole mWh are added up; only what is shown is kWh.
  const all = added(parts);
  const night = added(costOf(parts, nightly).bands);
  const day = { importMwh: all.importMwh - night.importMwh, exportMwh: all.exportMwh - night.exportMwh };
  return { value: kwhOf(sensor, all), day_rate: kwhOf(sensor, day), night_rate: kwhOf(sensor, night) };
}

/** One sum per step, the last one as long as there is time left. */
export function stepsOf(
  unit: Unit,
  sensor: Sensor,
  measured: readonly Measured[],
  bounds: Bounds & { stepMs: number },
  segments: readonly Segment[],
): ReturnType<typeof sumOf>[] {
  const { fromUtcMs, toUtcMs, stepMs } = bounds;
  const sums: ReturnType<typeof sumOf>[] = [];
  let first = 0;
  for (let start = fromUtcMs; start < toUtcMs; start += stepMs) {
    const end = Math.min(start + stepMs, toUtcMs);
    while ((measured[first]?.endUtcMs ?? Infinity) <= start) first += 1;
    let last = first;
    while ((measured[last]?.startUtcMs ?? Infinity) < end) last += 1;
    const prices = segments.filter((segment) => segment.fromUtcMs < end && segment.toUtcMs > start);
    sums.push(sumOf(unit, sensor, measured.slice(first, last), { fromUtcMs: start, toUtcMs: end }, prices));
  }
  return sums;
}
