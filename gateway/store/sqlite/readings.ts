/**
 * Readings, wherever they are: young ones as rows, old ones packed in blocks.
 * @module
 */
import type { Database, Statement } from "better-sqlite3";
import type { ReadingQuery } from "../store.ts";
import { MAX_UTC_MS, compareKeys, isPlaced } from "../rollup.ts";
import { isWithin } from "./blocks.ts";
import type { BlockRow, Blocks } from "./blocks.ts";
import { READING_COLUMNS, boardNumber } from "./rows.ts";
import type { KeyRow, ReadingRow } from "./rows.ts";

/** Blocks that a listing looks at together. */
const BLOCKS_IN_PAGE = 16;

/** A query with all its bounds: what it does not state is beyond every reading, or null for any board and any meter. */
interface Bounds {
  board: number | null;
  meter: number | null;
  fromUtcMs: number;
  toUtcMs: number;
  afterUtcMs: number;
  afterBoard: number;
  afterBoot: number;
  afterSequence: number;
  limit: number;
}

function boundsOf({ boardId, meter, fromUtcMs = Number.MIN_SAFE_INTEGER, toUtcMs = Infinity, after, limit }: ReadingQuery): Bounds {
  const afterUtcMs = after?.endUtcMs ?? Number.MIN_SAFE_INTEGER;
  return {
    board: boardId === undefined ? null : boardNumber(boardId),
    meter: meter ?? null,
    fromUtcMs: Math.max(fromUtcMs, afterUtcMs),
    toUtcMs,
    afterUtcMs,
    afterBoard: after === undefined ? -1 : boardNumber(after.key.boardId),
    afterBoot: after?.key.boot ?? 0,
    afterSequence: after?.key.sequence ?? 0,
    limit,
  };
}

/** The first key, by time, of a meter's readings before `:toUtcMs` that fulfil a condition. */
const firstOf = (meter: string, condition: string): string =>
  `SELECT board, boot, sequence FROM reading WHERE board = ${meter}.board AND meter = ${meter}.meter AND ${condition}
   AND end_utc_ms < :toUtcMs ORDER BY end_utc_ms, boot, sequence LIMIT 1`;

const FIRST = firstOf(
  "newest_reading",
  "end_utc_ms >= :fromUtcMs AND (end_utc_ms, board, boot, sequence) > (:afterUtcMs, :afterBoard, :afterBoot, :afterSequence)",
);
const FOLLOWING = firstOf("next", "(end_utc_ms, boot, sequence) > (next.end_utc_ms, next.boot, next.sequence)");
const PLACE = "found.board, found.meter, found.end_utc_ms, found.boot, found.sequence";

// A recursive query is a queue: SQLite takes the first row by its ORDER BY, here of each meter's next reading, and puts in what follows it.
// So one index, by meter, lists one meter, a board, and all. An index by time alone would be written in a place of its own for each reading.
const LIST = `WITH RECURSIVE next (board, meter, end_utc_ms, boot, sequence) AS (
    SELECT ${PLACE} FROM newest_reading JOIN reading AS found ON (found.board, found.boot, found.sequence) = (${FIRST})
    WHERE newest_reading.board = ifnull(:board, newest_reading.board) AND newest_reading.meter = ifnull(:meter, newest_reading.meter)
    UNION ALL
    SELECT ${PLACE} FROM next JOIN reading AS found ON (found.board, found.boot, found.sequence) = (${FOLLOWING})
    ORDER BY 3, 1, 4, 5 LIMIT :limit
  )
  SELECT ${READING_COLUMNS} FROM next JOIN reading USING (board, meter, end_utc_ms, boot, sequence) ORDER BY end_utc_ms, board, boot, sequence`;

function byTime(a: ReadingRow, b: ReadingRow): number {
  return (a.endUtcMs ?? 0) - (b.endUtcMs ?? 0) || a.board - b.board || compareKeys(a, b);
}

/** The same bounds as {@link LIST} keeps, of an unpacked reading. */
function filterOf({ boardId, meter, fromUtcMs = 0, toUtcMs = Infinity, after }: ReadingQuery): (reading: ReadingRow) => boolean {
  const board = boardId === undefined ? null : boardNumber(boardId);
  const last = after === undefined ? null : { ...after.key, board: boardNumber(after.key.boardId), endUtcMs: after.endUtcMs };
  const isAfter = (one: ReadingRow): boolean =>
    last === null || ((one.endUtcMs ?? 0) - last.endUtcMs || one.board - last.board || compareKeys(one, last)) > 0;
  return (one) =>
    one.endUtcMs !== null &&
    one.endUtcMs >= fromUtcMs &&
    one.endUtcMs < toUtcMs &&
    (board === null || one.board === board) &&
    (meter === undefined || one.meter === meter) &&
    isAfter(one);
}

export function createReadings(database: Database, blocks: Blocks) {
  /** By SQL text; the texts differ by which conditions a query states, so they are few. */
  const prepared = new Map<string, Statement>();
  function select(sql: string, ...values: unknown[]): ReadingRow[] {
    const statement = prepared.get(sql) ?? database.prepare(`SELECT ${READING_COLUMNS} FROM reading ${sql}`);
    prepared.set(sql, statement);
    // READING_COLUMNS are a ReadingRow's.
    return statement.all(...values) as ReadingRow[];
  }
  const selectList = database.prepare<[Bounds], ReadingRow>(LIST);

  function findPacked(key: KeyRow): ReadingRow | null {
    const block = blocks.before(key);
    if (block === undefined || !isWithin(block, key)) return null;
    return blocks.open(block.id).find((reading) => compareKeys(reading, key) === 0) ?? null;
  }

  /** The first `limit` packed readings of a query, in order. */
  function listPacked(query: ReadingQuery): ReadingRow[] {
    const fromUtcMs = Math.max(query.fromUtcMs ?? 0, query.after?.endUtcMs ?? 0);
    const toUtcMs = Math.min(query.toUtcMs ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    const filter = filterOf(query);
    const board = query.boardId === undefined ? null : boardNumber(query.boardId);
    let found: ReadingRow[] = [];
    let last: BlockRow | undefined;
    for (;;) {
      const page = blocks.byTime(fromUtcMs, toUtcMs, last, BLOCKS_IN_PAGE);
      for (const block of page) {
        const bound = found[query.limit - 1]?.endUtcMs ?? null;
        // No later block has an earlier reading.
        if (bound !== null && bound < (block.fromUtcMs ?? 0)) return found;
        if (board !== null && block.board !== board) continue;
        found.push(...blocks.open(block.id).filter(filter));
        if (found.length >= query.limit) found = found.sort(byTime).slice(0, query.limit);
      }
      last = page.at(-1);
      if (page.length < BLOCKS_IN_PAGE) return found.sort(byTime);
    }
  }

  return {
    find(key: KeyRow): ReadingRow | null {
      const [row] = select("WHERE board = ? AND boot = ? AND sequence = ?", key.board, key.boot, key.sequence);
      return row ?? findPacked(key);
    },

    findPacked,

    list(query: ReadingQuery): ReadingRow[] {
      const rows = selectList.all(boundsOf(query));
      const packed = listPacked(query);
      if (packed.length === 0) return rows;
      return [...packed, ...rows].sort(byTime).slice(0, query.limit);
    },

    /** In the order of their leaves. */
    ofBatch(batch: number): ReadingRow[] {
      const packed = blocks.ofBatch(batch).flatMap((id) => blocks.open(id).filter((reading) => reading.batch === batch));
      return [...select("WHERE batch = ?", batch), ...packed].sort((a, b) => (a.leaf ?? 0) - (b.leaf ?? 0));
    },

    /** The reading that is in rollups and comes before (`step` -1) or after (1) a number in its meter's order; null when there is none. */
    neighbour(key: KeyRow, meter: number, step: -1 | 1): ReadingRow | null {
      const [comparison, order] = step === 1 ? [">", ""] : ["<", "DESC"];
      const [row = null] = select(
        `WHERE board = ? AND (boot, sequence) ${comparison} (?, ?) AND meter = ? AND end_utc_ms > 0 AND end_utc_ms < ${MAX_UTC_MS}
         ORDER BY boot ${order}, sequence ${order} LIMIT 1`,
        key.board,
        key.boot,
        key.sequence,
        meter,
      );
      const packed = packedNeighbour(key, meter, step);
      if (row === null || packed === null) return row ?? packed;
      return compareKeys(row, packed) * step < 0 ? row : packed;
    },
  };

  function packedNeighbour(key: KeyRow, meter: number, step: -1 | 1): ReadingRow | null {
    const isWanted = (one: ReadingRow): boolean => one.meter === meter && isPlaced(one.endUtcMs) && compareKeys(one, key) * step > 0;
    let block = blocks.before(key);
    if (step === 1 && (block === undefined || !isWithin(block, key))) block = blocks.after(key);
    while (block !== undefined) {
      const readings = blocks.open(block.id);
      const found = step === 1 ? readings.find(isWanted) : readings.findLast(isWanted);
      if (found !== undefined) return found;
      const edge: KeyRow = { board: key.board, boot: block.firstBoot, sequence: block.firstSequence };
      block = step === 1 ? blocks.after(edge) : blocks.before({ ...edge, sequence: edge.sequence - 1 });
    }
    return null;
  }
}

export type Readings = ReturnType<typeof createReadings>;
