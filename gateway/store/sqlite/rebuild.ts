/**
 * Makes rollups that are missing: all of them in a store that had none, days and months in one whose time zone was changed.
 * @module
 */
import type { Database } from "better-sqlite3";
import type { Calendar } from "../calendar.ts";
import type { Resolution } from "../history.ts";
import { RESOLUTIONS, emptyBin, emptyBins, mergeBin } from "../rollup.ts";
import { BIN_COLUMNS } from "./rollups.ts";
import type { BinRow, Rollups } from "./rollups.ts";
import { READING_COLUMNS, readingOf } from "./rows.ts";
import type { ReadingRow } from "./rows.ts";

/** Readings rolled up together: bounds memory, not time. */
const READINGS_IN_PART = 10_000;

/** Rolls up every reading of a store that has no rollups and no blocks yet. Call it within a transaction. */
export function rollUpAll(database: Database, rollups: Rollups): void {
  const select = database.prepare<[number, number, number, number], ReadingRow>(
    `SELECT ${READING_COLUMNS} FROM reading WHERE (board, boot, sequence) > (?, ?, ?) ORDER BY board, boot, sequence LIMIT ?`,
  );
  let last: Pick<ReadingRow, "board" | "boot" | "sequence"> | undefined = { board: -1, boot: 0, sequence: 0 };
  while (last !== undefined) {
    const rows = select.all(last.board, last.boot, last.sequence, READINGS_IN_PART);
    rollups.rollUp(rows.map(readingOf));
    last = rows.at(-1);
  }
}

/** Replaces days and months by those of a calendar, added up from quarter-hours. Call it within a transaction. */
export function rebuildDays(database: Database, rollups: Rollups, calendar: Calendar): void {
  const rank = (resolution: Resolution): number => RESOLUTIONS.indexOf(resolution);
  database.prepare("DELETE FROM rollup WHERE resolution IN (?, ?)").run(rank("day"), rank("month"));
  const select = database.prepare<[number, number, number], BinRow>(
    `SELECT ${BIN_COLUMNS} FROM rollup WHERE board = ? AND meter = ? AND resolution = ? ORDER BY start_utc_ms`,
  );
  const meters = database.prepare<[], { board: number; meter: number }>("SELECT board, meter FROM rolled_up").all();
  for (const { board, meter } of meters) {
    const bins = emptyBins();
    for (const quarter of select.all(board, meter, rank("quarter"))) {
      for (const unit of ["day", "month"] as const) {
        const startUtcMs = calendar.start(unit, quarter.startUtcMs);
        const bin = bins[unit].get(startUtcMs) ?? emptyBin();
        bins[unit].set(startUtcMs, bin);
        mergeBin(bin, quarter);
      }
    }
    rollups.save({ board, meter }, bins);
  }
}
