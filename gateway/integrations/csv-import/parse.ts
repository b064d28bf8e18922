/**
 * An imported file's rows, and what is wrong with the others.
 * @module
 */
import { Readable } from "node:stream";
import { parse } from "csv-parse";
import { columnsOf, CsvError, rowOf } from "./columns.ts";
import type { Columns, Row, RowOptions } from "./columns.ts";

/** A line that was left out; lines count from 1, the header's. */
export interface BadRow {
  line: number;
  why: string;
}

export interface ParsedCsv {
  rows: (Row & { line: number })[];
  bad: BadRow[];
}

export const MAX_ROWS = 100_000;
const MAX_ROW_BYTES = 4096;
const CHUNK_CHARS = 16_384;
/** Rows between which everything else has its turn. */
const BREATH_ROWS = 200;

/** What separates fields: whichever the first line has most of. */
function delimiterOf(text: string): string {
  const [header = ""] = text.split(/\r?\n|\r/, 1);
  const countOf = (character: string): number => header.split(character).length;
  return [",", ";", "\t"].toSorted((a, b) => countOf(b) - countOf(a))[0] ?? ",";
}

function* chunksOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; start += CHUNK_CHARS) yield text.slice(start, start + CHUNK_CHARS);
}

const breathe = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Reads a file with a header. A line that cannot be read is left out and named; the others stay.
 * @throws CsvError when the header says too little, or there are too many rows.
 */
export async function parseCsv(text: string, options: RowOptions): Promise<ParsedCsv> {
  const delimiter = delimiterOf(text);
  const parsed: ParsedCsv = { rows: [], bad: [] };
  let columns: Columns | undefined;
  const parser = parse({
    delimiter,
    bom: true,
    trim: true,
    info: true,
    comment: "#",
    comment_no_infix: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: MAX_ROW_BYTES,
    columns: (names: string[]) => names.map((name) => name.toLowerCase()),
  });
  parser.on("skip", (error: Error & { lines?: number }) => {
    parsed.bad.push({ line: error.lines ?? parser.info.lines, why: error.message });
  });
  // With `info` and `columns` these are the records.
  const records = Readable.from(chunksOf(text)).pipe(parser) as AsyncIterable<{ record: Record<string, string>; info: { lines: number } }>;
  try {
    let seen = 0;
    for await (const { record, info } of records) {
      columns ??= columnsOf(Object.keys(record), options);
      if (++seen > MAX_ROWS) throw new CsvError(`There are more than ${MAX_ROWS} rows: cut the file in parts.`);
      if (seen % BREATH_ROWS === 0) await breathe();
      try {
        const rows = rowOf(record, columns, { ...options, decimalComma: delimiter !== "," });
        for (const row of rows) parsed.rows.push({ ...row, line: info.lines });
      } catch (error) {
        parsed.bad.push({ line: info.lines, why: reasonOf(error) });
      }
    }
  } catch (error) {
    if (error instanceof CsvError) throw error;
    // What csv-parse cannot skip, such as a quote that is never closed: it ends here.
    parsed.bad.push({ line: parser.info.lines, why: reasonOf(error) });
  }
  if (columns === undefined && parsed.bad.length === 0) throw new CsvError("The file has no rows below its first line.");
  return parsed;
}
