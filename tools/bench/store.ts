/**
 * The store with a year of four meters at 10 s: bytes per reading, time of charts, memory.
 * @module
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import Database from "better-sqlite3";
import { openDatabase } from "#gateway/store/sqlite/database.ts";
import type { ReadingRow } from "#gateway/store/sqlite/rows.ts";
import { median } from "./harness.ts";
import type { Bench, Figure } from "./harness.ts";
import type { Asked } from "./store-child.ts";
import { METERS, READING_MS, START_UTC_MS, fillStore } from "./store-year.ts";

const DAY_MS = 86_400_000;
/** DAYS=365 makes 12.6 million readings, and takes minutes on a small machine. */
const DAYS = Number(process.env["DAYS"] ?? 122);
/** The reference keeps its newest days as plain rows: a year of them takes 600 MB and minutes to write. */
const RAW_DAYS = Math.min(DAYS, 30);
const TURNS = 5;

/** What most would write: a table of rows by time, and GROUP BY. */
function createReference(path: string) {
  const database = new Database(path);
  database.pragma("journal_mode = WAL");
  database.exec(`CREATE TABLE reading (board INTEGER, meter INTEGER, end_utc_ms INTEGER, current_ma INTEGER, min_current_ma INTEGER,
    max_current_ma INTEGER, voltage_mv INTEGER, import_mwh INTEGER, export_mwh INTEGER, PRIMARY KEY (board, meter, end_utc_ms)) WITHOUT ROWID`);
  const insert = database.prepare(
    "INSERT INTO reading VALUES (:board, :meter, :endUtcMs, :currentMa, :minCurrentMa, :maxCurrentMa, :voltageMv, :importMwh, :exportMwh)",
  );
  const addDay = database.transaction((rows: ReadingRow[]): void => {
    for (const row of rows) insert.run(row);
  });
  return {
    addDay,
    /** Median ms of a chart over the last `days` days in bins of `binMs`. */
    chartMs(days: number, binMs: number): number {
      const select = database.prepare(
        `SELECT board, meter, end_utc_ms / ? AS bin, max(import_mwh) - min(import_mwh), max(export_mwh) - min(export_mwh),
           avg(current_ma * voltage_mv), min(min_current_ma), max(max_current_ma), count(*) FROM reading
         WHERE board = ? AND meter = ? AND end_utc_ms > ? GROUP BY bin ORDER BY bin`,
      );
      const fromUtcMs = START_UTC_MS + (DAYS - days) * DAY_MS;
      const times = Array.from({ length: TURNS }, () => {
        const start = performance.now();
        for (const { board, meter } of METERS) select.all(binMs, board, meter, fromUtcMs);
        return performance.now() - start;
      });
      return median(times);
    },
    close: () => database.close(),
  };
}

async function ask(path: string): Promise<Asked> {
  const script = fileURLToPath(new URL("store-child.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script, path, String(DAYS)]);
  // The child prints an Asked.
  return JSON.parse(stdout) as Asked;
}

export const store: Bench = {
  name: "store",
  summary: "four meters at 10 s over 122 days, or DAYS=365: bytes per reading, charts, memory",
  async run(): Promise<Figure[]> {
    const folder = await mkdtemp(join(tmpdir(), "daisee-bench-"));
    try {
      const path = join(folder, "store.sqlite");
      const database = openDatabase(path);
      const reference = createReference(join(folder, "reference.sqlite"));
      const start = performance.now();
      let referenceMs = 0;
      fillStore(database, DAYS, (day, rows) => {
        if (day < DAYS - RAW_DAYS) return;
        const before = performance.now();
        reference.addDay(rows);
        referenceMs += performance.now() - before;
      });
      const fillMs = performance.now() - start - referenceMs;
      const readings = (DAYS * DAY_MS * METERS.length) / READING_MS;
      const packedBytes = Number(database.prepare("SELECT sum(pgsize) FROM dbstat WHERE name IN ('block', 'block_by_key', 'block_by_time')").pluck().get());
      database.pragma("wal_checkpoint(TRUNCATE)");
      database.close();
      const asked = await ask(path);
      const rowBytes = (await stat(join(folder, "reference.sqlite"))).size / ((RAW_DAYS * DAY_MS * METERS.length) / READING_MS);
      const rawDayMs = reference.chartMs(1, 60_000);
      const rawYearMs = reference.chartMs(RAW_DAYS, DAY_MS);
      reference.close();
      return [
        { name: "readings", value: readings, unit: "" },
        { name: "packed", value: packedBytes / readings, unit: "bytes/reading", reference: { name: "plain rows", value: rowBytes }, aim: { of: "value", atMost: 10 } },
        { name: "whole file, rollups and batches too", value: (await stat(path)).size / readings, unit: "bytes/reading", aim: { of: "value", atMost: 10 } },
        { name: "rolled up and packed", value: readings / (fillMs / 1000), unit: "readings/s", reference: { name: "plain rows inserted", value: (RAW_DAYS * 34_560) / (referenceMs / 1000) } },
        { name: "day chart by minute, four meters", value: median(asked.dayMs), unit: "ms", reference: { name: "GROUP BY", value: rawDayMs }, aim: { of: "value", atMost: 30 } },
        { name: "old day, by quarter-hour", value: median(asked.oldDayMs), unit: "ms", aim: { of: "value", atMost: 30 } },
        { name: "year chart by day, four meters", value: median(asked.yearMs), unit: "ms", reference: { name: `GROUP BY over ${RAW_DAYS} days only`, value: rawYearMs }, aim: { of: "value", atMost: 50 } },
        { name: "reading by its number, packed", value: median(asked.readingMs), unit: "ms" },
        { name: "memory of the asking process, at most", value: asked.maxRssBytes / 1e6, unit: "MB", aim: { of: "value", atMost: 250 } },
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
