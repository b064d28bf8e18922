/**
 * @module
 */
import assert from "node:assert/strict";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import Database from "better-sqlite3";
import { createCaller } from "#gateway/store/sqlite/caller.ts";
import { checkSqliteVersion, migrate } from "#gateway/store/sqlite/database.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import { describeStore } from "./store-suite.ts";
import { BOARD_A, admitted } from "./samples.ts";

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
