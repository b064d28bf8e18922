/**
 * What the store makes of readings as time goes by: rollups for charts and bills, packed blocks, and room on the disk.
 * @module
 */

/** Lengths of a rollup's bins. Minutes and quarter-hours lie on UTC, days and months in the store's time zone (23 h and 25 h days too). */
export type Resolution = "minute" | "quarter" | "day" | "month";

/** Periods of an energy table, in its time zone. A week begins on Monday (ISO 8601). */
export type Period = "day" | "week" | "month" | "year";

/** A meter of a board. */
export interface MeterKey {
  boardId: string;
  meter: number;
}

/** Bins that overlap the time from `fromUtcMs` up to, not including, `toUtcMs`. */
export interface SeriesQuery {
  meters: MeterKey[];
  fromUtcMs: number;
  toUtcMs: number;
  resolution: Resolution;
}

/** Most bins of a series, and most periods of an energy table: a month of minutes, a year of quarter-hours. */
export const MAX_BINS = 45_000;

/** Values of one meter, one per bin. Null where nothing is known. */
export interface MeterSeries extends MeterKey {
  /** Energy by the meter's counters, mWh; a bin that readings do not cover has the part of the gap's energy that falls to it by time. */
  importMwh: (number | null)[];
  exportMwh: (number | null)[];
  /** Of both: how much of it was spread over a gap. */
  estimatedMwh: number[];
  /** Time that readings cover: 0 in a gap. */
  coveredMs: number[];
  /** Mean, least and greatest power of the readings that end in the bin (mean current × voltage), mW; positive is import. Null in a gap. */
  powerMw: (number | null)[];
  minPowerMw: (number | null)[];
  maxPowerMw: (number | null)[];
  /** Mean voltage. */
  voltageMv: (number | null)[];
  /** Battery charge at the bin's last reading; null on other meters. */
  chargePermille: (number | null)[];
  /** Readings that end in the bin; one that ends on an edge belongs to the bin before. */
  readings: number[];
}

export interface Series {
  /** As asked; or `quarter` for `minute` when the minutes of that time are no longer kept. */
  resolution: Resolution;
  timeZone: string;
  /** Starts of all bins in order, without holes, and the end of the last one: one number more than there are bins. UTC ms. */
  edgesUtcMs: number[];
  /** In the order asked. */
  meters: MeterSeries[];
}

/** Whole periods that overlap the time from `fromUtcMs` up to, not including, `toUtcMs`. */
export interface EnergyQuery {
  meters: MeterKey[];
  fromUtcMs: number;
  toUtcMs: number;
  by: Period;
  /** IANA name; default: the store's. Any other is added up from quarter-hours, which takes longer. */
  timeZone?: string;
}

/** Energy of one meter, one value per period, as in {@link MeterSeries}. */
export type MeterEnergy = Pick<MeterSeries, "boardId" | "meter" | "importMwh" | "exportMwh" | "estimatedMwh" | "coveredMs">;

export interface EnergyTable {
  by: Period;
  timeZone: string;
  /** Starts of all periods, and the end of the last one. UTC ms. */
  edgesUtcMs: number[];
  /** First day of each period in the time zone, such as "2026-11-22". */
  dates: string[];
  meters: MeterEnergy[];
}

/** How the store keeps what it has; kept in the store itself. */
export interface StoreSettings {
  /** IANA time zone of days and months. Changing it rolls all days and months up anew. */
  timeZone: string;
  /** Readings older than this are packed once their batch is final. */
  packAfterDays: number;
  /** Readings in no batch are packed when they are older than this, and then no longer committed: weeks without a chain are within. */
  packUnbatchedAfterDays: number;
  /** Packed readings older than this are dropped; null keeps them for ever. Their rollups stay, but nothing can prove them any more. */
  keepReadingsMonths: number | null;
  /** Minute rollups older than this are dropped; null keeps them for ever. */
  keepMinutesDays: number | null;
  /** Free space below which `storage` says `low`, and below which it says `full` and frames are refused. */
  lowDiskBytes: number;
  fullDiskBytes: number;
}

export interface StorageStatus {
  /** Database and its log. */
  databaseBytes: number;
  /** Free for the gateway on that disk. */
  freeBytes: number;
  /** `full`: frames are refused (their boards keep them and send them again), all else still works. */
  state: "ok" | "low" | "full";
  readings: number;
  /** Of them: packed. */
  packedReadings: number;
  events: number;
  checkpoints: number;
  batches: number;
  /** Of the readings with a known time. */
  oldestReadingUtcMs: number | null;
  newestReadingUtcMs: number | null;
}

/** What one step of tidying did. */
export interface TidyStep {
  packedReadings: number;
  droppedReadings: number;
  droppedMinutes: number;
  /** Whether another step would find work now. */
  more: boolean;
}

export interface HistoryStore {
  /**
   * Rollups for a chart.
   * @throws when it has more than {@link MAX_BINS} bins.
   */
  series(query: SeriesQuery): Promise<Series>;
  /**
   * Energy by day, week, month or year.
   * @throws when it has more than {@link MAX_BINS} periods, or the time zone is unknown.
   */
  energy(query: EnergyQuery): Promise<EnergyTable>;

  storeSettings(): Promise<StoreSettings>;
  /** @throws with the field and what was expected; nothing is changed then. */
  changeStoreSettings(change: Partial<StoreSettings>): Promise<StoreSettings>;

  storage(): Promise<StorageStatus>;
  /**
   * Does one bounded step of what can wait: packs old readings, drops what the settings no longer keep. `keeper.ts` calls it between
   * frames.
   */
  tidy(nowUtcMs: number): Promise<TidyStep>;
  /** Checks the whole store, which may take seconds. Gives what is wrong, one line each; none when it is sound. */
  checkIntegrity(): Promise<string[]>;
}

/** Its methods by name, for the caller of the database thread. */
export const HISTORY_METHODS: Record<keyof HistoryStore, true> = {
  series: true,
  energy: true,
  storeSettings: true,
  changeStoreSettings: true,
  storage: true,
  tidy: true,
  checkIntegrity: true,
};
