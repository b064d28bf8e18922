/**
 * What the store keeps of energy that no board of ours metered: read from another installation, imported, or typed in. It is in tables of
 * its own, which nothing that settles reads.
 * @module
 */

/** Where a series comes from: another installation that is polled, a file, or somebody's hand. */
export type ExternalOrigin = "citizenwatt" | "imported" | "manual";

export type ExternalKind = "consumption" | "production";

/** A meter that is not ours. */
export interface ExternalSeries {
  /** Chosen by whoever adds it; 1 to 64 of A–Z, a–z, 0–9, `_` and `-`. */
  seriesId: string;
  origin: ExternalOrigin;
  kind: ExternalKind;
  name: string;
}

/** What a series has. */
export interface ExternalSummary extends ExternalSeries {
  intervals: number;
  energyMwh: number;
  /** Begin of the oldest and end of the newest interval, UTC ms; null when there is none. */
  fromUtcMs: number | null;
  toUtcMs: number | null;
}

/** Energy within some time: whole mWh, not negative. Times that no interval covers are unknown. */
export interface ExternalInterval {
  startUtcMs: number;
  endUtcMs: number;
  energyMwh: number;
}

/** What became of each interval: stored, there already just so, or in conflict with another one's time. */
export type ExternalOutcome = "stored" | "duplicate" | "overlapping";

export interface ExternalStore {
  /** Adds a series, or changes the name of one. Rejects when it is there with another origin or kind. */
  putExternalSeries(series: ExternalSeries): Promise<void>;
  /** By origin and name. */
  externalSeries(): Promise<ExternalSummary[]>;
  /**
   * Adds intervals to a series in one transaction; outcomes in their order. One that overlaps another is left out: no moment is counted
   * twice. Rejects, with nothing stored, when the series is unknown, or an interval ends before it begins.
   */
  addExternal(seriesId: string, intervals: ExternalInterval[]): Promise<ExternalOutcome[]>;
  /** Intervals that overlap the time from `fromUtcMs` up to, not including, `toUtcMs`, in order; `limit` at most. */
  externalIntervals(query: { seriesId: string; fromUtcMs: number; toUtcMs: number; limit: number }): Promise<ExternalInterval[]>;
  /** Deletes a series with all it has. @returns whether there was one. */
  deleteExternalSeries(seriesId: string): Promise<boolean>;

  /**
   * The numbers by which other programs know things that we name otherwise, from 1 within each `space`. A key that has none yet gets the
   * next one; it is never given to another key.
   */
  externalNumbers(space: string, keys: string[]): Promise<number[]>;
}

/** Its methods by name, for the caller of the database thread. */
export const EXTERNAL_METHODS: Record<keyof ExternalStore, true> = {
  putExternalSeries: true,
  externalSeries: true,
  addExternal: true,
  externalIntervals: true,
  deleteExternalSeries: true,
  externalNumbers: true,
};
