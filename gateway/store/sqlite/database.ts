/**
 * Opens the database file: settings, the check of SQLite's own version, and the schema's migrations.
 * @module
 */
import { closeSync, openSync } from "node:fs";
import Database from "better-sqlite3";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";

/** Before 3.51.3 two connections to one WAL could corrupt it (the "WAL-reset" bug). */
const LEAST_SQLITE = [3, 51, 3] as const;

/** Throws when SQLite's version (such as "3.51.3") is older than the one that keeps a WAL safe. */
export function checkSqliteVersion(version: string): void {
  const parts = version.split(".").map(Number);
  for (const [index, least] of LEAST_SQLITE.entries()) {
    const part = parts[index] ?? 0;
    if (part > least) return;
    if (!(part >= least)) {
      throw new Error(`store: SQLite ${version} can corrupt its log; ${LEAST_SQLITE.join(".")} or newer is needed: run "npm ci"`);
    }
  }
}

/** Brings a database to the newest version, each step in a transaction of its own. Throws when it is newer, or not ours. */
export function migrate(database: Database.Database, migrations: readonly string[]): void {
  const version = Number(database.pragma("user_version", { simple: true }));
  const owner = Number(database.pragma("application_id", { simple: true }));
  const isEmpty = database.prepare("SELECT 1 FROM sqlite_schema").get() === undefined;
  if (owner !== APPLICATION_ID && !(isEmpty && version === 0)) {
    throw new Error(`store: ${database.name} is a database of another program: choose another file`);
  }
  if (version > migrations.length) {
    const known = `this gateway knows ${migrations.length}`;
    throw new Error(`store: ${database.name} has schema version ${version}, ${known}: start the newer gateway that wrote it`);
  }
  for (const [index, step] of migrations.entries()) {
    if (index < version) continue;
    database.transaction(() => {
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.exec(step);
      database.pragma(`user_version = ${index + 1}`);
    }).immediate();
  }
}

/** Opens or creates the database at `path`. A commit is on the disk when it returns. */
export function openDatabase(path: string): Database.Database {
  // A household's readings are nobody else's business; SQLite gives its log the mode of the database.
  closeSync(openSync(path, "a", 0o600));
  const database = new Database(path);
  try {
    checkSqliteVersion(String(database.prepare("SELECT sqlite_version()").pluck().get()));
    // In this order: an encrypted or foreign file fails at the first pragma that reads it.
    database.pragma("journal_mode = WAL");
    // With NORMAL a power cut loses commits that were acknowledged.
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
    migrate(database, MIGRATIONS);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
