/**
 * Writes backups.
 * @module
 */
import { closeSync, existsSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { BACKUP_SCHEMA, hashTables, openOurs, readManifest, sha256, syncFile } from "./backup-format.ts";
import type { BackupFile, BackupManifest } from "./backup-format.ts";
import { checkIntegrity } from "./integrity.ts";

/**
 * Writes a backup of a store that may be in use; on the disk when this returns, or not there at all.
 * @param options.path must not exist.
 * @throws when the store or the copy is damaged, or the disk is full.
 */
export function writeBackup(options: {
  storePath: string;
  path: string;
  node: string;
  nowUtcMs: number;
  files: BackupFile[];
}): BackupManifest {
  const { storePath, path, node, nowUtcMs, files } = options;
  if (existsSync(path)) throw new Error(`${path} exists already; name another file.`);
  const part = `${path}.part`;
  rmSync(part, { force: true });
  // SQLite keeps the mode of an empty file that is there.
  closeSync(openSync(part, "wx", 0o600));
  try {
    const store = openOurs(storePath);
    try {
      // One read transaction: a moment's state, while others go on writing.
      store.prepare("VACUUM INTO ?").run(part);
    } finally {
      store.close();
    }
    const copy = new Database(part);
    try {
      const wrong = checkIntegrity(copy);
      if (wrong.length > 0) throw new Error(`the store is damaged (${wrong[0]}); restore the newest backup that is not`);
      const schema = Number(copy.pragma("user_version", { simple: true }));
      const tables = hashTables(copy);
      copy.transaction(() => {
        copy.exec(BACKUP_SCHEMA);
        copy.prepare("INSERT INTO backup_manifest VALUES (1, ?, ?, ?)").run(nowUtcMs, node, schema);
        const addTable = copy.prepare("INSERT INTO backup_table VALUES (:name, :rows, :sha256)");
        for (const table of tables) addTable.run(table);
        const addFile = copy.prepare("INSERT INTO backup_file VALUES (?, ?, ?, ?, ?)");
        for (const { name, mode, content } of files) addFile.run(name, mode, content.length, sha256(content), content);
      }).immediate();
      const manifest = readManifest(copy, path);
      copy.close();
      syncFile(part);
      renameSync(part, path);
      syncFile(dirname(path));
      return manifest;
    } finally {
      copy.close();
    }
  } finally {
    for (const suffix of ["", "-journal", "-wal", "-shm"]) rmSync(`${part}${suffix}`, { force: true });
  }
}
