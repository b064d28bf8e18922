/**
 * A backup's form: a SQLite database that is a copy of the store as it stood at one moment, and three tables that say what the copy must
 * hold and carry the other files. So it is made in one pass while the gateway goes on writing, needs no second copy on the disk, and opens
 * in every SQLite. Contents are hashed table by table: the copy's pages differ from the store's, its rows do not.
 * @module
 */
import { createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync } from "node:fs";
import Database from "better-sqlite3";
import { checkSqliteVersion } from "./database.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";

/** A file that a backup carries beside the store. */
export interface BackupFile {
  name: string;
  /** Permissions, such as 0o600. */
  mode: number;
  content: Uint8Array;
}

/** What a backup says of itself. */
export interface BackupManifest {
  version: 1;
  createdUtcMs: number;
  /** The node's name, for whoever finds the file. */
  node: string;
  schema: number;
  tables: { name: string; rows: number; sha256: string }[];
  files: { name: string; mode: number; bytes: number; sha256: string }[];
}

/** The tables that a store does not have. */
export const BACKUP_TABLES = ["backup_manifest", "backup_table", "backup_file"] as const;

export const BACKUP_SCHEMA = `
CREATE TABLE backup_manifest (
  version INTEGER NOT NULL,
  created_utc_ms INTEGER NOT NULL,
  node TEXT NOT NULL,
  schema INTEGER NOT NULL
) STRICT;
CREATE TABLE backup_table (name TEXT PRIMARY KEY, rows INTEGER NOT NULL, sha256 TEXT NOT NULL) STRICT;
CREATE TABLE backup_file (
  name TEXT PRIMARY KEY,
  mode INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  content BLOB NOT NULL
) STRICT;
`;

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Hash of a table's rows in the order of its primary key, whatever pages and indexes they lie in. */
function hashTable(database: Database.Database, name: string): { name: string; rows: number; sha256: string } {
  const columns = database.prepare<[string], string>("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk").pluck().all(name);
  const order = columns.length === 0 ? "rowid" : columns.map((column) => `"${column}"`).join(", ");
  const hash = createHash("sha256");
  let rows = 0;
  const select = database
    .prepare<[], (bigint | number | string | Uint8Array | null)[]>(`SELECT * FROM "${name}" ORDER BY ${order}`)
    .raw()
    .safeIntegers();
  for (const row of select.iterate()) {
    rows++;
    for (const value of row) {
      const bytes = value instanceof Uint8Array ? value : Buffer.from(value === null ? "" : String(value));
      // Type and length before the value: no two rows read alike.
      hash.update(`${value instanceof Uint8Array ? "bytes" : value === null ? "null" : typeof value} ${bytes.length} `).update(bytes);
    }
  }
  return { name, rows, sha256: hash.digest("hex") };
}

/** Hashes of all of a store's tables, by name; those of a backup's own are left out. Two stores with equal hashes hold the same. */
export function hashTables(database: Database.Database): BackupManifest["tables"] {
  const names = database
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^' ORDER BY name")
    .pluck()
    .all();
  return names.filter((name) => !BACKUP_TABLES.some((own) => own === name)).map((name) => hashTable(database, name));
}

/** Opens a store or a backup, to be read. Throws when it is none of ours, or of a newer gateway. */
export function openOurs(path: string): Database.Database {
  if (!existsSync(path)) throw new Error(`There is no ${path}.`);
  // Not `readonly`: such a connection leaves the log's files behind when it is the last one.
  const database = new Database(path, { fileMustExist: true });
  try {
    checkSqliteVersion(String(database.prepare("SELECT sqlite_version()").pluck().get()));
    const owner = database.pragma("application_id", { simple: true });
    if (owner !== APPLICATION_ID) throw new Error(`${path} is no store of a gateway, nor a backup of one.`);
    const version = Number(database.pragma("user_version", { simple: true }));
    if (version > MIGRATIONS.length) {
      throw new Error(`${path} is of a newer gateway (schema ${version}, this one knows ${MIGRATIONS.length}): use that one.`);
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Puts a file, or a folder's entries, on the disk. */
export function syncFile(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Throws when a database is no backup, or of an unknown version. */
export function readManifest(database: Database.Database, path: string): BackupManifest {
  if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'backup_manifest'").get() === undefined) {
    throw new Error(`${path} is a store, but no backup of one: name a file that "daisee backup" wrote.`);
  }
  const head = database
    .prepare<[], Pick<BackupManifest, "version" | "createdUtcMs" | "node" | "schema">>(
      "SELECT version, created_utc_ms AS createdUtcMs, node, schema FROM backup_manifest",
    )
    .get();
  if (head?.version !== 1) {
    throw new Error(`${path} is a backup of version ${head?.version}, which this gateway does not know: use a newer one.`);
  }
  return {
    ...head,
    tables: database.prepare<[], BackupManifest["tables"][0]>("SELECT name, rows, sha256 FROM backup_table ORDER BY name").all(),
    files: database.prepare<[], BackupManifest["files"][0]>("SELECT name, mode, bytes, sha256 FROM backup_file ORDER BY name").all(),
  };
}
