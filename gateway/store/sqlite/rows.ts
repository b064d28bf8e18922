/**
 * Rows of the tables, and how they become what the interface speaks of.
 * @module
 */
import type { BoardEvent } from "#firmware/wire/records.ts";
import type { BatchWithTransaction, OutboxTransaction, RecordKey, StoredEvent, StoredReading } from "../store.ts";

/** The board's EUI-48 as a number. Throws when it is not written as 12 lower-case hex digits. */
export function boardNumber(boardId: string): number {
  if (!/^[0-9a-f]{12}$/.test(boardId)) throw new Error(`store: "${boardId}" is no board id (12 lower-case hex digits)`);
  return Number.parseInt(boardId, 16);
}

export function boardIdOf(board: number): string {
  return board.toString(16).padStart(12, "0");
}

export interface KeyRow {
  board: number;
  boot: number;
  sequence: number;
}

export function keyOf(row: KeyRow): RecordKey {
  return { boardId: boardIdOf(row.board), boot: row.boot, sequence: row.sequence };
}

export interface ReadingRow extends KeyRow {
  meter: number;
  uptimeMs: number;
  endUtcMs: number | null;
  currentMa: number;
  minCurrentMa: number;
  maxCurrentMa: number;
  voltageMv: number;
  importMwh: number;
  exportMwh: number;
  relays: number;
  flags: number;
  chargePermille: number | null;
  batch: number | null;
  leaf: number | null;
}

export const READING_COLUMNS = `board, boot, sequence, meter, uptime_ms AS uptimeMs, end_utc_ms AS endUtcMs, current_ma AS currentMa,
  min_current_ma AS minCurrentMa, max_current_ma AS maxCurrentMa, voltage_mv AS voltageMv, import_mwh AS importMwh,
  export_mwh AS exportMwh, relays, flags, charge_permille AS chargePermille, batch, leaf`;

export function readingOf({ board, chargePermille, ...row }: ReadingRow): StoredReading {
  const reading: StoredReading = { kind: "reading", boardId: boardIdOf(board), ...row };
  if (chargePermille !== null) reading.chargePermille = chargePermille;
  return reading;
}

export interface EventRow extends KeyRow {
  uptimeMs: number;
  utcMs: number | null;
  cause: BoardEvent["cause"];
  source: BoardEvent["source"];
  value: number;
  limit: number;
}

export const EVENT_COLUMNS = `board, boot, sequence, uptime_ms AS uptimeMs, utc_ms AS utcMs, cause, source, value, limit_value AS "limit"`;

export function eventOf({ board, ...row }: EventRow): StoredEvent {
  return { kind: "event", boardId: boardIdOf(board), ...row };
}

export interface CheckpointRow extends KeyRow {
  uptimeMs: number;
  utcMs: number | null;
  slot: number | null;
  flags: number;
  batch: number | null;
}

export const CHECKPOINT_COLUMNS = "board, boot, sequence, uptime_ms AS uptimeMs, utc_ms AS utcMs, slot, flags, batch";

export interface BatchRow extends Omit<OutboxTransaction, "subject" | "createdUtcMs"> {
  number: number;
  root: string;
  readingCount: number;
  fromUtcMs: number;
  toUtcMs: number;
  slot: number;
  createdUtcMs: number;
  signedUtcMs: number;
}

export const BATCH_COLUMNS = `number, root, reading_count AS readingCount, from_utc_ms AS fromUtcMs, to_utc_ms AS toUtcMs, slot,
  batch.created_utc_ms AS createdUtcMs, id, kind, nonce, raw, hash, state, block_number AS blockNumber, block_hash AS blockHash,
  outbox.created_utc_ms AS signedUtcMs`;

export function batchOf(row: BatchRow): BatchWithTransaction {
  const { number, root, readingCount, fromUtcMs, toUtcMs, slot, createdUtcMs, signedUtcMs, ...transaction } = row;
  return {
    number,
    root,
    readingCount,
    fromUtcMs,
    toUtcMs,
    slot,
    createdUtcMs,
    transaction: { ...transaction, subject: number, createdUtcMs: signedUtcMs },
  };
}
