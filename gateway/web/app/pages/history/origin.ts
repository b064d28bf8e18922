/**
 * Where a home's energy came from, step by step: its own battery and sun, each neighbour, the mains. Pure; whole mWh.
 * @module
 */
import type { SeriesPoint } from "#gateway/api/schemas/series.ts";
import type { Settlement } from "#gateway/api/schemas/trade.ts";

/** Part of a stack: "own", "mains", "bus" for what is not settled, or "node 7". */
export type Origin = "own" | "mains" | "bus" | `node ${number}`;

export interface Step {
  startUtcMs: number;
  endUtcMs: number;
}

export interface Stack {
  steps: Step[];
  /** One value per step; null in a gap. */
  layers: { origin: Origin; values: (number | null)[] }[];
  /** Per step, of all layers together. */
  estimated: boolean[];
  /** Per step: whether anything was measured in it. */
  covered: boolean[];
  coveredMs: number;
  /** Given to neighbours, in all. */
  givenMwh: number;
}

/** A meter's series with what it measures. `mains` is a load that a mains tariff bills. */
export interface Metered {
  kind: "battery" | "bus" | "generation" | "load" | "mains";
  items: readonly SeriesPoint[];
}

/** Adds series up by step; null where none is known. */
function added(all: readonly (readonly (number | null)[])[], steps: number): (number | null)[] {
  return Array.from({ length: steps }, (_, step) => {
    const known = all.map((values) => values[step] ?? null).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
  });
}

/** The step that a moment lies in; −1 for none. @param steps ascending. */
function stepAt(steps: readonly Step[], utcMs: number): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle]?.endUtcMs ?? Infinity) > utcMs) high = middle;
    else low = middle + 1;
  }
  return (steps[low]?.startUtcMs ?? Infinity) <= utcMs ? low : -1;
}

/** What each neighbour and the community's pool sold this home, per step. */
function boughtBy(settlements: readonly Settlement[], node: number, steps: readonly Step[]): Map<number, number[]> {
  const sellers = new Map<number, number[]>();
  for (const { startUtcMs, lines } of settlements) {
    const step = stepAt(steps, startUtcMs);
    for (const { seller, buyer, energyMwh } of lines) {
      if (buyer !== node || step < 0 || energyMwh === null) continue;
      const values = sellers.get(seller) ?? Array.from({ length: steps.length }, () => 0);
      values[step] = (values[step] ?? 0) + energyMwh;
      sellers.set(seller, values);
    }
  }
  return sellers;
}

/** @param settlements of the same time; what the bus counted beyond them is not settled. */
export function stackOf(meters: readonly Metered[], settlements: readonly Settlement[], node: number): Stack {
  const steps = (meters[0]?.items ?? []).map(({ startUtcMs, endUtcMs }) => ({ startUtcMs, endUtcMs }));
  const of = (kind: Metered["kind"], field: "importMwh" | "exportMwh") =>
    added(
      meters.filter((meter) => meter.kind === kind).map(({ items }) => items.map((point) => point[field])),
      steps.length,
    );
  const has = (kind: Metered["kind"]) => meters.some((meter) => meter.kind === kind);
  const layers: Stack["layers"] = [];
  if (has("battery") || has("generation")) layers.push({ origin: "own", values: added([of("battery", "exportMwh"), of("generation", "exportMwh")], steps.length) });
  if (has("bus")) {
    const drawn = of("bus", "importMwh");
    const sellers = [...boughtBy(settlements, node, steps)].sort(([a], [b]) => a - b);
    for (const [seller, values] of sellers) layers.push({ origin: `node ${seller}`, values });
    const settled = added(sellers.map(([, values]) => values), steps.length);
    layers.push({ origin: "bus", values: drawn.map((value, step) => (value === null ? null : Math.max(0, value - (settled[step] ?? 0)))) });
  }
  if (has("mains")) layers.push({ origin: "mains", values: of("mains", "importMwh") });
  const coverage = meters.map(({ items }) => items.reduce((sum, { coveredMs }) => sum + coveredMs, 0));
  return {
    steps,
    layers,
    estimated: steps.map((_, step) => meters.some(({ items }) => (items[step]?.estimatedMwh ?? 0) > 0)),
    covered: steps.map((_, step) => meters.some(({ items }) => (items[step]?.coveredMs ?? 0) > 0)),
    coveredMs: coverage.length === 0 ? 0 : Math.max(...coverage),
    givenMwh: of("bus", "exportMwh").reduce<number>((sum, value) => sum + (value ?? 0), 0),
  };
}

/** Energy of a layer, or of several, in all. */
export function totalMwh({ layers }: Stack, wanted: (origin: Origin) => boolean): number {
  return layers.filter(({ origin }) => wanted(origin)).reduce((sum, { values }) => sum + values.reduce<number>((all, value) => all + (value ?? 0), 0), 0);
}

/** The layers on top of each other: each line is its own layer and all below it; null in a gap of all. */
export function cumulated({ steps, layers }: Pick<Stack, "steps" | "layers">): (number | null)[][] {
  return layers.map((_, top) => added(layers.slice(0, top + 1).map(({ values }) => values), steps.length));
}

/** The mean power of each step; a gap is a gap, though the counters say what went through it. In W. */
export function inWatts({ steps, covered }: Pick<Stack, "steps" | "covered">, values: readonly (number | null)[]): (number | null)[] {
  return values.map((value, index) => {
    const step = steps[index];
    if (value === null || step === undefined || covered[index] !== true) return null;
    return (value * 3600) / (step.endUtcMs - step.startUtcMs);
  });
}
