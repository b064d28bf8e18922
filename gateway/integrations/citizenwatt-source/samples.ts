/**
 * Energy of power samples, honestly: only between two samples that follow each other closely; a gap stays one. Pure.
 * @module
 */
import type { ExternalInterval } from "#gateway/store/external.ts";

export interface Sample {
  utcMs: number;
  /** Whole mW, not negative. */
  powerMw: number;
}

/** Samples further apart than this say nothing about the time between them; CitizenWatt's sensors send every 8 s. */
export const MAX_GAP_MS = 30_000;
const MINUTE_MS = 60_000;
/** 1 mWh is 3.6 × 10⁶ mW·ms; half the sum of two powers makes twice that. */
const HALF_MW_MS_PER_MWH = 7_200_000;

/**
 * Intervals of about a minute: neighbouring pairs of samples are joined while they begin in the same one. What lies between two samples is
 * half the sum of their powers; each joined interval is rounded to whole mWh once.
 * @param samples ascending; those of the same time as the one before are left out.
 * @param isOpen whether more samples may follow the last one: the interval that it ends may still grow, and is left for later then.
 */
export function intervalsOf(samples: readonly Sample[], isOpen: boolean): ExternalInterval[] {
  const joined: { startUtcMs: number; endUtcMs: number; halfMwMs: number }[] = [];
  let before: Sample | undefined;
  let isLastEnded = !isOpen;
  for (const sample of samples) {
    if (before !== undefined && sample.utcMs <= before.utcMs) continue;
    if (before !== undefined && sample.utcMs - before.utcMs <= MAX_GAP_MS) {
      const halfMwMs = (before.powerMw + sample.powerMw) * (sample.utcMs - before.utcMs);
      const last = joined.at(-1);
      const goesOn = last?.endUtcMs === before.utcMs && Math.floor(last.startUtcMs / MINUTE_MS) === Math.floor(before.utcMs / MINUTE_MS);
      if (last !== undefined && goesOn) {
        last.halfMwMs += halfMwMs;
        last.endUtcMs = sample.utcMs;
      } else joined.push({ startUtcMs: before.utcMs, endUtcMs: sample.utcMs, halfMwMs });
    }
    before = sample;
  }
  const last = joined.at(-1);
  // A sample behind the last interval that does not go on with it shows that it will not grow.
  if (before !== undefined && last !== undefined && before.utcMs > last.endUtcMs) isLastEnded = true;
  const complete = isLastEnded ? joined : joined.slice(0, -1);
  return complete.map(({ halfMwMs, ...bounds }) => ({ ...bounds, energyMwh: Math.round(halfMwMs / HALF_MW_MS_PER_MWH) }));
}
