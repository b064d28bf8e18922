/**
 * The SettlementStore in SQLite.
 * @module
 */
import type Database from "better-sqlite3";
import type { SettlementStore } from "../settlement.ts";
import type { Synchronous } from "./synchronous.ts";

export function createSettlementStore(_database: Database.Database): Synchronous<SettlementStore> {
  return {};
}
