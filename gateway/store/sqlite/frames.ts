/**
 * Takes verified frames in: records, progress and time mapping, in one transaction.
 * @module
 */
import type { Database } from "better-sqlite3";
import type { BoardEvent, Checkpoint, Reading } from "#firmware/wire/records.ts";
import type { CommittedFrame, ReceivedFrame, StoredRecord } from "../store.ts";
import { boardNumber, keyOf } from "./rows.ts";
import type { KeyRow } from "./rows.ts";
import type { SynchronousStore } from "./synchronous.ts";

export function createFrames(database: Database): Pick<SynchronousStore, "commitFrames"> {
  const insertReading = database.prepare(
    `INSERT INTO reading VALUES (:board, :boot, :sequence, :meter, :uptimeMs, :endUtcMs, :currentMa, :minCurrentMa, :maxCurrentMa,
       :voltageMv, :importMwh, :exportMwh, :relays, :flags, :chargePermille, NULL, NULL) ON CONFLICT DO NOTHING`,
  );
  const insertEvent = database.prepare("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
  const insertCheckpoint = database.prepare("INSERT INTO checkpoint VALUES (?, ?, ?, ?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING");
  const insertCounters = database.prepare("INSERT INTO checkpoint_counter VALUES (?, ?, ?, ?, ?, ?)");
  const setNewest = database.prepare(
    `INSERT INTO newest_reading VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET boot = excluded.boot, sequence = excluded.sequence
     WHERE (excluded.boot, excluded.sequence) > (boot, sequence)`,
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

  function addReading(key: KeyRow, reading: Reading, endUtcMs: number | null): StoredRecord | null {
    const { changes } = insertReading.run({ ...reading, ...key, endUtcMs, chargePermille: reading.chargePermille ?? null });
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

  function commitFrame(received: ReceivedFrame): CommittedFrame {
    const { frame, bootUtcMs } = received;
    const board = boardNumber(received.boardId);
    if (selectBoard.get(board) === undefined) throw new Error(`store: board ${received.boardId} is not admitted`);
    advance.run({ board, boot: received.frameBoot, number: received.frameNumber });
    setBoot.run(board, received.frameBoot, received.frameBootUtcMs);
    const stored: StoredRecord[] = [];
    /** Newest stored sequence by meter. */
    const newest = new Map<number, number>();
    for (const [index, record] of frame.records.entries()) {
      const key: KeyRow = { board, boot: frame.boot, sequence: frame.sequence + index };
      const utcMs = bootUtcMs === null ? null : bootUtcMs + record.uptimeMs;
      const added =
        record.kind === "reading"
          ? addReading(key, record, utcMs)
          : record.kind === "event"
            ? addEvent(key, record, utcMs)
            : addCheckpoint(key, record, utcMs);
      if (added === null) continue;
      stored.push(added);
      if (added.kind === "reading") newest.set(added.meter, added.sequence);
    }
    for (const [meter, sequence] of newest) setNewest.run(board, meter, frame.boot, sequence);
    return { stored, duplicates: frame.records.length - stored.length };
  }

  const commit = database.transaction((frames: ReceivedFrame[]): CommittedFrame[] => frames.map(commitFrame));
  return { commitFrames: (frames) => commit.immediate(frames) };
}
