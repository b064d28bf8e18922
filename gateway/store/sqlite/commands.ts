/**
 * The CommandStore in SQLite.
 * @module
 */
import type Database from "better-sqlite3";
import type { CommandStore } from "../commands.ts";
import type { Synchronous } from "./synchronous.ts";

export function createCommandStore(_database: Database.Database): Synchronous<CommandStore> {
  return {};
}
