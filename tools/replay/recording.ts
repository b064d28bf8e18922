/**
 * What a home needed and what its sun gave, as recorded: from a CSV file.
 * @module
 */
import { parse } from "csv-parse/sync";

/** Holds from `utcMs` until the next sample. */
export interface Sample {
  utcMs: number;
  /** What the home's own appliances drew, and what its panels gave; mW. */
  loadMw: number;
  generationMw: number;
  /** Voltage of the neighbours' bus; null where it was not recorded. */
  busMv: number | null;
}

const TIME_COLUMNS = ["time", "timestamp", "utc", "end"];

/** A time as ISO 8601 text, or as seconds or milliseconds since 1970. */
function parseTime(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number)) return number > 1e11 ? number : number * 1000;
  return Date.parse(text);
}

function parseNumber(row: Record<string, string>, name: string, line: number): number {
  const text = row[name]?.trim() ?? "";
  const value = Number(text);
  if (text === "" || !Number.isFinite(value)) throw new Error(`line ${line}: ${name} must be a number, not "${text}"`);
  return value;
}

/**
 * Reads a recording. Its header names the columns: `time`, `load_w`, and where known `generation_w` and `bus_v`.
 * @throws with the line and what was expected.
 */
export function parseRecording(csv: string): Sample[] {
  let rows: Record<string, string>[];
  try {
    // With a header row, csv-parse gives one object of texts for each line.
    rows = parse(csv, { columns: (header: string[]) => header.map((name) => name.trim().toLowerCase()), skip_empty_lines: true, trim: true, bom: true });
  } catch (error) {
    throw new Error(`this is no CSV table: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const [first] = rows;
  if (first === undefined) throw new Error("the recording is empty: a header and at least two lines are needed");
  const time = TIME_COLUMNS.find((name) => name in first);
  if (time === undefined || !("load_w" in first)) throw new Error('the first line must name the columns: "time" and "load_w", and where known "generation_w" and "bus_v"');
  const samples = rows.map((row, index): Sample => {
    const line = index + 2;
    const utcMs = parseTime(row[time] ?? "");
    if (!Number.isFinite(utcMs)) throw new Error(`line ${line}: "${row[time]}" is no time; ISO 8601 or seconds since 1970 are expected`);
    const loadMw = Math.round(parseNumber(row, "load_w", line) * 1000);
    const generationMw = "generation_w" in row ? Math.round(parseNumber(row, "generation_w", line) * 1000) : 0;
    if (loadMw < 0 || generationMw < 0) throw new Error(`line ${line}: load_w and generation_w cannot be negative`);
    const busMv = (row["bus_v"] ?? "") === "" ? null : Math.round(parseNumber(row, "bus_v", line) * 1000);
    return { utcMs: Math.round(utcMs), loadMw, generationMw, busMv };
  });
  for (const [index, sample] of samples.entries()) {
    const before = samples[index - 1];
    if (before !== undefined && sample.utcMs <= before.utcMs) throw new Error(`line ${index + 2}: times must ascend`);
  }
  if (samples.length < 2) throw new Error("the recording has one line: at least two are needed");
  return samples;
}
