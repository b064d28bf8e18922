/**
 * Drops what the settings no longer keep, oldest first: packed readings, and minute rollups.
 * @module
 */
import type { Database } from "better-sqlite3";
import type { StoreSettings } from "../history.ts";
import { RESOLUTIONS, compareKeys, isPlaced } from "../rollup.ts";
import type { BlockRow, Blocks } from "./blocks.ts";
import type { KeyRow, ReadingRow } from "./rows.ts";

const DAY_MS = 86_400_000;
/** Bounds a step. */
const BLOCKS_IN_STEP = 16;
const MINUTE = RESOLUTIONS.indexOf("minute");

function monthsBefore(utcMs: number, months: number): number {
  const date = new Date(utcMs);
  return date.setUTCMonth(date.getUTCMonth() - months);
}

export function createRetention(database: Database, blocks: Blocks) {
  const selectBoards = database.prepare<[], number>("SELECT board FROM board").pluck();
  const hasRowUpTo = database.prepare("SELECT 1 FROM reading WHERE board = ? AND (boot, sequence) <= (?, ?) LIMIT 1");
  const setDropped = database.prepare("INSERT OR REPLACE INTO dropped VALUES (?, ?, ?)");
  const setMeter = database.prepare(
    `INSERT INTO dropped_meter VALUES (:board, :meter, :boot, :sequence, :endUtcMs, :importMwh, :exportMwh)
     ON CONFLICT DO UPDATE SET boot = excluded.boot, sequence = excluded.sequence, end_utc_ms = excluded.end_utc_ms,
       import_mwh = excluded.import_mwh, export_mwh = excluded.export_mwh`,
  );
  const selectDropped = database.prepare<[number], KeyRow>("SELECT board, boot, sequence FROM dropped WHERE board = ?");
  const selectMeters = database.prepare<[], [number, number]>("SELECT board, meter FROM rolled_up").raw();
  const oldestMinute = database
    .prepare<[number, number, number], number | null>(
      "SELECT min(start_utc_ms) FROM rollup WHERE board = ? AND meter = ? AND resolution = ?",
    )
    .pluck();
  const deleteMinutes = database.prepare("DELETE FROM rollup WHERE board = ? AND meter = ? AND resolution = ? AND start_utc_ms < ?");

  /** A board's first block, when it may go: nothing older is unpacked, since what is dropped must be the oldest by number. */
  function firstOld(board: number, cutoffUtcMs: number): BlockRow | null {
    const block = blocks.after({ board, boot: -1, sequence: 0 });
    if (block === undefined) return null;
    // A block without times is as old as the one after it.
    const next = blocks.after({ board, boot: block.firstBoot, sequence: block.firstSequence });
    if ((block.toUtcMs ?? next?.toUtcMs ?? Infinity) >= cutoffUtcMs) return null;
    return hasRowUpTo.get(board, block.lastBoot, block.lastSequence) === undefined ? block : null;
  }

  function drop(block: BlockRow): void {
    const newest = new Map<number, ReadingRow>();
    for (const reading of blocks.open(block.id)) if (isPlaced(reading.endUtcMs)) newest.set(reading.meter, reading);
    for (const { board, meter, boot, sequence, endUtcMs, importMwh, exportMwh } of newest.values()) {
      setMeter.run({ board, meter, boot, sequence, endUtcMs, importMwh, exportMwh });
    }
    setDropped.run(block.board, block.lastBoot, block.lastSequence);
    blocks.remove(block.id);
  }

  const dropReadings = database.transaction((cutoffUtcMs: number): number => {
    let dropped = 0;
    for (const board of selectBoards.all()) {
      for (let count = 0; count < BLOCKS_IN_STEP; count++) {
        const block = firstOld(board, cutoffUtcMs);
        if (block === null) break;
        drop(block);
        dropped += block.readings;
      }
    }
    return dropped;
  });

  return {
    /** Whether a reading, if it ever was stored, has been dropped. */
    isDropped(key: KeyRow): boolean {
      const last = selectDropped.get(key.board);
      return last !== undefined && compareKeys(key, last) <= 0;
    },

    /** Drops some blocks; gives how many readings were in them. */
    dropReadings(nowUtcMs: number, { keepReadingsMonths }: Pick<StoreSettings, "keepReadingsMonths">): number {
      return keepReadingsMonths === null ? 0 : dropReadings.immediate(monthsBefore(nowUtcMs, keepReadingsMonths));
    },

    /** Since when minutes are to be kept from now on: a day further at most, which bounds what {@link dropMinutes} does. */
    minutesFrom(nowUtcMs: number, fromUtcMs: number, { keepMinutesDays }: Pick<StoreSettings, "keepMinutesDays">): number {
      if (keepMinutesDays === null) return fromUtcMs;
      const targetUtcMs = Math.floor(nowUtcMs / DAY_MS - keepMinutesDays) * DAY_MS;
      const oldest = selectMeters.all().map(([board, meter]) => oldestMinute.get(board, meter, MINUTE) ?? Infinity);
      const leastUtcMs = Math.min(Infinity, ...oldest);
      return Math.max(fromUtcMs, Math.min(targetUtcMs, Math.floor(leastUtcMs / DAY_MS + 1) * DAY_MS));
    },

    /** Drops the minutes before a time; gives how many. */
    dropMinutes(fromUtcMs: number): number {
      return selectMeters.all().reduce((sum, [board, meter]) => sum + deleteMinutes.run(board, meter, MINUTE, fromUtcMs).changes, 0);
    },
  };
}

export type Retention = ReturnType<typeof createRetention>;
