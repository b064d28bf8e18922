/**
 * What the columns of an imported file mean, and one row by them. Pure.
 * @module
 */
import { Temporal } from "temporal-polyfill";
import type { ExternalInterval, ExternalKind } from "#gateway/store/external.ts";

/** A file that no row can be read of; the message says what it needs. */
export class CsvError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CsvError";
  }
}

/** How rows are to be read. */
export interface RowOptions {
  /** Of times that come without an offset; IANA name. */
  timeZone: string;
  /** Length of an interval where there is no column `end`. */
  stepMs: number | null;
}

export interface Columns {
  start: string;
  end: string | null;
  energy: { column: string; kind: ExternalKind; unit: "kwh" | "wh" | "w" }[];
}

export type Row = ExternalInterval & { kind: ExternalKind };

const START_NAMES = ["start", "time", "timestamp", "date"];
const ENERGY_NAME = /^(consumption|production)_(kwh|wh|w)$/;
const MWH = { kwh: 1_000_000, wh: 1000 } as const;
/** 1 mWh is 3600 W·ms. */
const W_MS_PER_MWH = 3600;
/** Longest interval that says anything about when energy flowed. */
const MAX_INTERVAL_MS = 366 * 24 * 3_600_000;
/** 2000-01-01 and 2100-01-01: a time outside is a wrong column or unit. */
const EARLIEST_UTC_MS = 946_684_800_000;
const LATEST_UTC_MS = 4_102_444_800_000;

/** @param names of the header, in lower case. @throws CsvError */
export function columnsOf(names: readonly string[], { stepMs }: RowOptions): Columns {
  const start = START_NAMES.find((name) => names.includes(name));
  if (start === undefined) throw new CsvError(`The first line names no column ${START_NAMES.join(", ")}; it has ${names.join(", ").slice(0, 200)}.`);
  const energy = names.flatMap((column) => {
    const [, kind, unit] = ENERGY_NAME.exec(column) ?? [];
    // The expression has these alternatives and no others.
    return kind === undefined ? [] : [{ column, kind: kind as ExternalKind, unit: unit as "kwh" | "wh" | "w" }];
  });
  for (const kind of ["consumption", "production"] as const) {
    if (energy.filter((one) => one.kind === kind).length > 1) throw new CsvError(`There are several columns of ${kind}: leave one.`);
  }
  if (energy.length === 0) throw new CsvError("The first line names no column consumption_kwh, production_kwh, or the same with _wh or _w.");
  const end = names.includes("end") ? "end" : null;
  if (end === null && stepMs === null) throw new CsvError("Say how long each row's interval is: add a column end, or name stepSeconds.");
  return { start, end, energy };
}

/** UTC ms of ISO 8601 text (in the zone when it has no offset), or of seconds or ms since 1970. @throws Error */
export function timeOf(text: string, timeZone: string): number {
  const utcMs = /^\d{9,10}$/.test(text) ? Number(text) * 1000 : /^\d{12,13}$/.test(text) ? Number(text) : isoTimeOf(text, timeZone);
  if (utcMs < EARLIEST_UTC_MS || utcMs >= LATEST_UTC_MS) throw new Error(`"${text.slice(0, 40)}" is not between the years 2000 and 2100`);
  return utcMs;
}

function isoTimeOf(text: string, timeZone: string): number {
  const iso = text.replace(" ", "T");
  try {
    if (/(Z|[+-]\d{2}(:?\d{2})?)$/i.test(iso) && iso.includes("T")) return Temporal.Instant.from(iso).epochMilliseconds;
    // A time that clocks show twice, or never, does not say when it was.
    return Temporal.PlainDateTime.from(iso, { overflow: "reject" }).toZonedDateTime(timeZone, { disambiguation: "reject" }).epochMilliseconds;
  } catch {
    throw new Error(`"${text.slice(0, 40)}" is no time: expected one such as 2026-01-31T12:15:00Z`);
  }
}

/** @param decimalComma whether "1,5" is one and a half. @throws Error */
export function amountOf(text: string, decimalComma: boolean): number {
  const plain = decimalComma ? text.replace(",", ".") : text;
  if (!/^\d{1,12}(\.\d{1,12})?$/.test(plain)) throw new Error(`"${text.slice(0, 40)}" is no amount: expected a number that is not negative`);
  return Number(plain);
}

/** A row's intervals, one per kind; an empty field says nothing. @throws Error saying what is wrong with it. */
export function rowOf(record: Readonly<Record<string, string>>, columns: Columns, options: RowOptions & { decimalComma: boolean }): Row[] {
  const startUtcMs = timeOf(record[columns.start] ?? "", options.timeZone);
  const endText = columns.end === null ? "" : (record[columns.end] ?? "");
  if (endText === "" && options.stepMs === null) throw new Error("the end is missing");
  const endUtcMs = endText === "" ? startUtcMs + (options.stepMs ?? 0) : timeOf(endText, options.timeZone);
  if (endUtcMs <= startUtcMs) throw new Error("it ends before it begins");
  if (endUtcMs - startUtcMs > MAX_INTERVAL_MS) throw new Error("its interval is longer than a year");
  return columns.energy.flatMap(({ column, kind, unit }) => {
    const text = record[column] ?? "";
    if (text === "") return [];
    const amount = amountOf(text, options.decimalComma);
    const energyMwh = Math.round(unit === "w" ? (amount * (endUtcMs - startUtcMs)) / W_MS_PER_MWH : amount * MWH[unit]);
    if (!Number.isSafeInteger(energyMwh)) throw new Error(`"${text.slice(0, 40)}" is more than any home has`);
    return [{ kind, startUtcMs, endUtcMs, energyMwh }];
  });
}
