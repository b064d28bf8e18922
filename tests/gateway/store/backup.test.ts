/**
 * @module
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { hashTables } from "#gateway/store/sqlite/backup-format.ts";
import type { BackupFile, BackupManifest } from "#gateway/store/sqlite/backup-format.ts";
import { writeBackup } from "#gateway/store/sqlite/backup.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import { assertClosed, unpackBackup } from "#gateway/store/sqlite/restore.ts";
import { framesOf, live } from "./meters.ts";
import type { Life } from "./meters.ts";
import { BOARD_A, BOOT_UTC_MS, admitted, newBatch } from "./samples.ts";

const NOW = Date.UTC(2027, 0, 1);
const LIFE: Life = { fromUtcMs: BOOT_UTC_MS, count: 2500 };
const FILES: BackupFile[] = [{ name: "gateway.json", mode: 0o644, content: Buffer.from("{}") }];

function tablesOf(path: string): BackupManifest["tables"] {
  const database = new Database(path, { readonly: true });
  try {
    return hashTables(database);
  } finally {
    database.close();
  }
}

describe("a store's backup", () => {
  let folder = "";
  let storePath = "";
  let path = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "daisee-backup-"));
    storePath = join(folder, "store.sqlite");
    path = join(folder, "home.daisee");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = (): BackupManifest => writeBackup({ storePath, path, node: "Home", nowUtcMs: NOW, files: FILES });

  it("taken while frames come in holds what it was at one moment, packed readings too, and restores to equal hashes", async () => {
    const store = await openSqliteStore(storePath);
    await store.admitBoard(admitted(BOARD_A));
    const frames = framesOf(live(LIFE), LIFE);
    await store.commitFrames(frames.slice(0, 180));
    await store.addBatch(newBatch(1, await store.unbatchedReadings(Infinity, 2200)));
    await store.updateTransaction(1, { state: "final", blockNumber: 1, blockHash: "0x1" });
    while ((await store.tidy(BOOT_UTC_MS + 30 * 86_400_000)).more);
    assert.equal((await store.storage()).packedReadings, 2048);
    const commits = frames
      .slice(180)
      .map((frame) => store.commitFrames([frame]));
    const manifest = write();
    await Promise.all(commits);

    const restoredPath = join(folder, "restored.sqlite");
    const { files, manifest: read } = unpackBackup(path, restoredPath, NOW);
    assert.deepEqual(read, manifest);
    assert.deepEqual(
      files.map(({ name, mode, content }) => ({ name, mode, content: Buffer.from(content) })),
      FILES,
    );
    assert.deepEqual(tablesOf(restoredPath), manifest.tables, "no counter is in it that could have been raised");
    assert.equal((await stat(restoredPath)).mode & 0o777, 0o600);

    // A whole number of commits is in it, and goes on from there.
    const restored = await openSqliteStore(restoredPath);
    const count = (await restored.storage()).readings;
    assert.ok(count >= 180 * 12 && count <= LIFE.count && (count === LIFE.count || count % 12 === 0));
    assert.deepEqual(await restored.batchReadings(1), await store.batchReadings(1));
    await restored.commitFrames(frames);
    assert.deepEqual(await restored.readings({ limit: 9999 }), await store.readings({ limit: 9999 }));
    const series = { meters: [{ boardId: BOARD_A, meter: 0 }], resolution: "minute" as const, fromUtcMs: BOOT_UTC_MS, toUtcMs: BOOT_UTC_MS + 86_400_000 };
    assert.deepEqual(await restored.series(series), await store.series(series));
    assert.deepEqual(await restored.checkIntegrity(), []);
    await restored.close();
    await store.close();
    assert.deepEqual((await readdir(folder)).toSorted(), ["home.daisee", "restored.sqlite", "store.sqlite"]);
  });

  it("numbers messages above all that were used since, at each restore", async () => {
    const store = await openSqliteStore(storePath);
    await store.increment("start");
    await store.close();
    write();
    const starts: number[] = [];
    for (const nowUtcMs of [NOW, NOW + 60_000]) {
      const restoredPath = join(folder, `restored-${nowUtcMs}.sqlite`);
      unpackBackup(path, restoredPath, nowUtcMs);
      const restored = await openSqliteStore(restoredPath);
      starts.push(await restored.increment("start"));
      await restored.close();
    }
    assert.deepEqual(starts, [525_601, 525_602]);
  });

  it("that was changed in any table, row or file is refused, and leaves nothing behind", async () => {
    const store = await openSqliteStore(storePath);
    await store.admitBoard(admitted(BOARD_A));
    await store.commitFrames(framesOf(live({ ...LIFE, count: 30 }), LIFE));
    await store.close();
    const changes: [string, RegExp][] = [
      ["UPDATE reading SET import_mwh = import_mwh + 1 WHERE sequence = 7", /table reading is not what was backed up/],
      ["DELETE FROM rollup WHERE resolution = 1", /table rollup is not/],
      ["UPDATE board SET name = 'Other'", /table board is not/],
      ["UPDATE backup_file SET content = x'7b20'", /file gateway\.json is not/],
      ["CREATE TABLE more (x)", /tables that were not backed up/],
      ["DROP TABLE backup_manifest", /no backup of one/],
      ["UPDATE backup_manifest SET version = 2", /version 2.*use a newer one/],
      ["PRAGMA application_id = 7", /no store of a gateway/],
      ["PRAGMA user_version = 99", /newer gateway/],
    ];
    const restoredPath = join(folder, "restored.sqlite");
    for (const [change, why] of changes) {
      write();
      const database = new Database(path);
      database.exec(change);
      database.close();
      assert.throws(() => unpackBackup(path, restoredPath, NOW), why);
      assert.equal(existsSync(restoredPath), false);
      await rm(path);
    }
  });

  it("never replaces a file, and of no store there is none", async () => {
    assert.throws(write, /There is no .*store\.sqlite/);
    await (await openSqliteStore(storePath)).close();
    write();
    assert.throws(write, /exists already; name another/);
    assert.throws(() => unpackBackup(path, storePath, NOW), /EEXIST/);
    assert.throws(() => unpackBackup(storePath, join(folder, "x"), NOW), /no backup of one/);
    assert.deepEqual((await readdir(folder)).toSorted(), ["home.daisee", "store.sqlite"]);
  });

  it("is not restored over a store that a gateway has open", async () => {
    const store = await openSqliteStore(storePath);
    assert.throws(() => assertClosed(storePath), /a gateway has .* open; stop it first/);
    await store.close();
    assertClosed(storePath);
    assertClosed(join(folder, "none.sqlite"));
  });
});
