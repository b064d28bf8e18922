/**
 * Power cuts: what a process wrote and synced while it took frames in is recorded by strace, and played to a disk that loses, sector by
 * sector, what was not synced. POWER_CUTS makes it more than the few that a test run has time for.
 *
 * It covers SQLite's files as this gateway writes them: the journal, its filing into the tables, checkpoints of the log. It does not cover a file system that loses a
 * file's creation, a disk that damages sectors which nobody wrote, or one that lies about having synced (that one does lose frames, and
 * the second test shows it).
 * @module
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openDatabase } from "#gateway/store/sqlite/database.ts";
import { createFrames } from "#gateway/store/sqlite/frames.ts";
import { createHistory } from "#gateway/store/sqlite/history.ts";
import { createJournal } from "#gateway/store/sqlite/journal.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import { admission, boardIdOf, readingOf } from "#tools/bench/ingest/boards.ts";
import { createRandom } from "#tools/virtual-board/random.ts";
import { cutPower } from "./power-cut/disk.ts";
import { STRACE, readTrace } from "./power-cut/trace.ts";
import type { Operation } from "./power-cut/trace.ts";

const CUTS = Number(process.env["POWER_CUTS"] ?? 12);
const SEED = Number(process.env["SEED"] ?? 20261123);
const BOARDS = 20;
const PER_BOARD = 20;
const STORE = "store.sqlite";
const run = promisify(execFile);

/** A recording: the files before it, and what was done to them. */
interface Recording {
  start: Map<string, Buffer>;
  operations: Operation[];
}

async function record(folder: string): Promise<Recording> {
  const store = await openSqliteStore(join(folder, STORE));
  for (let index = 0; index < BOARDS; index++) await store.admitBoard(admission(index));
  await store.close();
  const start = new Map<string, Buffer>();
  for (const name of await readdir(folder)) start.set(name, await readFile(join(folder, name)));
  const script = fileURLToPath(new URL("power-cut/recorded.ts", import.meta.url));
  const command = [process.execPath, "--import", "tsx", script, folder, String(BOARDS), String(PER_BOARD)];
  await run("strace", [...STRACE, "-o", join(folder, "trace"), ...command], { maxBuffer: 64 * 1024 * 1024 });
  return { start, operations: await readTrace(folder, "trace") };
}

/** Frames that were acknowledged and are not there, and what is there beyond: it must be whole. */
function lost(folder: string, acknowledged: Set<string>): number {
  const database = openDatabase(join(folder, STORE));
  try {
    createJournal(database, createFrames(database, createHistory(database).intake)).file();
    assert.equal(database.pragma("integrity_check", { simple: true }), "ok");
    const rows = database.prepare<[], { board: number; sequence: number; importMwh: number }>("SELECT board, sequence, import_mwh AS importMwh FROM reading").all();
    const found = new Set<string>();
    for (const { board, sequence, importMwh } of rows) {
      const index = board - Number.parseInt(boardIdOf(0), 16);
      assert.equal(importMwh, readingOf(index, sequence).importMwh);
      found.add(`ack ${index} ${sequence}`);
    }
    const progress = database.prepare<[], { board: number; newest: number; readings: number }>(
      `SELECT board, frame_number AS newest, (SELECT count(*) FROM reading WHERE reading.board = board.board) AS readings
       FROM board WHERE frame_number IS NOT NULL`,
    );
    for (const { newest, readings } of progress.all()) assert.equal(readings, newest + 1);
    return [...acknowledged].filter((line) => !found.has(line)).length;
  } finally {
    database.close();
  }
}

describe("a power cut", function () {
  this.timeout(60_000 + CUTS * 1000);
  let folder = "";
  let recording: Recording;

  before(async function () {
    try {
      await run("strace", ["-V"]);
    } catch {
      // mocha shows the changed title beside the skip.
      if (this.test?.parent) this.test.parent.title += " (skipped: no strace on the path)";
      this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), "daisee-power-"));
    recording = await record(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Cuts at random moments; gives how many cuts lost acknowledged frames. */
  async function cut(cuts: number, honoursSync: boolean): Promise<number> {
    const { start, operations } = recording;
    const random = createRandom(SEED);
    let losing = 0;
    for (let number = 0; number < cuts; number++) {
      const count = Math.floor(random() * (operations.length + 1));
      const acknowledged = new Set(operations.slice(0, count).flatMap((operation) => (operation.kind === "print" ? [operation.line] : [])));
      const found = join(folder, `cut-${number}`);
      await mkdir(found);
      for (const [name, bytes] of cutPower(start, operations, count, random, honoursSync)) await writeFile(join(found, name), bytes);
      try {
        if (lost(found, acknowledged) > 0) losing++;
      } catch (error) {
        if (honoursSync) throw new Error(`cut ${number} behind ${count} of ${operations.length} operations (seed ${SEED})`, { cause: error });
        losing++;
      }
      await rm(found, { recursive: true });
    }
    return losing;
  }

  it(`loses no acknowledged frame, at any of ${CUTS} moments (seed ${SEED})`, async () => {
    const syncs = recording.operations.filter(({ kind }) => kind === "sync").length;
    const lines = recording.operations.filter(({ kind }) => kind === "print").length;
    assert.equal(lines, BOARDS * PER_BOARD);
    assert.ok(syncs >= PER_BOARD);
    assert.equal(await cut(CUTS, true), 0);
  });

  it("would lose some on a disk that only says that it synced", async () => {
    assert.ok((await cut(10, false)) > 0);
  });
});
