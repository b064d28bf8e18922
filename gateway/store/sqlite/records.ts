/**
 * Looks records up.
 * @module
 */
import type { Database, Statement } from "better-sqlite3";
import type { Counters } from "#firmware/wire/records.ts";
import type { ReadingQuery, StoredCheckpoint } from "../store.ts";
import { CHECKPOINT_COLUMNS, EVENT_COLUMNS, READING_COLUMNS, boardNumber, eventOf, keyOf, readingOf } from "./rows.ts";
import type { CheckpointRow, EventRow, ReadingRow } from "./rows.ts";
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

/** The conditions that a query states, and their values. */
function readingConditions(query: ReadingQuery): { where: string; values: number[] } {
  const conditions: [string, ...number[]][] = [["end_utc_ms IS NOT NULL"]];
  if (query.boardId !== undefined) {
    // The plus keeps SQLite from fetching and sorting a whole board where the index by time gives one page in order.
    conditions.push([query.meter === undefined ? "+board = ?" : "board = ?", boardNumber(query.boardId)]);
  }
  if (query.meter !== undefined) conditions.push(["meter = ?", query.meter]);
  if (query.fromUtcMs !== undefined) conditions.push(["end_utc_ms >= ?", query.fromUtcMs]);
  if (query.toUtcMs !== undefined) conditions.push(["end_utc_ms < ?", query.toUtcMs]);
  if (query.after !== undefined) {
    const { endUtcMs, key } = query.after;
    conditions.push(["(end_utc_ms, board, boot, sequence) > (?, ?, ?, ?)", endUtcMs, boardNumber(key.boardId), key.boot, key.sequence]);
  }
  return { where: conditions.map(([text]) => text).join(" AND "), values: conditions.flatMap(([, ...values]) => values) };
}

export function createRecords(database: Database): Pick<SynchronousStore, Lookups> {
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
      const sql = `SELECT ${READING_COLUMNS} FROM reading WHERE board = ? AND boot = ? AND sequence = ?`;
      return select<ReadingRow>(sql, boardNumber(boardId), boot, sequence).map(readingOf)[0] ?? null;
    },

    readings(query) {
      const { where, values } = readingConditions(query);
      const sql = `SELECT ${READING_COLUMNS} FROM reading WHERE ${where} ORDER BY end_utc_ms, board, boot, sequence LIMIT ?`;
      return select<ReadingRow>(sql, ...values, query.limit).map(readingOf);
    },

    latest() {
      const readings = `SELECT ${READING_COLUMNS} FROM newest_reading JOIN reading USING (board, boot, sequence, meter)
        ORDER BY board, meter`;
      const events = `SELECT ${EVENT_COLUMNS} FROM board JOIN event USING (board) WHERE (boot, sequence) =
        (SELECT boot, sequence FROM event WHERE event.board = board.board ORDER BY boot DESC, sequence DESC LIMIT 1) ORDER BY board`;
      return { readings: select<ReadingRow>(readings).map(readingOf), events: select<EventRow>(events).map(eventOf) };
    },

    events({ boardId, limit }) {
      const ofBoard = `SELECT ${EVENT_COLUMNS} FROM event WHERE board = ? ORDER BY boot DESC, sequence DESC LIMIT ?`;
      const ofAll = `SELECT ${EVENT_COLUMNS} FROM event ORDER BY utc_ms DESC, board DESC, boot DESC, sequence DESC LIMIT ?`;
      const rows = boardId === undefined ? select<EventRow>(ofAll, limit) : select<EventRow>(ofBoard, boardNumber(boardId), limit);
      return rows.map(eventOf);
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
      // Left to itself SQLite takes the index by time, and walks through all that ever was batched.
      const sql = `SELECT ${READING_COLUMNS} FROM reading INDEXED BY reading_unbatched
        WHERE batch IS NULL AND end_utc_ms IS NOT NULL AND end_utc_ms <= ? ORDER BY board, boot, sequence LIMIT ?`;
      return select<ReadingRow>(sql, untilUtcMs, limit).map(readingOf);
    },

    unbatchedCheckpoints(limit) {
      const sql = `SELECT ${CHECKPOINT_COLUMNS} FROM checkpoint WHERE batch IS NULL AND slot IS NOT NULL
        ORDER BY slot, board, boot, sequence LIMIT ?`;
      return select<CheckpointRow>(sql, limit).map(checkpointOf);
    },

    batchReadings(number) {
      return select<ReadingRow>(`SELECT ${READING_COLUMNS} FROM reading WHERE batch = ? ORDER BY leaf`, number).map(readingOf);
    },
  };
}
