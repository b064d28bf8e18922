/**
 * Brings files and what people type in into the store, marked as such.
 * @module
 */
import type { Clock } from "#gateway/clock.ts";
import type { ExternalInterval, ExternalKind, ExternalOutcome, ExternalStore } from "#gateway/store/external.ts";
import { createStatus } from "../status.ts";
import type { IntegrationStatus } from "../status.ts";
import type { RowOptions } from "./columns.ts";
import { parseCsv } from "./parse.ts";
import type { BadRow } from "./parse.ts";

export interface ImportReport {
  /** Intervals, by what became of them. */
  stored: number;
  duplicates: number;
  /** Series that the file went into. */
  seriesIds: string[];
  /** Lines that were left out, and the first of them with the reason. */
  badRows: number;
  bad: BadRow[];
}

export interface ManualEntry extends ExternalInterval {
  series: string;
  name: string;
  kind: ExternalKind;
}

export interface CsvImport {
  /** @throws CsvError when the header says too little; the store's errors. */
  importCsv(text: string, options: RowOptions & { series: string; name: string }): Promise<ImportReport>;
  /** @throws the store's errors. */
  enter(entry: ManualEntry): Promise<{ seriesId: string; outcome: ExternalOutcome }>;
  status(): IntegrationStatus;
}

/** Lines that a report names. */
const MOST_NAMED = 100;
/** Intervals per transaction, so that no commit of frames waits long behind one. */
const BATCH = 500;

export function createCsvImport({ store, clock }: { store: ExternalStore; clock: Clock }): CsvImport {
  const status = createStatus("csv-import", clock, ["files", "stored", "duplicates", "badRows", "entries", "refused"]);
  status.become("working");

  /** Counts what could not be done before it goes to whoever asked. */
  async function counted<Result>(work: Promise<Result>): Promise<Result> {
    return work.catch((error: unknown) => {
      status.wrong("refused", error);
      throw error;
    });
  }

  async function importAll(text: string, { series, name, ...options }: RowOptions & { series: string; name: string }): Promise<ImportReport> {
    const { rows, bad } = await parseCsv(text, options);
    const report: ImportReport = { stored: 0, duplicates: 0, seriesIds: [], badRows: 0, bad };
    for (const kind of ["consumption", "production"] as const) {
      const own = rows.filter((row) => row.kind === kind);
      if (own.length === 0) continue;
      const seriesId = `imported-${series}-${kind}`;
      await store.putExternalSeries({ seriesId, origin: "imported", kind, name });
      report.seriesIds.push(seriesId);
      for (let start = 0; start < own.length; start += BATCH) {
        const part = own.slice(start, start + BATCH);
        const outcomes = await store.addExternal(seriesId, part.map(({ startUtcMs, endUtcMs, energyMwh }) => ({ startUtcMs, endUtcMs, energyMwh })));
        for (const [place, outcome] of outcomes.entries()) {
          if (outcome === "stored") report.stored += 1;
          else if (outcome === "duplicate") report.duplicates += 1;
          else bad.push({ line: part[place]?.line ?? 0, why: "its time overlaps that of another row, or of what was there" });
        }
      }
    }
    report.badRows = bad.length;
    report.bad = bad.toSorted((a, b) => a.line - b.line).slice(0, MOST_NAMED);
    status.count("files");
    status.count("stored", report.stored);
    status.count("duplicates", report.duplicates);
    const [first] = report.bad;
    if (first !== undefined) {
      status.wrong("badRows", `Line ${first.line}: ${first.why}.`);
      status.count("badRows", report.badRows - 1);
    }
    return report;
  }

  async function enterOne({ series, name, kind, startUtcMs, endUtcMs, energyMwh }: ManualEntry) {
    const seriesId = `manual-${series}-${kind}`;
    await store.putExternalSeries({ seriesId, origin: "manual", kind, name });
    const [outcome = "overlapping"] = await store.addExternal(seriesId, [{ startUtcMs, endUtcMs, energyMwh }]);
    if (outcome === "stored") status.count("entries");
    return { seriesId, outcome };
  }

  return {
    importCsv: (text, options) => counted(importAll(text, options)),
    enter: (entry) => counted(enterOne(entry)),
    status: () => status.view(),
  };
}
