/**
 * Checks a whole database: SQLite's own structures, references between tables, and that every block unpacks to what its row says.
 * @module
 */
import type { Database } from "better-sqlite3";
import { unpackReadings } from "../packing.ts";

interface Block {
  id: number;
  readings: number;
  data: Uint8Array;
}

/** What is wrong, one line each; none when the database is sound. */
export function checkIntegrity(database: Database): string[] {
  const wrong: string[] = [];
  // Rows of PRAGMA integrity_check have one text, "ok" when all is well; those of foreign_key_check name a table and a row.
  const structure = database.pragma("integrity_check") as { integrity_check: string }[];
  wrong.push(...structure.map((row) => row.integrity_check).filter((text) => text !== "ok"));
  const references = database.pragma("foreign_key_check") as { table: string; rowid: number | null; parent: string }[];
  wrong.push(...references.map(({ table, rowid, parent }) => `row ${rowid} of ${table} refers to no row of ${parent}`));
  // A store that was not migrated yet has no blocks.
  if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'block'").get() === undefined) return wrong;
  for (const { id, readings, data } of database.prepare<[], Block>("SELECT id, readings, data FROM block").iterate()) {
    try {
      const found = unpackReadings(data).length;
      if (found !== readings) wrong.push(`block ${id} has ${found} readings, not ${readings}`);
    } catch (error) {
      wrong.push(`block ${id}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return wrong;
}
