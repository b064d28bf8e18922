/**
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
import { newBatch } from "./samples.ts";

const SEED = 20263;
const ROUNDS = 5;

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
  const seen = new Set<string>();
  for (const line of acknowledged) {
    const [kind, number = "", members = ""] = line.split(" ");
    assert.ok(!seen.has(`${kind} ${number}`), `${kind} ${number} was acknowledged once`);
    seen.add(`${kind} ${number}`);
    if (kind === "reading") assert.ok(Number(number) < sequences.length, `reading ${number} is there`);
    else {
      const batch = await store.batch(Number(number));
      assert.deepEqual({ ...batch?.transaction, id: 0 }, { ...newBatch(Number(number), []).transaction, id: 0 });
      assert.equal((await store.batchReadings(Number(number))).map(({ sequence }) => sequence).join(","), members);
    }
  }
  for (const { number, readingCount } of await store.batches({ limit: 1_000_000 })) {
    assert.equal((await store.batchReadings(number)).length, readingCount, `batch ${number} is whole`);
  }
}

describe("SQLite store under SIGKILL", () => {
  it(`keeps what it acknowledged, once (seed ${SEED})`, async function () {
    this.timeout(60_000);
    const folder = await mkdtemp(join(tmpdir(), "daisee-kill-"));
    const path = join(folder, "store.sqlite");
    const acknowledged: string[] = [];
    try {
      for (const count of fc.sample(fc.integer({ min: 1, max: 400 }), { seed: SEED, numRuns: ROUNDS })) {
        acknowledged.push(...(await runAndKill(path, count)));
        const store = await openSqliteStore(path);
        await check(store, acknowledged);
        await store.close();
        const database = new Database(path, { readonly: true });
        assert.equal(database.pragma("integrity_check", { simple: true }), "ok");
        assert.deepEqual(database.pragma("foreign_key_check"), []);
        database.close();
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
