/**
 * Fills a store with months of readings as they would lie there: rolled up, batched and packed by the store's own code, without the detour
 * over a million small commits.
 * @module
 */
import type { Database } from "better-sqlite3";
import { createBlocks, cutBlocks } from "#gateway/store/sqlite/blocks.ts";
import { createHistory } from "#gateway/store/sqlite/history.ts";
import { boardIdOf, readingOf } from "#gateway/store/sqlite/rows.ts";
import type { ReadingRow } from "#gateway/store/sqlite/rows.ts";
import { createRandom, gaussian } from "#tools/virtual-board/random.ts";

export const READING_MS = 10_000;
export const START_UTC_MS = Date.UTC(2026, 0, 1);
export const METERS = [0x02da15ee0001, 0x02da15ee0002].flatMap((board) => [0, 1].map((meter) => ({ board, meter })));

const DAY_MS = 86_400_000;
const SLOT_MS = 900_000;
const ROUNDS_IN_DAY = DAY_MS / READING_MS;

/** A meter's state between its readings. */
interface State {
  board: number;
  meter: number;
  importMwh: number;
  exportMwh: number;
  /** Part of a mWh that no counter shows yet. */
  rest: number;
  loadMa: number;
}

/**
 * A day of readings of all meters, by board and number. Loads switch now and then, the sun shines by day, and everything has the noise of
 * an ACS712 on 12 bits, averaged over 10 s.
 */
function dayOf(day: number, states: State[], random: () => number): ReadingRow[] {
  const rows: ReadingRow[] = [];
  for (let round = 0; round < ROUNDS_IN_DAY; round++) {
    const uptimeMs = (day * ROUNDS_IN_DAY + round + 1) * READING_MS + Math.floor(random() * 4);
    const sun = Math.max(0, Math.sin((Math.PI * (round / ROUNDS_IN_DAY - 0.25)) / 0.5));
    for (const state of states) {
      if (random() < 0.002) state.loadMa = 200 + Math.floor(random() * 4000);
      const meanMa = state.meter === 0 ? state.loadMa : -5000 * sun;
      const currentMa = Math.round(meanMa + 12 * gaussian(random));
      const voltageMv = Math.round(12_600 + 400 * sun - state.loadMa / 20 + 6 * gaussian(random));
      const mwh = (currentMa * voltageMv * READING_MS) / 3.6e9 + state.rest;
      const whole = Math.trunc(mwh);
      state.rest = mwh - whole;
      if (whole >= 0) state.importMwh += whole;
      else state.exportMwh -= whole;
      rows.push({
        board: state.board,
        boot: 1,
        sequence: (day * ROUNDS_IN_DAY + round) * 2 + state.meter,
        meter: state.meter,
        uptimeMs,
        endUtcMs: START_UTC_MS + uptimeMs,
        currentMa,
        minCurrentMa: currentMa - Math.round(70 + Math.abs(15 * gaussian(random))),
        maxCurrentMa: currentMa + Math.round(70 + Math.abs(15 * gaussian(random))),
        voltageMv,
        importMwh: state.importMwh,
        exportMwh: state.exportMwh,
        relays: state.meter === 0 ? 1 : 2,
        flags: 0,
        chargePermille: state.meter === 0 ? Math.round(500 + 400 * sun) : null,
        batch: null,
        leaf: null,
      });
    }
  }
  return rows.sort((a, b) => a.board - b.board || a.sequence - b.sequence);
}

/** Puts each slot's readings into a batch, in their order. */
function batchDay(database: Database, day: number, rows: ReadingRow[]): void {
  const slots = DAY_MS / SLOT_MS;
  const insert = database.prepare("INSERT OR IGNORE INTO batch VALUES (?, ?, 360, 0, 0, 0, 0)");
  const leaves = new Map<number, number>();
  for (const row of rows) {
    row.batch = day * slots + Math.floor((row.sequence - day * ROUNDS_IN_DAY * 2) / ((SLOT_MS / READING_MS) * 2)) + 1;
    row.leaf = leaves.get(row.batch) ?? 0;
    leaves.set(row.batch, row.leaf + 1);
  }
  for (const batch of leaves.keys()) insert.run(batch, `0x${String(batch).padStart(64, "0")}`);
}

/**
 * Fills an empty store with `days` days of {@link METERS} at 10 s.
 * @param onDay gets each day's readings, for a reference.
 */
export function fillStore(database: Database, days: number, onDay: (day: number, rows: ReadingRow[]) => void): void {
  const history = createHistory(database);
  const blocks = createBlocks(database);
  const random = createRandom(2017);
  const states = METERS.map((meter): State => ({ ...meter, importMwh: 0, exportMwh: 0, rest: 0, loadMa: 300 }));
  const admit = database.prepare("INSERT INTO board (board, name, role, wrapped_secret, admitted_utc_ms) VALUES (?, ?, 'consumer', x'00', 0)");
  for (const board of new Set(METERS.map((meter) => meter.board))) admit.run(board, boardIdOf(board));
  /** What fills no block yet, by board. */
  const waiting = new Map<number, ReadingRow[]>();
  const store = database.transaction((day: number, rows: ReadingRow[]): void => {
    history.intake.rollUp(rows.map(readingOf));
    batchDay(database, day, rows);
    for (const board of new Set(rows.map((row) => row.board))) {
      const cut = cutBlocks([...(waiting.get(board) ?? []), ...rows.filter((row) => row.board === board)]);
      waiting.set(board, day === days - 1 ? [] : (cut.pop() ?? []));
      for (const block of cut) blocks.write(block);
    }
  });
  for (let day = 0; day < days; day++) {
    const rows = dayOf(day, states, random);
    onDay(day, rows);
    store(day, rows);
    // Drops minutes as the settings say.
    while (history.store.tidy(START_UTC_MS + (day + 1) * DAY_MS).droppedMinutes > 0);
  }
}
