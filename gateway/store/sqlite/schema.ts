/**
 * The tables, as a list of steps: a database at version n has had the first n of them. A step that was released never changes.
 * @module
 */
import { ACCOUNTS } from "./migrations/accounts.ts";
import { COMMANDS } from "./migrations/commands.ts";
import { EXTERNAL } from "./migrations/external.ts";
import { FOUNDATION } from "./migrations/foundation.ts";
import { JOURNAL } from "./migrations/journal.ts";
import { LISTING } from "./migrations/listing.ts";
import { RECORDS } from "./migrations/records.ts";
import { SETTLEMENT } from "./migrations/settlement.ts";
import { TRADE } from "./migrations/trade.ts";

/** Marks our databases in SQLite's file header ("DSEE"). */
export const APPLICATION_ID = 0x44534545;

export const MIGRATIONS: readonly string[] = [FOUNDATION, RECORDS, COMMANDS, ACCOUNTS, SETTLEMENT, EXTERNAL, JOURNAL, TRADE, LISTING];
