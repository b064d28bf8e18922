/**
 * Packed readings as rows of the table `block`: written, found and unpacked.
 * @module
 */
import type { Database } from "better-sqlite3";
import { packReadings, unpackReadings } from "../packing.ts";
import type { PackedReading } from "../packing.ts";
import { compareKeys } from "../rollup.ts";
import type { KeyRow, ReadingRow } from "./rows.ts";

/** Readings in a block: fewer pack worse, more take longer to find one in. */
export const BLOCK_READINGS = 1024;
/** Longest time from a block's first end to its last, so that a listing knows where to begin. */
export const BLOCK_SPAN_MS = 86_400_000;

/** Unpacked blocks kept: whoever asks for one reading often asks for its neighbours next. */
const CACHED_BLOCKS = 16;

export interface BlockRow {
  id: number;
  board: number;
  firstBoot: number;
  firstSequence: number;
  lastBoot: number;
  lastSequence: number;
  readings: number;
  fromUtcMs: number | null;
  toUtcMs: number | null;
}

const BLOCK_COLUMNS = `id, board, first_boot AS firstBoot, first_sequence AS firstSequence, last_boot AS lastBoot,
  last_sequence AS lastSequence, readings, from_utc_ms AS fromUtcMs, to_utc_ms AS toUtcMs`;

/** Whether a reading's number lies within the block's first and last. */
export function isWithin(block: BlockRow, key: KeyRow): boolean {
  return (
    block.board === key.board &&
    compareKeys(key, { boot: block.firstBoot, sequence: block.firstSequence }) >= 0 &&
    compareKeys(key, { boot: block.lastBoot, sequence: block.lastSequence }) <= 0
  );
}

/** Cuts readings, in the order of their numbers, where a block is full or would span too much time. */
export function cutBlocks(readings: readonly ReadingRow[]): ReadingRow[][] {
  const blocks: ReadingRow[][] = [];
  let fromUtcMs = Infinity;
  let toUtcMs = -Infinity;
  for (const reading of readings) {
    const endUtcMs = reading.endUtcMs ?? Number.NaN;
    const from = Math.min(fromUtcMs, reading.endUtcMs ?? Infinity);
    const to = Math.max(toUtcMs, reading.endUtcMs ?? -Infinity);
    const block = blocks.at(-1);
    if (block === undefined || block.length >= BLOCK_READINGS || to - from > BLOCK_SPAN_MS) {
      blocks.push([reading]);
      [fromUtcMs, toUtcMs] = Number.isNaN(endUtcMs) ? [Infinity, -Infinity] : [endUtcMs, endUtcMs];
    } else {
      block.push(reading);
      [fromUtcMs, toUtcMs] = [from, to];
    }
  }
  return blocks;
}

export function createBlocks(database: Database) {
  const insert = database
    .prepare<unknown[], number>(
      `INSERT INTO block (board, first_boot, first_sequence, last_boot, last_sequence, readings, from_utc_ms, to_utc_ms, data)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
    )
    .pluck();
  const insertBatch = database.prepare("INSERT INTO block_batch VALUES (?, ?)");
  const remove = database.prepare("DELETE FROM block WHERE id = ?");
  const removeBatches = database.prepare("DELETE FROM block_batch WHERE block = ?");
  const selectData = database.prepare<[number], { board: number; data: Uint8Array }>("SELECT board, data FROM block WHERE id = ?");
  const selectBefore = database.prepare<[number, number, number], BlockRow>(
    `SELECT ${BLOCK_COLUMNS} FROM block WHERE board = ? AND (first_boot, first_sequence) <= (?, ?)
     ORDER BY first_boot DESC, first_sequence DESC LIMIT 1`,
  );
  const selectAfter = database.prepare<[number, number, number], BlockRow>(
    `SELECT ${BLOCK_COLUMNS} FROM block WHERE board = ? AND (first_boot, first_sequence) > (?, ?)
     ORDER BY first_boot, first_sequence LIMIT 1`,
  );
  const selectByTime = database.prepare<[number, number, number, number, number], BlockRow>(
    `SELECT ${BLOCK_COLUMNS} FROM block WHERE (from_utc_ms, id) > (?, ?) AND from_utc_ms < ? AND to_utc_ms >= ?
     ORDER BY from_utc_ms, id LIMIT ?`,
  );
  const selectByBatch = database.prepare<[number], number>("SELECT block FROM block_batch WHERE batch = ? ORDER BY block").pluck();
  /** By id, the last used last. */
  const cache = new Map<number, ReadingRow[]>();

  return {
    /** A block's readings, by number. */
    open(id: number): ReadingRow[] {
      const cached = cache.get(id);
      cache.delete(id);
      const stored = cached === undefined ? selectData.get(id) : undefined;
      const readings = cached ?? unpackReadings(stored?.data ?? Buffer.of()).map((reading) => ({ board: stored?.board ?? 0, ...reading }));
      cache.set(id, readings);
      for (const oldest of cache.keys()) {
        if (cache.size <= CACHED_BLOCKS) break;
        cache.delete(oldest);
      }
      return readings;
    },

    /** The block of a board that begins at or before a number, the newest such. */
    before: ({ board, boot, sequence }: KeyRow): BlockRow | undefined => selectBefore.get(board, boot, sequence),
    /** The block of a board that begins after a number, the first such. */
    after: ({ board, boot, sequence }: KeyRow): BlockRow | undefined => selectAfter.get(board, boot, sequence),

    /** Blocks with a reading that may have ended within the bounds, by their beginning; `behind` goes on after the last of a page. */
    byTime(fromUtcMs: number, toUtcMs: number, behind: BlockRow | undefined, limit: number): BlockRow[] {
      const [afterUtcMs, afterId] = behind === undefined ? [fromUtcMs - BLOCK_SPAN_MS - 1, 0] : [behind.fromUtcMs ?? 0, behind.id];
      return selectByTime.all(afterUtcMs, afterId, toUtcMs, fromUtcMs, limit);
    },

    /** Ids of the blocks with readings of a batch. */
    ofBatch: (batch: number): number[] => selectByBatch.all(batch),

    /** Writes one block; its readings are of one board, by number, and packable. Throws when it would not unpack to what it was. */
    write(readings: readonly ReadingRow[]): void {
      const first = readings[0];
      const last = readings.at(-1);
      if (first === undefined || last === undefined) return;
      const data = packReadings(readings);
      if (!unpackReadings(data).every((unpacked, index) => isEqual(unpacked, readings[index]))) {
        throw new Error(`store: readings ${first.boot}-${first.sequence} to ${last.boot}-${last.sequence} do not unpack to what they were`);
      }
      const ends = readings.flatMap(({ endUtcMs }) => endUtcMs ?? []);
      const [fromUtcMs, toUtcMs] = ends.length === 0 ? [null, null] : [Math.min(...ends), Math.max(...ends)];
      const range = [first.board, first.boot, first.sequence, last.boot, last.sequence];
      const id = insert.get(...range, readings.length, fromUtcMs, toUtcMs, data) ?? 0;
      for (const batch of new Set(readings.flatMap((reading) => reading.batch ?? []))) insertBatch.run(batch, id);
    },

    remove(id: number): void {
      removeBatches.run(id);
      remove.run(id);
      cache.delete(id);
    },
  };
}

export type Blocks = ReturnType<typeof createBlocks>;

const PACKED_COLUMNS = [
  "boot",
  "sequence",
  "meter",
  "uptimeMs",
  "endUtcMs",
  "currentMa",
  "minCurrentMa",
  "maxCurrentMa",
  "voltageMv",
  "importMwh",
  "exportMwh",
  "relays",
  "flags",
  "chargePermille",
  "batch",
  "leaf",
] as const satisfies (keyof PackedReading)[];

function isEqual(a: PackedReading, b: PackedReading | undefined): boolean {
  return b !== undefined && PACKED_COLUMNS.every((column) => a[column] === b[column]);
}
