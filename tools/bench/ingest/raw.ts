/**
 * The least that storing could cost: the bench's readings into one table of the same columns, in group commits with `synchronous=FULL`,
 * from one thread and with nothing around it.
 * @module
 */
import Database from "better-sqlite3";
import { readingOf } from "./boards.ts";

/** Rows per second in commits of `group` rows. */
export function measureRaw(path: string, rows: number, group: number): number {
  const database = new Database(path);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.exec(`CREATE TABLE reading (board INTEGER, boot INTEGER, sequence INTEGER, meter INTEGER, uptime_ms INTEGER, end_utc_ms INTEGER,
    current_ma INTEGER, min_current_ma INTEGER, max_current_ma INTEGER, voltage_mv INTEGER, import_mwh INTEGER, export_mwh INTEGER,
    relays INTEGER, flags INTEGER, charge_permille INTEGER, PRIMARY KEY (board, boot, sequence)) STRICT, WITHOUT ROWID`);
  const insert = database.prepare(`INSERT INTO reading VALUES (${Array.from({ length: 15 }, () => "?").join(", ")})`);
  const boards = 1000;
  const commit = database.transaction((from: number) => {
    for (let row = from; row < from + group; row++) {
      const board = row % boards;
      const sequence = Math.floor(row / boards);
      const { meter, uptimeMs, currentMa, minCurrentMa, maxCurrentMa, voltageMv, importMwh, exportMwh, relays, flags } = readingOf(board, sequence);
      const measured = [currentMa, minCurrentMa, maxCurrentMa, voltageMv, importMwh, exportMwh, relays, flags];
      insert.run(board, 12, sequence, meter, uptimeMs, uptimeMs, ...measured, null);
    }
  });
  const start = performance.now();
  for (let from = 0; from < rows; from += group) commit.immediate(from);
  const seconds = (performance.now() - start) / 1000;
  database.close();
  return rows / seconds;
}
