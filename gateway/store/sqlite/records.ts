/**
 * Looks records up.
 * @module
 */
import type { Database, Statement } from "better-sqlite3";
import type { Counters } from "#firmware/wire/records.ts";
import type { StoredCheckpoint } from "../store.ts";
import type { Readings } from "./readings.ts";
import { CHECKPOINT_COLUMNS, EVENT_COLUMNS, READING_COLUMNS, boardNumber, eventOf, keyOf, readingOf } from "./rows.ts";
import type { CheckpointRow, EventRow, KeyRow, ReadingRow } from "./rows.ts";
import type { SynchronousStore } from "./synchronous.ts";

type Lookups =
  | "reading"
  | "readings"
  | "latest"
  | "events"
  | "checkpoints"
  | "unbatchedReadings"
  | "unbatchedCheckpoints"
  | "batchReadings";

export function createRecords(database: Database, readings: Readings): Pick<SynchronousStore, Lookups> {
  /** By SQL text; the texts differ by which conditions a query states, so they are few. */
  const prepared = new Map<string, Statement>();
  function select<Row>(sql: string, ...values: unknown[]): Row[] {
    const statement = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, statement);
    // The caller names the row type that its own column list gives.
    return statement.all(...values) as Row[];
  }

  const selectCounters = database.prepare<[number, number, number], Counters>(
    `SELECT import_mwh AS importMwh, export_mwh AS exportMwh FROM checkpoint_counter
     WHERE board = ? AND boot = ? AND sequence = ? ORDER BY meter`,
  );

  function checkpointOf(row: CheckpointRow): StoredCheckpoint {
    const { uptimeMs, utcMs, slot, flags, batch } = row;
    const meters = selectCounters.all(row.board, row.boot, row.sequence);
    return { kind: "checkpoint", ...keyOf(row), uptimeMs, utcMs, slot, flags, meters, batch };
  }

  return {
    reading({ boardId, boot, sequence }) {
      const row = readings.find({ board: boardNumber(boardId), boot, sequence });
      return row === null ? null : readingOf(row);
    },

    readings: (query) => readings.list(query).map(readingOf),

    latest() {
      const newest = select<KeyRow>("SELECT board, boot, sequence FROM newest_reading ORDER BY board, meter");
      const events = `SELECT ${EVENT_COLUMNS} FROM board JOIN event USING (board) WHERE (boot, sequence) =
        (SELECT boot, sequence FROM event WHERE event.board = board.board ORDER BY boot DESC, sequence DESC LIMIT 1) ORDER BY board`;
      return {
        readings: newest.flatMap((key) => readings.find(key) ?? []).map(readingOf),
        events: select<EventRow>(events).map(eventOf),
      };
    },

    events({ boardId, before, limit }) {
      const place = before === undefined ? [] : [boardNumber(before.key.boardId), before.key.boot, before.key.sequence];
      if (boardId !== undefined) {
        const behind = before === undefined ? "" : "AND (board, boot, sequence) < (?, ?, ?)";
        const sql = `SELECT ${EVENT_COLUMNS} FROM event WHERE board = ? ${behind} ORDER BY boot DESC, sequence DESC LIMIT ?`;
        return select<EventRow>(sql, boardNumber(boardId), ...place, limit).map(eventOf);
      }
      // Those without a time come last: SQLite sorts NULL before every number.
      const time = typeof before?.utcMs === "number" ? [before.utcMs] : [];
      const later = time.length > 0 ? "utc_ms IS NULL OR (utc_ms, board, boot, sequence) < (?, ?, ?, ?)" : "utc_ms IS NULL AND (board, boot, sequence) < (?, ?, ?)";
      const sql = `SELECT ${EVENT_COLUMNS} FROM event WHERE ${before === undefined ? "TRUE" : later}
        ORDER BY utc_ms DESC, board DESC, boot DESC, sequence DESC LIMIT ?`;
      return select<EventRow>(sql, ...time, ...place, limit).map(eventOf);
    },

    checkpoints({ boardId, fromSlot, limit }) {
      const conditions = ["TRUE"];
      const values: number[] = [];
      if (fromSlot !== undefined) {
        conditions.push("(slot IS NULL) = 0 AND slot >= ?");
        values.push(fromSlot);
      }
      if (boardId !== undefined) {
        conditions.push("board = ?");
        values.push(boardNumber(boardId));
      }
      const where = conditions.join(" AND ");
      const sql = `SELECT ${CHECKPOINT_COLUMNS} FROM checkpoint WHERE ${where} ORDER BY slot IS NULL, slot, board, boot, sequence LIMIT ?`;
      return select<CheckpointRow>(sql, ...values, limit).map(checkpointOf);
    },

    unbatchedReadings(untilUtcMs, limit) {
      // Left to itself SQLite walks through the table, and all that ever was batched.
      const sql = `SELECT ${READING_COLUMNS} FROM reading INDEXED BY reading_unbatched
        WHERE batch IS NULL AND end_utc_ms IS NOT NULL AND end_utc_ms <= ? ORDER BY board, boot, sequence LIMIT ?`;
      return select<ReadingRow>(sql, untilUtcMs, limit).map(readingOf);
    },

    unbatchedCheckpoints(limit) {
      const sql = `SELECT ${CHECKPOINT_COLUMNS} FROM checkpoint WHERE batch IS NULL AND slot IS NOT NULL
        ORDER BY slot, board, boot, sequence LIMIT ?`;
      return select<CheckpointRow>(sql, limit).map(checkpointOf);
    },

    batchReadings: (number) => readings.ofBatch(number).map(readingOf),
  };
}
