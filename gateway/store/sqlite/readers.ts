/**
 * What reads the tables waits until all is filed that was committed before it was asked. The journal files it in parts, and between two of
 * them commits go on: a reader waits for at most what the journal holds, and a commit for at most one part.
 * @module
 */
import type { Journal } from "./journal.ts";

/** Some 30 ms of filing. */
const RECORDS_IN_PART = 1024;

export interface Reader {
  read: () => void;
  /** Called instead, with why what waits could not be filed. */
  fail: (error: unknown) => void;
}

export interface Readers {
  /** Has a reader read, at once if nothing waits before it. */
  add: (reader: Reader) => void;
  /** Files a part for readers to come, when that much waits. To be called now and then: what nobody reads for hours is not filed at once. */
  prepare: () => void;
  /** Files what is too much to wait, when no reader's turn does it. To be called after each commit. */
  tidy: () => void;
  /** Has all readers read, and files all; what cannot be filed, on a full disk, stays in the journal. */
  finish: () => void;
}

export function createReaders(journal: Pick<Journal, "waitingUpTo" | "waitingRecords" | "fileSome" | "fileSurplus" | "file">): Readers {
  const waiting: (Reader & { upTo: number })[] = [];

  /** Files the next part for the reader that comes first. */
  function step(): void {
    const [first] = waiting;
    if (first === undefined) return;
    try {
      if (!journal.fileSome(first.upTo, RECORDS_IN_PART)) waiting.shift()?.read();
    } catch (error) {
      waiting.shift()?.fail(error);
    }
    if (waiting.length > 0) setImmediate(step);
  }

  /** What cannot be filed stays in the journal; the next reader, or a commit for which it leaves no room, is told why. */
  function attempt(file: () => void): void {
    try {
      file();
    } catch {
      // As said.
    }
  }

  return {
    add(reader) {
      let upTo = 0;
      try {
        upTo = journal.waitingUpTo();
      } catch (error) {
        return reader.fail(error);
      }
      if (waiting.length === 0 && upTo === 0) return reader.read();
      if (waiting.push({ ...reader, upTo }) === 1) setImmediate(step);
    },

    prepare() {
      if (waiting.length > 0 || journal.waitingRecords() <= RECORDS_IN_PART) return;
      attempt(() => journal.fileSome(Infinity, RECORDS_IN_PART));
    },

    tidy() {
      if (waiting.length === 0) attempt(() => journal.fileSurplus());
    },

    finish() {
      try {
        journal.file();
        for (const { read } of waiting.splice(0)) read();
      } catch (error) {
        for (const { fail } of waiting.splice(0)) fail(error);
      }
    },
  };
}
