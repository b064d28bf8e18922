/**
 * SIGKILL in the middle of commits, batches and packing. KILLS makes it more than the few that a test run has time for.
 * @module
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import fc from "fast-check";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import type { Store } from "#gateway/store/store.ts";
import { BOARD_A, BOOT_UTC_MS, admitted, newBatch, reading, received } from "./samples.ts";

const SEED = 20263;
const ROUNDS = Number(process.env["KILLS"] ?? 3);
/** Frames of four readings that are there before the first round: with what it adds they fill a block. */
const FRAMES_BEFORE = 252;

/** Runs the committer until it has acknowledged `count` lines, kills it, and gives what it wrote. */
async function runAndKill(path: string, count: number): Promise<string[]> {
  const script = fileURLToPath(new URL("committer.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, path], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    // At once, so that it comes in the middle of the commits that follow.
    if (lines.length === count) child.kill("SIGKILL");
  }
  const [, signal] = await exited;
  assert.equal(signal, "SIGKILL");
  return lines;
}

/** Checks that the store holds all that was acknowledged, once, and that what it holds beyond is whole. */
async function check(store: Store, acknowledged: string[]): Promise<void> {
  const readings = await store.readings({ limit: 1_000_000 });
  const sequences = readings.map(({ sequence }) => sequence).sort((a, b) => a - b);
  assert.deepEqual(
    sequences,
    sequences.map((_, index) => index),
    "every record from the first to the last, once",
  );
  assert.equal(sequences.length % 12, 0, "no group of frames is there in part");
  for (const { sequence, importMwh } of readings) assert.equal(importMwh, sequence);
  const day = { resolution: "day", fromUtcMs: BOOT_UTC_MS, toUtcMs: BOOT_UTC_MS + 1 } as const;
  const { meters } = await store.series({ ...day, meters: [{ boardId: BOARD_A, meter: 0 }] });
  assert.equal(meters[0]?.readings[0] ?? 0, sequences.length, "rollups have what is stored");
  const seen = new Set<string>();
  for (const line of acknowledged) {
    const [kind, number = "", members = ""] = line.split(" ");
    assert.ok(!seen.has(`${kind} ${number}`), `${kind} ${number} was acknowledged once`);
    seen.add(`${kind} ${number}`);
    if (kind === "reading") assert.ok(Number(number) < sequences.length, `reading ${number} is there`);
    else {
      const batch = await store.batch(Number(number));
      const { nonce, raw, hash } = newBatch(Number(number), []).transaction;
      assert.deepEqual([batch?.transaction.nonce, batch?.transaction.raw, batch?.transaction.hash], [nonce, raw, hash]);
      assert.equal((await store.batchReadings(Number(number))).map(({ sequence }) => sequence).join(","), members);
    }
  }
  for (const { number, readingCount } of await store.batches({ limit: 1_000_000 })) {
    assert.equal((await store.batchReadings(number)).length, readingCount, `batch ${number} is whole`);
  }
}

describe("SQLite store under SIGKILL", () => {
  it(`keeps what it acknowledged, once (seed ${SEED})`, async function () {
    this.timeout(120_000);
    const folder = await mkdtemp(join(tmpdir(), "daisee-kill-"));
    const path = join(folder, "store.sqlite");
    const acknowledged: string[] = [];
    let packed = 0;
    try {
      const first = await openSqliteStore(path);
      await first.admitBoard(admitted(BOARD_A));
      const four = (frame: number) => [0, 1, 2, 3].map((index) => reading({ importMwh: frame * 4 + index }));
      await first.commitFrames(Array.from({ length: FRAMES_BEFORE }, (_, frame) => received({ sequence: frame * 4, frameNumber: frame, records: four(frame) })));
      await first.close();
      for (const count of fc.sample(fc.integer({ min: 1, max: 400 }), { seed: SEED, numRuns: ROUNDS })) {
        acknowledged.push(...(await runAndKill(path, count)));
        const store = await openSqliteStore(path);
        await check(store, acknowledged);
        await store.close();
        const database = new Database(path, { readonly: true });
      packed = Number(database.prepare("SELECT ifnull(sum(readings), 0) FROM block").pluck().get());
        assert.equal(database.pragma("integrity_check", { simple: true }), "ok");
        assert.deepEqual(database.pragma("foreign_key_check"), []);
        database.close();
      }
      assert.ok(packed > 0, "some were packed");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
