/**
 * The AccountStore in SQLite.
 * @module
 */
import type Database from "better-sqlite3";
import type { AccountStore } from "../accounts.ts";
import type { Synchronous } from "./synchronous.ts";

export function createAccountStore(_database: Database.Database): Synchronous<AccountStore> {
  return {};
}
