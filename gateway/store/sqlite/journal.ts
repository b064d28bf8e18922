/**
 * Frames are kept by appending them to a journal, and filed into the tables and their indexes later, many of a board at once. A commit of
 * frames of a thousand boards would write thousands of pages into the indexes; into a journal it writes tens. What is asked for is filed
 * first (`readers.ts`), so nobody sees a difference; what a crash leaves in the journal is filed after it.
 * @module
 */
import type { Database } from "better-sqlite3";
import { compareKeys } from "../rollup.ts";
import type { BoardProgress } from "../store.ts";
import type { Frames, RecordNumber } from "./frames.ts";
import { packAgain, progressOf, readHeads } from "./heads.ts";
import type { FrameHead } from "./heads.ts";
import { boardIdOf } from "./rows.ts";
import { unpackFrame } from "./transfer.ts";
import type { PackedAt, PackedFrames, PackedResult } from "./transfer.ts";

/** Records that wait to be filed, of all boards: a commit that makes them more files some first. */
const MOST_RECORDS = 32_768;
/** Between two commits they are filed until no more than this part waits, so that commits need not. */
const KEPT_PART = 7 / 8;
/** But not fewer than this part at once, since they share pages. More would hold up the next commit. */
const LEAST_PART = 1 / 64;

/** A frame in the journal: where it stands among those that were packed with it, in which commit. No more, since there are thousands. */
interface Waiting extends PackedAt {
  number: number;
  weight: number;
}

/** A board's frames that wait, and how far its records have come, filed or not. */
interface BoardState {
  board: number;
  /** The newest record by stream: what comes behind it cannot be there already. */
  newest: Map<number, RecordNumber>;
  /** In the order of their commits. */
  waiting: Waiting[];
}

/** @param mostRecords that wait to be filed. */
export function createJournal(database: Database, frames: Frames, mostRecords = MOST_RECORDS) {
  const insert = database.prepare("INSERT INTO journal VALUES (?, ?)");
  const remove = database.prepare("DELETE FROM journal WHERE number < ?");
  const selectAll = database.prepare<[], { number: number; frames: Buffer }>("SELECT number, frames FROM journal ORDER BY number");
  const selectNewest = database
    .prepare<[], number>("SELECT max(ifnull((SELECT max(number) FROM journal), 0), ifnull((SELECT max(number) FROM filed), 0))")
    .pluck();
  const selectFiled = database.prepare<[], [number, number]>("SELECT board, number FROM filed").raw();
  const setFiled = database.prepare("INSERT OR REPLACE INTO filed VALUES (?, ?)");

  /** How commits are synced. */
  const synchronous = Number(database.pragma("synchronous", { simple: true }));

  const boards = new Map<number, BoardState>();
  /** Those with frames that wait. */
  const queue = new Set<BoardState>();
  /** Those of them that have not had their turn in this round, the next one last. */
  let round: BoardState[] = [];
  let records = 0;
  /** The newest commit. */
  let newest = 0;
  /** Whether all this is what the tables say: not so at first, nor after a transaction that was rolled back. */
  let isRead = false;

  function stateOf(board: number): BoardState {
    const known = boards.get(board);
    if (known !== undefined) return known;
    frames.assertAdmitted(board);
    const state: BoardState = { board, newest: frames.newestRecords(board), waiting: [] };
    boards.set(board, state);
    return state;
  }

  /** Whether none of a frame's records can be there already; if so, it counts as the newest from now on. */
  function advance(state: BoardState, { stream, boot, sequence, records: length }: FrameHead): boolean {
    const before = state.newest.get(stream);
    const isAhead = length === 0 || before === undefined || compareKeys({ boot, sequence }, before) > 0;
    const last = { boot, sequence: sequence + length - 1 };
    if (length > 0 && (before === undefined || compareKeys(last, before) > 0)) state.newest.set(stream, last);
    return isAhead;
  }

  function wait(state: BoardState, { packed, at, records: length }: FrameHead, number: number): void {
    queue.add(state);
    // Diagnostics, a frame without records, count as one.
    const weight = Math.max(1, length);
    state.waiting.push({ packed, at, number, weight });
    records += weight;
  }

  function read(): void {
    boards.clear();
    queue.clear();
    round = [];
    records = 0;
    newest = selectNewest.get() ?? 0;
    const filed = new Map(selectFiled.all());
    for (const { number, frames: blob } of selectAll.iterate()) {
      // A copy, since doubles are aligned.
      for (const head of readHeads(new Float64Array(new Uint8Array(blob).buffer))) {
        if (number <= (filed.get(head.board) ?? 0)) continue;
        const state = stateOf(head.board);
        advance(state, head);
        wait(state, head, number);
      }
    }
    isRead = true;
  }

  /** Files a board's first frames: whole commits, until they are at least so many records. */
  function file(state: BoardState, most: number): void {
    const { waiting } = state;
    let count = 0;
    let taken = 0;
    while (count < waiting.length && (taken < most || waiting[count]?.number === waiting[count - 1]?.number)) {
      taken += waiting[count++]?.weight ?? 0;
    }
    const filing = waiting.splice(0, count);
    frames.store(state.board, filing.map(unpackFrame), true);
    setFiled.run(state.board, filing.at(-1)?.number);
    records -= taken;
    if (waiting.length === 0) queue.delete(state);
  }

  const waitsUpTo = ({ waiting: [first] }: BoardState, number: number): boolean => first !== undefined && first.number <= number;

  /**
   * The board that is filed next, of those with frames of commits up to a number. All have a turn in each round, in the order of their own
   * numbers: neighbours share pages of every table, so that half as many are written as by who waited longest.
   */
  function nextUpTo(number: number): BoardState | undefined {
    let state = round.pop();
    while (state !== undefined && !waitsUpTo(state, number)) state = round.pop();
    if (state !== undefined) return state;
    round = [...queue].filter((waiting) => waitsUpTo(waiting, number)).sort((a, b) => b.board - a.board);
    return round.pop();
  }

  /** Files commits up to a number, at least so many records of them where there are; whether there are more. */
  function fileUpTo(number: number, most: number): boolean {
    const begin = records;
    for (let state = nextUpTo(number); state !== undefined; state = nextUpTo(number)) {
      if (begin - records >= most) {
        round.push(state);
        return true;
      }
      file(state, most - (begin - records));
    }
    return false;
  }

  /** Removes the commits of which nothing waits. */
  function removeFiled(): void {
    let oldest = newest + 1;
    for (const { waiting } of queue) oldest = Math.min(oldest, waiting[0]?.number ?? oldest);
    remove.run(oldest);
  }

  const commit = database.transaction((packed: PackedFrames): PackedResult => {
    frames.assertRoom();
    const number = newest + 1;
    const heads = readHeads(packed);
    const kept: FrameHead[] = [];
    const isStored: number[] = [];
    /** Boards with a frame that may bring what is there already: it is filed at once, and so is what follows it. */
    const looked = new Set<BoardState>();
    for (const head of heads) {
      const state = stateOf(head.board);
      if (advance(state, head) && !looked.has(state)) {
        wait(state, head, number);
        kept.push(head);
        for (let left = head.records; left > 0; left--) isStored.push(1);
      } else {
        if (state.waiting.length > 0) file(state, Infinity);
        looked.add(state);
        isStored.push(...frames.store(head.board, [unpackFrame(head)], false));
      }
    }
    if (kept.length > 0) {
      newest = number;
      insert.run(number, Buffer.from((kept.length === heads.length ? packed : packAgain(kept)).buffer));
    }
    const surplus = records - mostRecords;
    if (surplus > 0) fileUpTo(Infinity, surplus);
    if (surplus > 0 || looked.size > 0) removeFiled();
    return Uint8Array.from(isStored);
  });

  const fileSome = database.transaction((upTo: number, most: number): boolean => {
    const isMore = fileUpTo(upTo, most);
    removeFiled();
    return isMore;
  });

  /**
   * Files without waiting for the disk: after a power cut either all of it is there or the journal still is, and the next commit's sync is
   * one of everything before it (SQLite's WAL).
   */
  function unsynced<T>(run: () => T): T {
    database.pragma("synchronous = NORMAL");
    try {
      return run();
    } finally {
      database.pragma(`synchronous = ${synchronous}`);
    }
  }

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
    /** `commitFrames` of the store, packed. Throws, with nothing stored, when a value is none that the tables take. */
    commitPacked: (packed: PackedFrames): PackedResult => attempt(() => commit.immediate(packed)),

    /** The newest commit of which frames wait, or 0: whoever reads the tables now misses what is filed up to it. */
    waitingUpTo: (): number => attempt(() => (queue.size > 0 ? newest : 0)),

    /** How many records wait, as far as is known: before the first call none. */
    waitingRecords: (): number => records,

    /** Files some `most` of the records that were committed up to a number, in one transaction; whether there are more. */
    fileSome: (upTo: number, most: number): boolean => attempt(() => unsynced(() => fileSome.immediate(upTo, most))),

    /** Files what is too much to wait; to be called after a commit was answered, while the next one is made. */
    fileSurplus(): void {
      attempt(() => {
        const surplus = records - mostRecords * KEPT_PART;
        if (surplus > mostRecords * LEAST_PART) unsynced(() => fileSome.immediate(Infinity, surplus));
      });
    },

    /** Files all that waits. */
    file(): void {
      attempt(() => {
        if (queue.size > 0) fileSome.immediate(Infinity, Infinity);
      });
    },

    /** The boards' progress with what waits, from what is filed of it. */
    progress(filed: readonly BoardProgress[]): BoardProgress[] {
      return attempt(() => {
        const all = new Map(filed.map((progress) => [progress.boardId, progress]));
        for (const { board, waiting } of queue) {
          const boardId = boardIdOf(board);
          for (const head of waiting) {
            const { frameBoot, frameNumber, frameBootUtcMs } = progressOf(head);
            const before = all.get(boardId) ?? { boardId, frameBoot, frameNumber, bootUtcMs: new Map<number, number>() };
            before.bootUtcMs.set(frameBoot, frameBootUtcMs);
            const isNewer = frameBoot > before.frameBoot || (frameBoot === before.frameBoot && frameNumber > before.frameNumber);
            all.set(boardId, isNewer ? { ...before, frameBoot, frameNumber } : before);
          }
        }
        return [...all.values()].sort((a, b) => (a.boardId < b.boardId ? -1 : 1));
      });
    },
  };
}

export type Journal = ReturnType<typeof createJournal>;
