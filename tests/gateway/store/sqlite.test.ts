/**
 * @module
 */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import Database from "better-sqlite3";
import { createCaller } from "#gateway/store/sqlite/caller.ts";
import { checkSqliteVersion, migrate } from "#gateway/store/sqlite/database.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import { MIGRATIONS } from "#gateway/store/sqlite/schema.ts";
import { describeStore } from "./store-suite.ts";
import { BOARD_A, BOOT_UTC_MS, admitted, received } from "./samples.ts";

describeStore("SQLite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "daisee-store-"));
  return {
    open: () => openSqliteStore(join(folder, "store.sqlite")),
    remove: () => rm(folder, { recursive: true }),
  };
});

describe("SQLite store's file", () => {
  let folder = "";
  let path = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "daisee-store-"));
    path = join(folder, "store.sqlite");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("is for its owner's eyes only", async () => {
    const store = await openSqliteStore(path);
    await store.admitBoard(admitted(BOARD_A));
    for (const file of [path, `${path}-wal`]) assert.equal((await stat(file)).mode & 0o777, 0o600);
    await store.close();
  });

  it("of a newer gateway is refused and left as it is", async () => {
    await (await openSqliteStore(path)).close();
    const database = new Database(path);
    database.pragma("user_version = 99");
    database.close();
    await assert.rejects(openSqliteStore(path), /schema version 99.*newer gateway/);
    const again = new Database(path, { readonly: true });
    assert.equal(again.pragma("user_version", { simple: true }), 99);
    again.close();
  });

  it("of another program is refused and left as it is", async () => {
    const database = new Database(path);
    database.exec("CREATE TABLE theirs (a)");
    database.close();
    await assert.rejects(openSqliteStore(path), /another program/);
    const again = new Database(path, { readonly: true });
    assert.deepEqual(again.prepare("SELECT name FROM sqlite_schema").pluck().all(), ["theirs"]);
    again.close();
  });

  it("that is no database, or whose folder is missing, is refused", async () => {
    await writeFile(path, "no database, but long enough to look like one".repeat(100));
    await assert.rejects(openSqliteStore(path), /not a database/);
    await assert.rejects(openSqliteStore(join(folder, "missing", "store.sqlite")), /no such file or directory/);
  });

  it("of schema 1 keeps all that it held, and gets rollups as if it had always had them", async () => {
    const old = new Database(path);
    old.exec(await readFile(new URL("schema-1.sql", import.meta.url), "utf8"));
    const rows = old.prepare("SELECT * FROM reading ORDER BY end_utc_ms, board, boot, sequence").all();
    old.close();
    const store = await openSqliteStore(path);
    const readings = await store.readings({ limit: 999 });
    assert.equal(readings.length, rows.length - 2, "two have no time");
    assert.deepEqual(await store.batchReadings(1), readings.slice(0, 4));
    assert.equal((await store.batch(1))?.transaction.state, "final");
    assert.equal((await store.events({ limit: 9 })).length, 1);
    assert.equal((await store.checkpoints({ limit: 9 }))[0]?.meters[1]?.exportMwh, 1870);
    assert.deepEqual(await store.checkIntegrity(), []);

    // The same readings in a store of today.
    const fresh = await openSqliteStore(join(folder, "fresh.sqlite"));
    for (const board of await store.boards()) await fresh.admitBoard(board);
    for (const { boardId, boot, sequence, endUtcMs, batch: _batch, leaf: _leaf, ...record } of readings) {
      await fresh.commitFrames([received({ boardId, boot, sequence, records: [record], bootUtcMs: (endUtcMs ?? 0) - record.uptimeMs })]);
    }
    const query = { meters: [0, 1].map((meter) => ({ boardId: BOARD_A, meter })), fromUtcMs: BOOT_UTC_MS, toUtcMs: BOOT_UTC_MS + 86_400_000 };
    for (const resolution of ["minute", "quarter", "day", "month"] as const) {
      const series = await store.series({ ...query, resolution });
      assert.deepEqual(series, await fresh.series({ ...query, resolution }));
      assert.equal(Math.max(...series.meters.flatMap((meter) => meter.readings)) > 0, true);
    }
    await fresh.close();
    await store.close();
    const again = new Database(path, { readonly: true });
    assert.deepEqual(again.prepare("SELECT * FROM reading ORDER BY end_utc_ms, board, boot, sequence").all(), rows);
    assert.equal(again.pragma("user_version", { simple: true }), MIGRATIONS.length);
    again.close();
  });

  it("that is damaged says where", async () => {
    const store = await openSqliteStore(path);
    await store.admitBoard(admitted(BOARD_A));
    assert.deepEqual(await store.checkIntegrity(), []);
    await store.close();
    const database = new Database(path);
    database.pragma("foreign_keys = OFF");
    database.exec("INSERT INTO block VALUES (5, 1, 0, 0, 0, 0, 2, NULL, NULL, x'01')");
    database.close();
    const damaged = await openSqliteStore(path);
    assert.match((await damaged.checkIntegrity()).join("\n"), /row 5 of block refers to no row of board\nblock 5: unexpected end of file/);
    await damaged.close();
  });

  it("of an older version is migrated step by step, and keeps its rows", () => {
    const database = new Database(path);
    migrate(database, ["CREATE TABLE a (x INTEGER) STRICT"]);
    database.exec("INSERT INTO a VALUES (7)");
    const steps = ["CREATE TABLE a (x INTEGER) STRICT", "ALTER TABLE a ADD COLUMN y INTEGER", "UPDATE a SET y = x + 1"];
    migrate(database, steps);
    migrate(database, steps);
    assert.deepEqual(database.prepare("SELECT * FROM a").all(), [{ x: 7, y: 8 }]);
    assert.equal(database.pragma("user_version", { simple: true }), 3);
    database.close();
  });

  it("stays at the version before a migration that fails", () => {
    const database = new Database(path);
    const good = "CREATE TABLE a (x INTEGER) STRICT";
    migrate(database, [good]);
    assert.throws(() => migrate(database, [good, "CREATE TABLE b (y); CREATE TABLE a (z)"]), /already exists/);
    assert.deepEqual(database.prepare("SELECT name FROM sqlite_schema").pluck().all(), ["a"]);
    assert.equal(database.pragma("user_version", { simple: true }), 1);
    database.close();
  });
});

describe("SQLite's version", () => {
  it("must be 3.51.3 or newer", () => {
    for (const version of ["3.51.3", "3.51.10", "3.52.0", "4.0.0"]) checkSqliteVersion(version);
    for (const version of ["3.51.2", "3.50.9", "3.9.9", "2.99.99", "", "unknown"]) {
      assert.throws(() => checkSqliteVersion(version), /3\.51\.3 or newer/);
    }
  });
});

describe("database thread", () => {
  it("that dies rejects what it has not answered and all that comes later", async () => {
    const source = `const { parentPort } = require("node:worker_threads");
      parentPort.postMessage({ id: 0 });
      parentPort.once("message", ({ id }) => {
        parentPort.postMessage({ id, result: 1 });
        parentPort.once("message", () => process.exit(3));
      });`;
    const { ready, call, close } = createCaller(new Worker(source, { eval: true }));
    await ready();
    const answers = await Promise.allSettled([call("increment", "a"), call("increment", "a"), call("boards")]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      ["fulfilled", "rejected", "rejected"],
    );
    await assert.rejects(call("boards"), /ended with code 3: restart the gateway/);
    await close();
    await assert.rejects(call("boards"), /closed/);
  });

  it("that throws outside a call says why", async () => {
    const source = `const { parentPort } = require("node:worker_threads");
      parentPort.postMessage({ id: 0 });
      parentPort.once("message", () => { throw new Error("disk on fire"); });`;
    const { ready, call, close } = createCaller(new Worker(source, { eval: true }));
    await ready();
    await assert.rejects(call("boards"), /disk on fire: restart the gateway/);
    await assert.rejects(call("boards"), /disk on fire/);
    await close();
  });
});
