/**
 * Files verified frames into the tables: records, their rollups, progress and time mapping. `journal.ts` says when.
 * @module
 */
import type { Database } from "better-sqlite3";
import { STREAM } from "#firmware/wire/records.ts";
import type { BoardEvent, BoardRecord, Checkpoint, Reading } from "#firmware/wire/records.ts";
import { isPlaced } from "../rollup.ts";
import type { MeterPoint } from "../rollup.ts";
import type { BootBounds, ReceivedFrame } from "../store.ts";
import type { Intake } from "./history.ts";
import { pointOf } from "./rollups.ts";
import { boardIdOf, boardNumber } from "./rows.ts";
import type { KeyRow } from "./rows.ts";

/** A frame whose board is known. */
type OneOfBoard = Omit<ReceivedFrame, "boardId">;

/** What frames of one board amount to, written once for all of them. */
interface Sum {
  /** The newest frame, and the newest reading of each meter. */
  frame: OneOfBoard;
  readings: Map<number, RecordNumber>;
  bootUtcMs: Map<number, number>;
  /** By meter, for the rollups. */
  points: Map<number, MeterPoint[]>;
}

type StoredBounds = { boot: number } & BootBounds;

/** A record's number within its board and stream. */
export type RecordNumber = Pick<KeyRow, "boot" | "sequence">;

/** Whether a comes behind b. */
function isNewer(a: RecordNumber, b: RecordNumber): boolean {
  return a.boot > b.boot || (a.boot === b.boot && a.sequence > b.sequence);
}

export function createFrames(database: Database, intake: Intake) {
  // By position: binding by name costs as much as storing.
  const insertReading = database.prepare(
    "INSERT INTO reading VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL) ON CONFLICT DO NOTHING",
  );
  const insertEvent = database.prepare("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
  const insertCheckpoint = database.prepare("INSERT INTO checkpoint VALUES (?, ?, ?, ?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING");
  const insertCounters = database.prepare("INSERT INTO checkpoint_counter VALUES (?, ?, ?, ?, ?, ?)");
  const setNewest = database.prepare(
    `INSERT INTO newest_reading VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET boot = excluded.boot, sequence = excluded.sequence
     WHERE (excluded.boot, excluded.sequence) > (boot, sequence)`,
  );
  const newestOf = (stream: string, table: string, key = "boot, sequence"): string =>
    `SELECT * FROM (SELECT ${stream} AS stream, ${key} FROM ${table} WHERE board = :board ORDER BY 2 DESC, 3 DESC LIMIT 1)`;
  const newestByTable = [
    newestOf(":fine", "reading"),
    newestOf(":fine", "event"),
    newestOf(":fine", "block", "last_boot AS boot, last_sequence AS sequence"),
    newestOf(":fine", "dropped"),
    newestOf(":coarse", "checkpoint"),
  ].join(" UNION ALL ");
  // Ascending, so that the last of a stream is its newest.
  const selectNewest = database.prepare<[{ board: number; fine: number; coarse: number }], RecordNumber & { stream: number }>(
    `SELECT * FROM (${newestByTable}) ORDER BY boot, sequence`,
  );
  const selectBoard = database.prepare("SELECT 1 FROM board WHERE board = ?");
  const advance = database.prepare(
    `UPDATE board SET frame_boot = :boot, frame_number = :number
     WHERE board = :board AND (frame_boot IS NULL OR (:boot, :number) > (frame_boot, frame_number))`,
  );
  const setBoot = database.prepare(
    `INSERT INTO boot VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET boot_utc_ms = excluded.boot_utc_ms
     WHERE boot_utc_ms <> excluded.boot_utc_ms`,
  );
  const setBounds = database.prepare(
    `INSERT INTO boot_bounds VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       earliest_utc_ms = excluded.earliest_utc_ms, latest_utc_ms = min(latest_utc_ms, excluded.latest_utc_ms)`,
  );
  const selectBounds = database.prepare<[number], StoredBounds>(
    `SELECT boot, earliest_utc_ms AS earliestUtcMs, latest_utc_ms AS latestUtcMs FROM boot_bounds WHERE board = ? ORDER BY boot`,
  );

  /** Each adds a record that is not there yet, and tells whether it did. */
  function addReading(key: KeyRow, reading: Reading, endUtcMs: number | null): boolean {
    const { meter, uptimeMs, currentMa, minCurrentMa, maxCurrentMa, voltageMv, importMwh, exportMwh, relays, flags } = reading;
    const { changes } = insertReading.run(
      key.board,
      key.boot,
      key.sequence,
      meter,
      uptimeMs,
      endUtcMs,
      currentMa,
      minCurrentMa,
      maxCurrentMa,
      voltageMv,
      importMwh,
      exportMwh,
      relays,
      flags,
      reading.chargePermille ?? null,
    );
    return changes > 0;
  }

  function addEvent(key: KeyRow, event: BoardEvent, utcMs: number | null): boolean {
    const { uptimeMs, cause, source, value, limit } = event;
    const { changes } = insertEvent.run(key.board, key.boot, key.sequence, uptimeMs, utcMs, cause, source, value, limit);
    return changes > 0;
  }

  function addCheckpoint(key: KeyRow, checkpoint: Checkpoint, utcMs: number | null): boolean {
    const { board, boot, sequence } = key;
    const { changes } = insertCheckpoint.run(board, boot, sequence, checkpoint.uptimeMs, utcMs, checkpoint.slot, checkpoint.flags);
    if (changes === 0) return false;
    for (const [meter, { importMwh, exportMwh }] of checkpoint.meters.entries()) {
      insertCounters.run(board, boot, sequence, meter, importMwh, exportMwh);
    }
    return true;
  }

  function addRecord(key: KeyRow, record: BoardRecord, utcMs: number | null, isAhead: boolean): boolean {
    if (record.kind === "checkpoint") return addCheckpoint(key, record, utcMs);
    if (record.kind === "event") return addEvent(key, record, utcMs);
    return (isAhead || !intake.isPast(key)) && addReading(key, record, utcMs);
  }

  function addUp(sum: Sum, key: KeyRow, reading: Reading, endUtcMs: number | null): void {
    const before = sum.readings.get(reading.meter);
    if (before === undefined || isNewer(key, before)) sum.readings.set(reading.meter, key);
    if (!isPlaced(endUtcMs)) return;
    const points = sum.points.get(reading.meter);
    const point = pointOf(reading, key, endUtcMs);
    if (points === undefined) sum.points.set(reading.meter, [point]);
    else points.push(point);
  }

  function addFrame(board: number, received: OneOfBoard, sum: Sum, isAhead: boolean, isStored: number[]): void {
    const { frame, bootUtcMs } = received;
    const { boot, sequence } = frame;
    if (isNewer(orderOf(received), orderOf(sum.frame))) sum.frame = received;
    sum.bootUtcMs.set(received.frameBoot, received.frameBootUtcMs);
    if (received.bootBounds !== undefined) setBounds.run(board, boot, received.bootBounds.earliestUtcMs, received.bootBounds.latestUtcMs);
    for (const [index, record] of frame.records.entries()) {
      const key: KeyRow = { board, boot, sequence: sequence + index };
      const utcMs = bootUtcMs === null ? null : bootUtcMs + record.uptimeMs;
      const isAdded = addRecord(key, record, utcMs, isAhead);
      isStored.push(isAdded ? 1 : 0);
      if (isAdded && record.kind === "reading") addUp(sum, key, record, utcMs);
    }
  }

  return {
    assertRoom: () => intake.assertRoom(),

    assertAdmitted(board: number): void {
      if (selectBoard.get(board) === undefined) throw new Error(`store: board ${boardIdOf(board)} is not admitted`);
    },

    /** A board's newest record of each stream, those that were dropped too. */
    newestRecords: (board: number): Map<number, RecordNumber> =>
      new Map(selectNewest.all({ board, fine: STREAM.fine, coarse: STREAM.coarse }).map(({ stream, ...number }) => [stream, number])),

    /**
     * Files frames of an admitted board, in their order, and gives for each of their records 1 when it was stored, 0 when it was there
     * already. To be called within a transaction.
     * @param isAhead none of the records can be there.
     */
    store(board: number, frames: readonly OneOfBoard[], isAhead: boolean): number[] {
      const [first] = frames;
      if (first === undefined) return [];
      const isStored: number[] = [];
      const sum: Sum = { frame: first, readings: new Map(), bootUtcMs: new Map(), points: new Map() };
      for (const received of frames) addFrame(board, received, sum, isAhead, isStored);
      for (const [boot, utcMs] of sum.bootUtcMs) setBoot.run(board, boot, utcMs);
      advance.run({ board, boot: sum.frame.frameBoot, number: sum.frame.frameNumber });
      for (const [meter, { boot, sequence }] of sum.readings) setNewest.run(board, meter, boot, sequence);
      intake.rollUpBoard(board, sum.points);
      return isStored;
    },

    bootBounds: (boardId: string): StoredBounds[] => selectBounds.all(boardNumber(boardId)),
  };
}

export type Frames = ReturnType<typeof createFrames>;

function orderOf({ frameBoot, frameNumber }: OneOfBoard): RecordNumber {
  return { boot: frameBoot, sequence: frameNumber };
}
