/**
 * Unpacks backups, and checks them.
 * @module
 */
import { closeSync, copyFileSync, existsSync, openSync, rmSync } from "node:fs";
import Database from "better-sqlite3";
import { BACKUP_TABLES, hashTables, openOurs, readManifest, sha256, syncFile } from "./backup-format.ts";
import type { BackupFile, BackupManifest } from "./backup-format.ts";
import { checkIntegrity } from "./integrity.ts";

export interface OpenedBackup {
  manifest: BackupManifest;
  files: BackupFile[];
}

/**
 * Unpacks a backup's store to `storePath`, which must not exist, and gives its other files.
 * @param nowUtcMs for the counters of starts: they go on above all that were used since, see {@link COUNTER_ORIGIN_MS}.
 * @throws when anything in it is not as its manifest says; nothing is left at `storePath` then.
 */
export function unpackBackup(path: string, storePath: string, nowUtcMs: number): OpenedBackup {
  openOurs(path).close();
  closeSync(openSync(storePath, "wx", 0o600));
  try {
    copyFileSync(path, storePath);
    const store = new Database(storePath);
    try {
      const manifest = readManifest(store, path);
      const wrong = checkIntegrity(store);
      const found = hashTables(store);
      for (const table of manifest.tables) {
        const same = found.find(({ name }) => name === table.name);
        if (same?.sha256 !== table.sha256 || same.rows !== table.rows) wrong.push(`table ${table.name} is not what was backed up`);
      }
      if (found.length !== manifest.tables.length) wrong.push("it has tables that were not backed up");
      const files = store
        .prepare<[], BackupFile & { sha256: string }>("SELECT name, mode, content, sha256 FROM backup_file ORDER BY name")
        .all();
      const changed = files.filter((file) => sha256(file.content) !== file.sha256);
      wrong.push(...changed.map(({ name }) => `file ${name} is not what was backed up`));
      if (wrong.length > 0) throw new Error(`${path} is damaged and was not restored: ${wrong.join("; ")}`);
      for (const name of BACKUP_TABLES) store.exec(`DROP TABLE ${name}`);
      raiseCounters(store, nowUtcMs);
      store.close();
      syncFile(storePath);
      return { manifest, files: files.map(({ name, mode, content }) => ({ name, mode, content: new Uint8Array(content) })) };
    } finally {
      store.close();
    }
  } catch (error) {
    rmSync(storePath, { force: true });
    throw error;
  }
}

/** 2026-01-01. */
const COUNTER_ORIGIN_MS = Date.UTC(2026, 0, 1);

/**
 * The counter of starts numbers sealed messages, and no number may be used twice under one key; those that were used after the backup are
 * unknown. A gateway starts less than once a minute, so the minutes since 2026 lie above them, now and at each later restore.
 */
function raiseCounters(database: Database.Database, nowUtcMs: number): void {
  database.prepare("UPDATE counter SET value = max(value, ?)").run(Math.max(0, Math.floor((nowUtcMs - COUNTER_ORIGIN_MS) / 60_000)));
}

/** Throws when a gateway has the store open. */
export function assertClosed(storePath: string): void {
  if (!existsSync(storePath)) return;
  const database = new Database(storePath, { timeout: 0 });
  try {
    // Leaving WAL needs the database for oneself alone.
    database.pragma("journal_mode = DELETE");
  } catch (cause) {
    throw new Error(`a gateway has ${storePath} open; stop it first`, { cause });
  } finally {
    database.close();
  }
}
