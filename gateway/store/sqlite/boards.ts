/**
 * Admitted boards, their progress, and the named counters.
 * @module
 */
import type { Database } from "better-sqlite3";
import type { AdmittedBoard, BoardProgress, MeterDescription } from "../store.ts";
import { boardIdOf, boardNumber } from "./rows.ts";
import type { SynchronousStore } from "./synchronous.ts";

interface BoardRow {
  board: number;
  name: string;
  role: AdmittedBoard["role"];
  wrappedSecret: Uint8Array;
  admittedUtcMs: number;
}

interface ProgressRow {
  board: number;
  frameBoot: number;
  frameNumber: number;
}

export function createBoards(database: Database): Pick<SynchronousStore, "admitBoard" | "boards" | "progress" | "increment"> {
  const upsertBoard = database.prepare(
    `INSERT INTO board (board, name, role, wrapped_secret, admitted_utc_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET name = excluded.name, role = excluded.role, wrapped_secret = excluded.wrapped_secret,
       admitted_utc_ms = excluded.admitted_utc_ms`,
  );
  const deleteMeters = database.prepare("DELETE FROM meter WHERE board = ?");
  const insertMeter = database.prepare("INSERT INTO meter (board, meter, kind, name, rated_power_w) VALUES (?, ?, ?, ?, ?)");
  const selectBoards = database.prepare<[], BoardRow>(
    "SELECT board, name, role, wrapped_secret AS wrappedSecret, admitted_utc_ms AS admittedUtcMs FROM board ORDER BY board",
  );
  const selectMeters = database.prepare<[number], MeterDescription>(
    "SELECT meter, kind, name, rated_power_w AS ratedPowerW FROM meter WHERE board = ? ORDER BY meter",
  );
  const selectProgress = database.prepare<[], ProgressRow>(
    "SELECT board, frame_boot AS frameBoot, frame_number AS frameNumber FROM board WHERE frame_boot IS NOT NULL ORDER BY board",
  );
  const selectBoots = database
    .prepare<[number], [number, number]>("SELECT boot, boot_utc_ms FROM boot WHERE board = ? ORDER BY boot")
    .raw();
  const addOne = database
    .prepare<[string], number>("INSERT INTO counter VALUES (?, 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value")
    .pluck();

  const admit = database.transaction((admitted: AdmittedBoard): void => {
    const board = boardNumber(admitted.boardId);
    upsertBoard.run(board, admitted.name, admitted.role, admitted.wrappedSecret, admitted.admittedUtcMs);
    deleteMeters.run(board);
    for (const { meter, kind, name, ratedPowerW } of admitted.meters) insertMeter.run(board, meter, kind, name, ratedPowerW);
  });

  return {
    admitBoard: (board) => admit.immediate(board),

    boards: () =>
      selectBoards.all().map(({ board, wrappedSecret, ...row }) => ({
        boardId: boardIdOf(board),
        ...row,
        // A plain array of its own: Buffers do not survive the way between threads as Buffers.
        wrappedSecret: new Uint8Array(wrappedSecret),
        meters: selectMeters.all(board),
      })),

    progress: () =>
      selectProgress.all().map(({ board, ...row }): BoardProgress => ({
        boardId: boardIdOf(board),
        ...row,
        bootUtcMs: new Map(selectBoots.all(board)),
      })),

    increment(counter) {
      const value = addOne.get(counter);
      if (value === undefined) throw new Error(`store: counter ${counter} gave no value`);
      return value;
    },
  };
}
