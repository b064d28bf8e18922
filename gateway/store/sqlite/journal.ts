/**
 * Frames are kept by appending them to a journal, and filed into the tables and their indexes later, many of a board at once. A commit of
 * frames of a thousand boards would write thousands of pages into the indexes; into a journal it writes tens. What is asked for is filed
 * first, so nobody sees a difference; what a crash leaves in the journal is filed after it.
 * @module
 */
import type { Database } from "better-sqlite3";
import { compareKeys } from "../rollup.ts";
import type { ReceivedFrame } from "../store.ts";
import type { Frames, RecordNumber } from "./frames.ts";
import { boardNumber } from "./rows.ts";
import { packFrames, packResult, unpackFrames } from "./transfer.ts";
import type { PackedFrames, PackedResult } from "./transfer.ts";

/** Records that wait to be filed, of all boards: a commit that makes them more files those boards that waited longest. */
const MOST_RECORDS = 32_768;

/** A board's frames that wait, and how far its records have come, filed or not. */
interface BoardState {
  board: number;
  /** The newest record by stream: what comes behind it cannot be there already. */
  newest: Map<number, RecordNumber>;
  waiting: ReceivedFrame[];
  /** The commit of the first that waits. */
  since: number;
}

export function createJournal(database: Database, frames: Frames) {
  const insert = database.prepare("INSERT INTO journal VALUES (?, ?)");
  const remove = database.prepare("DELETE FROM journal WHERE number < ?");
  const selectAll = database.prepare<[], { number: number; frames: Buffer }>("SELECT number, frames FROM journal ORDER BY number");
  const selectNewest = database
    .prepare<[], number>("SELECT max(ifnull((SELECT max(number) FROM journal), 0), ifnull((SELECT max(number) FROM filed), 0))")
    .pluck();
  const selectFiled = database.prepare<[number], number>("SELECT number FROM filed WHERE board = ?").pluck();
  const setFiled = database.prepare("INSERT OR REPLACE INTO filed VALUES (?, ?)");

  const boards = new Map<string, BoardState>();
  /** Those with frames that wait, in the order of `since`. */
  const queue = new Set<BoardState>();
  let records = 0;
  /** The newest commit. */
  let newest = 0;
  /** Whether all this is what the tables say: not so at first, nor after a transaction that was rolled back. */
  let isRead = false;

  function stateOf(boardId: string): BoardState {
    const known = boards.get(boardId);
    if (known !== undefined) return known;
    const board = boardNumber(boardId);
    frames.assertAdmitted(board);
    const state: BoardState = { board, newest: frames.newestRecords(board), waiting: [], since: 0 };
    boards.set(boardId, state);
    return state;
  }

  /** Whether none of a frame's records can be there already; if so, it counts as the newest from now on. */
  function advance(state: BoardState, { stream, boot, sequence, records: { length } }: ReceivedFrame["frame"]): boolean {
    const before = state.newest.get(stream);
    const isAhead = length === 0 || before === undefined || compareKeys({ boot, sequence }, before) > 0;
    const last = { boot, sequence: sequence + length - 1 };
    if (length > 0 && (before === undefined || compareKeys(last, before) > 0)) state.newest.set(stream, last);
    return isAhead;
  }

  function wait(state: BoardState, received: ReceivedFrame, number: number): void {
    if (state.waiting.length === 0) {
      state.since = number;
      queue.add(state);
    }
    state.waiting.push(received);
    records += received.frame.records.length;
  }

  function read(): void {
    boards.clear();
    queue.clear();
    records = 0;
    newest = selectNewest.get() ?? 0;
    for (const { number, frames: blob } of selectAll.iterate()) {
      // A copy, since doubles are aligned.
      for (const received of unpackFrames(new Float64Array(Uint8Array.from(blob).buffer))) {
        const state = stateOf(received.boardId);
        if (number <= (selectFiled.get(state.board) ?? 0)) continue;
        advance(state, received.frame);
        wait(state, received, number);
      }
    }
    isRead = true;
  }

  function file(state: BoardState, upTo: number): void {
    if (!queue.delete(state)) return;
    frames.store(state.waiting);
    setFiled.run(state.board, upTo);
    for (const { frame } of state.waiting) records -= frame.records.length;
    state.waiting = [];
  }

  /** Files the boards that waited longest, until no more than `most` records wait. */
  function fileDownTo(most: number): void {
    if (records <= most) return;
    for (const state of queue) {
      file(state, newest);
      if (records <= most) break;
    }
    const [oldest] = queue;
    remove.run(oldest?.since ?? newest + 1);
  }

  const commit = database.transaction((packed: PackedFrames): PackedResult => {
    frames.assertRoom();
    const number = newest + 1;
    const received = unpackFrames(packed);
    const kept: ReceivedFrame[] = [];
    const isStored: number[] = [];
    /** Boards with a frame that may bring what is there already: it is filed at once, and so is what follows it. */
    const looked = new Set<BoardState>();
    for (const one of received) {
      const state = stateOf(one.boardId);
      if (advance(state, one.frame) && !looked.has(state)) {
        wait(state, one, number);
        kept.push(one);
        for (let left = one.frame.records.length; left > 0; left--) isStored.push(1);
      } else {
        file(state, number);
        looked.add(state);
        isStored.push(...packResult([one], frames.store([one])));
      }
    }
    if (kept.length > 0) {
      newest = number;
      insert.run(number, Buffer.from((kept.length === received.length ? packed : packFrames(kept)).buffer));
    }
    fileDownTo(MOST_RECORDS);
    return Uint8Array.from(isStored);
  });

  const fileAll = database.transaction(() => fileDownTo(-1));

  /** Runs a transaction; what waits is read anew when it fails. */
  function attempt<T>(run: () => T): T {
    try {
      if (!isRead) read();
      return run();
    } catch (error) {
      isRead = false;
      throw error;
    }
  }

  return {
    /** `commitFrames` of the store, packed. */
    commitPacked: (packed: PackedFrames): PackedResult => attempt(() => commit.immediate(packed)),

    /** Files all that waits: to be called before the tables are read. */
    file(): void {
      attempt(() => {
        if (queue.size > 0) fileAll.immediate();
      });
    },
  };
}

export type Journal = ReturnType<typeof createJournal>;
