/**
 * What the store holds, and how much room is left for more.
 * @module
 */
import { statSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import type { Database } from "better-sqlite3";
import type { StorageStatus, StoreSettings } from "../history.ts";

type Limits = Pick<StoreSettings, "lowDiskBytes" | "fullDiskBytes">;

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

export function createStorage(database: Database, limits: () => Limits) {
  const folder = dirname(database.name);
  const count = (sql: string) => database.prepare<[], number>(sql).pluck();
  const counts = {
    rows: count("SELECT count(*) FROM reading"),
    packedReadings: count("SELECT ifnull(sum(readings), 0) FROM block"),
    events: count("SELECT count(*) FROM event"),
    checkpoints: count("SELECT count(*) FROM checkpoint"),
    batches: count("SELECT count(*) FROM batch"),
  };
  const ofMeter = (extreme: "min" | "max"): string =>
    `(SELECT ${extreme}(end_utc_ms) FROM reading WHERE board = newest_reading.board AND meter = newest_reading.meter)`;
  const selectTimes = database
    .prepare<[], [number | null, number | null]>(
      `SELECT min(oldest), max(newest) FROM (
         SELECT ${ofMeter("min")} AS oldest, ${ofMeter("max")} AS newest FROM newest_reading
         UNION ALL SELECT min(from_utc_ms), max(to_utc_ms) FROM block)`,
    )
    .raw();

  function room(): Pick<StorageStatus, "freeBytes" | "state"> {
    const { bavail, bsize } = statfsSync(folder);
    const freeBytes = bavail * bsize;
    const { lowDiskBytes, fullDiskBytes } = limits();
    return { freeBytes, state: freeBytes < fullDiskBytes ? "full" : freeBytes < lowDiskBytes ? "low" : "ok" };
  }

  return {
    /** Throws when the disk is as good as full: the rest is for the outbox, for backups, and for making room. */
    assertRoom(): void {
      const { freeBytes, state } = room();
      if (state !== "full") return;
      const left = `${Math.floor(freeBytes / 1e6)} MB are left on the disk of ${folder}`;
      throw new Error(`store: ${left}; make room there, or keep readings for less time (keepReadingsMonths)`);
    },

    status(): StorageStatus {
      const { rows, ...others } = counts;
      const packedReadings = others.packedReadings.get() ?? 0;
      const [oldestReadingUtcMs, newestReadingUtcMs] = selectTimes.get() ?? [null, null];
      return {
        databaseBytes: sizeOf(database.name) + sizeOf(`${database.name}-wal`),
        ...room(),
        readings: (rows.get() ?? 0) + packedReadings,
        packedReadings,
        events: others.events.get() ?? 0,
        checkpoints: others.checkpoints.get() ?? 0,
        batches: others.batches.get() ?? 0,
        oldestReadingUtcMs,
        newestReadingUtcMs,
      };
    },
  };
}
