/**
 * The journal against the tables that it is filed into, over every order of commits, filing and crashes.
 * @module
 */
import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "better-sqlite3";
import fc from "fast-check";
import type { BoardRecord } from "#firmware/wire/records.ts";
import { createBoards } from "#gateway/store/sqlite/boards.ts";
import { openDatabase } from "#gateway/store/sqlite/database.ts";
import { createFrames } from "#gateway/store/sqlite/frames.ts";
import { createHistory } from "#gateway/store/sqlite/history.ts";
import { createJournal } from "#gateway/store/sqlite/journal.ts";
import type { Journal } from "#gateway/store/sqlite/journal.ts";
import { createReaders } from "#gateway/store/sqlite/readers.ts";
import { packFrames, unpackResult } from "#gateway/store/sqlite/transfer.ts";
import type { BoardProgress, ReceivedFrame } from "#gateway/store/store.ts";
import { BOARD_A, BOARD_B, BOOT_UTC_MS, admitted, checkpoint, event, reading, received } from "./samples.ts";

/** Records that wait at most, in these tests. */
const MOST = 20;

interface Opened {
  database: Database;
  journal: Journal;
  progress: () => BoardProgress[];
  /** Of all records in the tables, `board-stream-boot-sequence`. */
  filed: () => string[];
}

function open(path: string, mostRecords = MOST): Opened {
  const database = openDatabase(path);
  // What is synced when is the power cuts' and kills' part.
  database.pragma("synchronous = OFF");
  const boards = createBoards(database);
  for (const boardId of [BOARD_A, BOARD_B]) boards.admitBoard(admitted(boardId));
  const journal = createJournal(database, createFrames(database, createHistory(database).intake), mostRecords);
  const select = database
    .prepare<[], string>(
      `SELECT board || '-0-' || boot || '-' || sequence FROM reading UNION ALL SELECT board || '-0-' || boot || '-' || sequence FROM event
       UNION ALL SELECT board || '-1-' || boot || '-' || sequence FROM checkpoint`,
    )
    .pluck();
  return { database, journal, progress: () => journal.progress(boards.progress()), filed: () => select.all().sort() };
}

const keysOf = ({ boardId, frame: { stream, boot, sequence, records } }: ReceivedFrame): string[] =>
  records.map((_, index) => `${Number.parseInt(boardId, 16)}-${stream}-${boot}-${sequence + index}`);

function withFile(test: (path: string) => Promise<void> | void): () => Promise<void> {
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), "daisee-journal-"));
    try {
      await test(join(folder, "store.sqlite"));
    } finally {
      await rm(folder, { recursive: true });
    }
  };
}

/** Frames that go on, come again, overlap, and bring an older boot's records; diagnostics, which have none, too. */
const frame: fc.Arbitrary<ReceivedFrame> = fc
  .record({ boardId: fc.constantFrom(BOARD_A, BOARD_B), boot: fc.integer({ min: 1, max: 2 }), sequence: fc.nat(40), length: fc.nat(5), isCoarse: fc.boolean() })
  .map(({ boardId, boot, sequence, length, isCoarse }) => {
    const fine = (number: number): BoardRecord => (number % 3 === 0 ? event() : reading({ importMwh: number, meter: number % 3 }));
    const numbers = Array.from({ length }, (_, index) => sequence + index);
    const records = numbers.map((number) => (isCoarse ? checkpoint({ slot: number }) : fine(number)));
    return received({ boardId, boot, frameBoot: 2, frameNumber: sequence, sequence, records });
  });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.array(frame, { minLength: 1, maxLength: 5 }) },
  { weight: 2, arbitrary: fc.record({ parts: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 1, arbitrary: fc.constantFrom("surplus" as const, "crash" as const) },
);

describe("the journal", () => {
  it(
    "files every record once, whatever comes again and whenever it is filed or the process dies",
    withFile((path) => {
      open(path).database.close();
      let runs = 0;
      fc.assert(
        fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
          const own = `${path}-${++runs}`;
          copyFileSync(path, own);
          let opened = open(own);
          const seen = new Set<string>();
          for (const one of steps) {
            if (one === "crash") {
              // Without a last word from the journal; SQLite's own files are as a killed process leaves them.
              opened.database.close();
              opened = open(own);
            } else if (one === "surplus") {
              opened.journal.fileSurplus();
              assert.ok(seen.size - opened.filed().length <= (MOST * 7) / 8, "there is room for the next commit");
            } else if ("parts" in one) opened.journal.fileSome(Infinity, one.parts);
            else {
              const results = unpackResult(one, opened.journal.commitPacked(packFrames(one)));
              for (const [index, { stored, duplicates }] of results.entries()) {
                const keys = keysOf(one[index] ?? assert.fail());
                const fresh = keys.filter((key) => !seen.has(key));
                assert.deepEqual([stored.length, duplicates], [fresh.length, keys.length - fresh.length]);
                for (const key of fresh) seen.add(key);
              }
              assert.ok(seen.size - opened.filed().length <= MOST, "no more wait than may");
            }
          }
          const before = opened.progress();
          opened.journal.file();
          assert.deepEqual(opened.filed(), [...seen].sort());
          assert.deepEqual(opened.progress(), before, "progress is the same before and after filing");
          assert.equal(opened.database.prepare("SELECT count(*) FROM journal").pluck().get(), 0);
          opened.database.close();
        }),
        { numRuns: Number(process.env["JOURNAL_RUNS"] ?? 100) },
      );
    }),
  );

  it(
    "is filed by turns in the order of the boards' numbers, so that one that never stops sending does not keep another's frames in it",
    withFile((path) => {
      const { database, journal, filed } = open(path, 1000);
      let sequence = 1;
      const send = (boardId: string): string[] => {
        const sent = received({ boardId, sequence, frameNumber: sequence, records: [reading(), reading(), reading()] });
        sequence += 3;
        journal.commitPacked(packFrames([sent]));
        return keysOf(sent);
      };
      const ofB = send(BOARD_B);
      const first = [...send(BOARD_A), ...send(BOARD_A)];
      assert.equal(journal.fileSome(Infinity, 3), true);
      assert.deepEqual(filed(), first.slice(0, 3).sort(), "one part of the board with the lower number");
      send(BOARD_A);
      assert.equal(journal.fileSome(Infinity, 3), true);
      assert.deepEqual(filed(), [...first.slice(0, 3), ...ofB].sort(), "then the other one's");
      assert.equal(journal.fileSome(Infinity, 1000), false);
      assert.equal(filed().length, 12);
      assert.equal(database.prepare("SELECT count(*) FROM journal").pluck().get(), 0);
      database.close();
    }),
  );

  it(
    "refuses what the tables would not take, with all that came in the same commit, and goes on",
    withFile((path) => {
      const { database, journal, filed } = open(path);
      const good = received({ sequence: 1 });
      const bad = [
        received({ sequence: 2, records: [reading({ importMwh: 0.5 })] }),
        received({ sequence: 2, records: [event({ value: Infinity })] }),
        received({ sequence: 2, records: [checkpoint({ meters: [{ importMwh: NaN, exportMwh: 1 }] })] }),
        received({ sequence: 2, bootUtcMs: 1.5 }),
        received({ sequence: 2, boardId: "00000000beef" }),
      ];
      for (const one of bad) assert.throws(() => journal.commitPacked(packFrames([good, one])), /^Error: store: /);
      assert.deepEqual(filed(), []);
      assert.deepEqual([...journal.commitPacked(packFrames([good]))], [1]);
      journal.file();
      assert.deepEqual(filed(), keysOf(good));
      database.close();
    }),
  );

  it(
    "is not filed when the store is opened and its progress is asked, which is what a gateway does before it listens",
    withFile((path) => {
      const first = open(path);
      first.journal.commitPacked(packFrames([received({ boot: 3, frameNumber: 7, frameBootUtcMs: BOOT_UTC_MS + 3 })]));
      first.database.close();
      const { database, progress, filed } = open(path);
      assert.deepEqual(progress(), [{ boardId: BOARD_A, frameBoot: 3, frameNumber: 7, bootUtcMs: new Map([[3, BOOT_UTC_MS + 3]]) }]);
      assert.deepEqual(filed(), []);
      database.close();
    }),
  );
});

describe("readers", () => {
  it(
    "see all that was committed before they asked; commits that come meanwhile go first, and are not waited for",
    withFile(async (path) => {
      const { database, journal, filed } = open(path, 1_000_000);
      const many = (from: number): ReceivedFrame => received({ sequence: from, frameNumber: from, records: Array.from({ length: 50 }, () => reading()) });
      for (let from = 0; from < 3000; from += 50) journal.commitPacked(packFrames([many(from)]));
      const order: string[] = [];
      const readers = createReaders(journal);
      const read = new Promise<number>((resolve, reject) => {
        readers.add({
          read() {
            order.push("read");
            resolve(filed().length);
          },
          fail: reject,
        });
      });
      const committed = new Promise<void>((resolve) => {
        setImmediate(() => {
          journal.commitPacked(packFrames([received({ boardId: BOARD_B })]));
          order.push("commit");
          resolve();
        });
      });
      await committed;
      assert.equal(await read, 3000);
      assert.deepEqual(order, ["commit", "read"]);
      assert.ok(journal.waitingUpTo() > 0);
      database.close();
    }),
  );

  it("read at once when nothing waits, in their order when something does, and are told when it cannot be filed", async () => {
    const order: string[] = [];
    let left = 2;
    let failure: Error | null = null;
    const journal = {
      waitingUpTo: () => left,
      waitingRecords: () => 0,
      fileSome: () => {
        if (failure !== null) throw failure;
        return --left > 0;
      },
      fileSurplus: () => void order.push("surplus"),
      file: () => void order.push("all"),
    };
    const readers = createReaders(journal);
    const ask = (name: string): Promise<void> =>
      new Promise((resolve) => {
        const done = (what: string) => (): void => {
          order.push(`${name} ${what}`);
          resolve();
        };
        readers.add({ read: done("reads"), fail: done("fails") });
      });
    const both = Promise.all([ask("one"), ask("two")]);
    readers.tidy();
    await both;
    left = 0;
    readers.tidy();
    void ask("three");
    assert.deepEqual(order, ["one reads", "two reads", "surplus", "three reads"], "readers' turns file what is too much");
    left = 1;
    failure = new Error("disk full");
    await ask("four");
    const last = ask("five");
    readers.finish();
    await last;
    assert.deepEqual(order.slice(4), ["four fails", "all", "five reads"]);
  });

  it(
    "find little to be filed, whatever came since somebody read: what is much is filed part by part beforehand",
    withFile((path) => {
      const { database, journal } = open(path, 1_000_000);
      const readers = createReaders(journal);
      const many = (from: number): ReceivedFrame => received({ sequence: from, frameNumber: from, records: Array.from({ length: 50 }, () => reading()) });
      for (let from = 0; from < 3000; from += 50) journal.commitPacked(packFrames([many(from)]));
      const waiting = [journal.waitingRecords()];
      for (let turn = 0; turn < 4; turn++) {
        readers.prepare();
        waiting.push(journal.waitingRecords());
      }
      assert.deepEqual(waiting, [3000, 1950, 900, 900, 900]);
      database.close();
    }),
  );
});
