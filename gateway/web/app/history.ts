/**
 * The last minutes of every meter's power, and the line drawn of them. Pure.
 * @module
 */
import type { Reading } from "#gateway/api/schemas/records.ts";

export interface Sample {
  utcMs: number;
  powerMw: number;
}

/** Samples by meter, ascending by time. A map is never changed, only replaced. */
export type History = ReadonlyMap<string, readonly Sample[]>;

/** What is kept and drawn. */
export const WINDOW_MS = 120_000;

/** Samples further apart than this many usual distances have a gap between them. */
const GAP_DISTANCES = 3.5;

export function meterKey(boardId: string, meter: number): string {
  return `${boardId}-${meter}`;
}

function insert(samples: readonly Sample[], sample: Sample): Sample[] {
  const newest = samples.at(-1);
  if (newest === undefined || sample.utcMs > newest.utcMs) return [...samples, sample];
  // Late or repeated: rare, so sorting is fine.
  const others = samples.filter(({ utcMs }) => utcMs !== sample.utcMs);
  return [...others, sample].sort((a, b) => a.utcMs - b.utcMs);
}

/** The history with a reading added and what is older than the window before it dropped. A reading without UTC has no place in it. */
export function withReading(history: History, reading: Reading): History {
  if (reading.endUtcMs === null) return history;
  const key = meterKey(reading.boardId, reading.meter);
  const samples = insert(history.get(key) ?? [], { utcMs: reading.endUtcMs, powerMw: reading.powerMw });
  const oldestMs = (samples.at(-1)?.utcMs ?? 0) - WINDOW_MS;
  return new Map(history).set(
    key,
    samples.filter(({ utcMs }) => utcMs >= oldestMs),
  );
}

/** The usual distance of two samples: the median. */
function usualDistance(samples: readonly Sample[]): number {
  const distances = samples.slice(1).map(({ utcMs }, index) => utcMs - (samples[index]?.utcMs ?? utcMs));
  return distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)] ?? Infinity;
}

/** A line in a box of `width` × `height`. */
export interface Sparkline {
  /** SVG path; a gap in the data is a gap in the line. */
  line: string;
  /** The same with the area between line and zero closed. */
  area: string;
  zeroY: number;
  lowMw: number;
  highMw: number;
}

/** Least height of the scale, so that noise around nothing stays a flat line. */
const MIN_SPAN_MW = 500;
const MARGIN = 2;

/** Draws the samples of the window that ends at `nowMs`; null when there is none. Zero is always on the scale. */
export function sparkline(samples: readonly Sample[], nowMs: number, width: number, height: number): Sparkline | null {
  const shown = samples.filter(({ utcMs }) => utcMs > nowMs - WINDOW_MS);
  if (shown.length === 0) return null;
  const powers = shown.map(({ powerMw }) => powerMw);
  const lowMw = Math.min(...powers);
  const highMw = Math.max(...powers);
  const bottom = Math.min(0, lowMw);
  const span = Math.max(MIN_SPAN_MW, Math.max(0, highMw) - bottom);
  const x = (utcMs: number) => (width * (1 - (nowMs - utcMs) / WINDOW_MS)).toFixed(1);
  const y = (powerMw: number) => (MARGIN + (height - 2 * MARGIN) * (1 - (powerMw - bottom) / span)).toFixed(1);
  const zeroY = Number(y(0));

  const gapMs = GAP_DISTANCES * usualDistance(shown);
  const runs: Sample[][] = [];
  for (const [index, sample] of shown.entries()) {
    const before = shown[index - 1];
    if (before === undefined || sample.utcMs - before.utcMs > gapMs) runs.push([]);
    runs.at(-1)?.push(sample);
  }
  const path = (run: readonly Sample[]) => run.map(({ utcMs, powerMw }) => `${x(utcMs)} ${y(powerMw)}`).join("L");
  const ends = (run: readonly Sample[]) => [x(run[0]?.utcMs ?? nowMs), x(run.at(-1)?.utcMs ?? nowMs)];
  return {
    line: runs.map((run) => `M${path(run)}`).join(""),
    area: runs.map((run) => `M${ends(run)[0]} ${zeroY}L${path(run)}L${ends(run)[1]} ${zeroY}Z`).join(""),
    zeroY,
    lowMw,
    highMw,
  };
}
