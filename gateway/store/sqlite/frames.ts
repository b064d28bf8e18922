/**
 * Files verified frames into the tables: records, their rollups, progress and time mapping. `journal.ts` says when.
 * @module
 */
import type { Database } from "better-sqlite3";
import { STREAM } from "#firmware/wire/records.ts";
import type { BoardEvent, BoardRecord, Checkpoint, Reading } from "#firmware/wire/records.ts";
import type { BootBounds, CommittedFrame, ReceivedFrame, StoredReading, StoredRecord } from "../store.ts";
import type { Intake } from "./history.ts";
import { boardIdOf, boardNumber, keyOf } from "./rows.ts";
import type { KeyRow } from "./rows.ts";

/** The newest of a group's frames of one board, of its readings by meter, and of its boots' times: written once for the whole group. */
interface Newest {
  frame: ReceivedFrame;
  readings: Map<number, KeyRow>;
  bootUtcMs: Map<number, number>;
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

  function addReading(key: KeyRow, reading: Reading, endUtcMs: number | null): StoredReading | null {
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
    return changes === 0 ? null : { ...reading, ...keyOf(key), endUtcMs, batch: null, leaf: null };
  }

  function addEvent(key: KeyRow, event: BoardEvent, utcMs: number | null): StoredRecord | null {
    const { uptimeMs, cause, source, value, limit } = event;
    const { changes } = insertEvent.run(key.board, key.boot, key.sequence, uptimeMs, utcMs, cause, source, value, limit);
    return changes === 0 ? null : { ...event, ...keyOf(key), utcMs };
  }

  function addCheckpoint(key: KeyRow, checkpoint: Checkpoint, utcMs: number | null): StoredRecord | null {
    const { board, boot, sequence } = key;
    const { changes } = insertCheckpoint.run(board, boot, sequence, checkpoint.uptimeMs, utcMs, checkpoint.slot, checkpoint.flags);
    if (changes === 0) return null;
    for (const [meter, { importMwh, exportMwh }] of checkpoint.meters.entries()) {
      insertCounters.run(board, boot, sequence, meter, importMwh, exportMwh);
    }
    return { ...checkpoint, ...keyOf(key), utcMs, batch: null };
  }

  function addRecord(key: KeyRow, record: BoardRecord, utcMs: number | null): StoredRecord | null {
    if (record.kind === "checkpoint") return addCheckpoint(key, record, utcMs);
    if (record.kind === "event") return addEvent(key, record, utcMs);
    return intake.isPast(key) ? null : addReading(key, record, utcMs);
  }

  function commitFrame(board: number, received: ReceivedFrame, newest: Newest): CommittedFrame {
    const { frame, bootUtcMs } = received;
    const { boot, sequence } = frame;
    if (isNewer(orderOf(received), orderOf(newest.frame))) newest.frame = received;
    newest.bootUtcMs.set(received.frameBoot, received.frameBootUtcMs);
    if (received.bootBounds !== undefined) setBounds.run(board, boot, received.bootBounds.earliestUtcMs, received.bootBounds.latestUtcMs);
    const stored: StoredRecord[] = [];
    for (const [index, record] of frame.records.entries()) {
      const key: KeyRow = { board, boot, sequence: sequence + index };
      const added = addRecord(key, record, bootUtcMs === null ? null : bootUtcMs + record.uptimeMs);
      if (added === null) continue;
      stored.push(added);
      if (added.kind !== "reading") continue;
      const before = newest.readings.get(added.meter);
      if (before === undefined || isNewer(key, before)) newest.readings.set(added.meter, key);
    }
    return { stored, duplicates: frame.records.length - stored.length };
  }

  return {
    assertRoom: () => intake.assertRoom(),

    assertAdmitted(board: number): void {
      if (selectBoard.get(board) === undefined) throw new Error(`store: board ${boardIdOf(board)} is not admitted`);
    },

    /** A board's newest record of each stream, those that were dropped too. */
    newestRecords: (board: number): Map<number, RecordNumber> =>
      new Map(selectNewest.all({ board, fine: STREAM.fine, coarse: STREAM.coarse }).map(({ stream, ...number }) => [stream, number])),

    /** Files frames of admitted boards. To be called within a transaction. */
    store(frames: readonly ReceivedFrame[]): CommittedFrame[] {
      const boards = new Map<number, Newest>();
      const committed = frames.map((received) => {
        const board = boardNumber(received.boardId);
        let newest = boards.get(board);
        if (newest === undefined) {
          newest = { frame: received, readings: new Map(), bootUtcMs: new Map() };
          boards.set(board, newest);
        }
        return commitFrame(board, received, newest);
      });
      for (const [board, { frame, readings, bootUtcMs }] of boards) {
        for (const [boot, utcMs] of bootUtcMs) setBoot.run(board, boot, utcMs);
        advance.run({ board, boot: frame.frameBoot, number: frame.frameNumber });
        for (const [meter, { boot, sequence }] of readings) setNewest.run(board, meter, boot, sequence);
      }
      intake.rollUp(committed.flatMap(({ stored }) => stored.filter((record) => record.kind === "reading")));
      return committed;
    },

    bootBounds: (boardId: string): StoredBounds[] => selectBounds.all(boardNumber(boardId)),
  };
}

export type Frames = ReturnType<typeof createFrames>;

function orderOf({ frameBoot, frameNumber }: ReceivedFrame): RecordNumber {
  return { boot: frameBoot, sequence: frameNumber };
}
