/**
 * Packs old readings into blocks, one bounded step after the other: a walk through the rows by number, over and over.
 * @module
 */
import type { Database } from "better-sqlite3";
import type { StoreSettings } from "../history.ts";
import { BLOCK_READINGS, cutBlocks, isWithin } from "./blocks.ts";
import type { Blocks } from "./blocks.ts";
import { isPackable } from "../packing.ts";
import { compareKeys } from "../rollup.ts";
import { READING_COLUMNS } from "./rows.ts";
import type { KeyRow, ReadingRow } from "./rows.ts";

const DAY_MS = 86_400_000;
/** Rows that a step looks at: what it costs holds up the frames that wait. */
const ROWS_IN_STEP = 2 * BLOCK_READINGS;

type Settings = Pick<StoreSettings, "packAfterDays" | "packUnbatchedAfterDays">;

/** Candidates that go to the same place among the blocks that are there. */
interface Run {
  /** The block within which they lie; null between blocks. */
  within: number | null;
  /** Whether a block comes after them. */
  isFollowed: boolean;
  /** First number of the block that comes next: whatever lies before it belongs to this run. */
  until: KeyRow | null;
  readings: ReadingRow[];
}

const BEFORE_ALL: KeyRow = { board: -1, boot: 0, sequence: 0 };

export function createPacker(database: Database, blocks: Blocks) {
  const selectRows = database.prepare<[number, number, number, number], ReadingRow & { isFinal: number | null }>(
    `SELECT ${READING_COLUMNS}, (SELECT state = 'final' FROM outbox WHERE kind = 'commit' AND subject = reading.batch) AS isFinal FROM reading
     WHERE (board, boot, sequence) > (?, ?, ?) ORDER BY board, boot, sequence LIMIT ?`,
  );
  const remove = database.prepare("DELETE FROM reading WHERE board = ? AND boot = ? AND sequence = ?");
  /** The last row that was looked at. */
  let cursor = BEFORE_ALL;

  function isOld(row: ReadingRow & { isFinal: number | null }, nowUtcMs: number, settings: Settings): boolean {
    // What has no time is in no batch and never will be: nothing waits for it.
    const days = row.batch === null ? settings.packUnbatchedAfterDays : settings.packAfterDays;
    return (row.endUtcMs ?? 0) < nowUtcMs - days * DAY_MS && (row.batch === null || row.isFinal === 1) && isPackable(row);
  }

  function runsOf(readings: ReadingRow[]): Run[] {
    const runs: Run[] = [];
    for (const reading of readings) {
      const run = runs.at(-1);
      const last = run?.readings[0];
      if (run !== undefined && last?.board === reading.board && (run.until === null || compareKeys(reading, run.until) < 0)) {
        run.readings.push(reading);
        continue;
      }
      const block = blocks.before(reading);
      const next = blocks.after(reading);
      const within = block !== undefined && isWithin(block, reading) ? block : null;
      const end = within === null ? null : { board: within.board, boot: within.lastBoot, sequence: within.lastSequence + 1 };
      const until = end ?? (next === undefined ? null : { board: next.board, boot: next.firstBoot, sequence: next.firstSequence });
      runs.push({ within: within?.id ?? null, isFollowed: next !== undefined, until, readings: [reading] });
    }
    return runs;
  }

  /** Writes a run's blocks; the last one waits for more readings when it is not full and more may come. Gives what it took. */
  function writeRun({ within, isFollowed, readings }: Run): ReadingRow[] {
    const all = within === null ? readings : [...blocks.open(within), ...readings].sort(compareKeys);
    const cut = cutBlocks(all);
    const last = cut.at(-1) ?? [];
    if (within !== null) blocks.remove(within);
    else if (!isFollowed && last.length < BLOCK_READINGS) cut.pop();
    for (const block of cut) blocks.write(block);
    return within === null ? cut.flat() : readings;
  }

  const step = database.transaction((nowUtcMs: number, settings: Settings): { packed: number; more: boolean } => {
    const rows = selectRows.all(cursor.board, cursor.boot, cursor.sequence, ROWS_IN_STEP);
    const old = rows.filter((row) => isOld(row, nowUtcMs, settings)).map(({ isFinal: _isFinal, ...row }) => row);
    const packed = runsOf(old).flatMap(writeRun);
    for (const { board, boot, sequence } of packed) remove.run(board, boot, sequence);
    const isEnd = rows.length < ROWS_IN_STEP;
    // What waits for a full block is looked at again together with what follows it.
    const last = (isEnd ? undefined : packed.at(-1)) ?? rows.at(-1);
    cursor = isEnd || last === undefined ? BEFORE_ALL : { board: last.board, boot: last.boot, sequence: last.sequence };
    return { packed: packed.length, more: !isEnd };
  });

  return {
    /** `more`: the walk is not at its end. */
    step: (nowUtcMs: number, settings: Settings): { packed: number; more: boolean } => step.immediate(nowUtcMs, settings),
  };
}

export type Packer = ReturnType<typeof createPacker>;
