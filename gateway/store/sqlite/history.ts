/**
 * The HistoryStore in SQLite, and what the taking in of frames needs of it.
 * @module
 */
import type { Database } from "better-sqlite3";
import { createCalendar } from "../calendar.ts";
import type { HistoryStore, TidyStep } from "../history.ts";
import type { MeterPoint } from "../rollup.ts";
import type { StoredReading } from "../store.ts";
import { createBlocks } from "./blocks.ts";
import { createCharts } from "./charts.ts";
import { checkIntegrity } from "./integrity.ts";
import { createPacker } from "./packer.ts";
import { createReadings } from "./readings.ts";
import type { Readings } from "./readings.ts";
import { rebuildDays, rollUpAll } from "./rebuild.ts";
import { createRetention } from "./retention.ts";
import { createRollups } from "./rollups.ts";
import type { KeyRow } from "./rows.ts";
import { checkSettings, createNotes, readSettings } from "./settings.ts";
import { createStorage } from "./storage.ts";
import type { Synchronous } from "./synchronous.ts";

/** What `commitFrames` calls, within its transaction. */
export interface Intake {
  /** Throws when the disk is as good as full. */
  assertRoom(): void;
  /** Whether a reading that is no row was stored before: it is packed, or was dropped for its age. */
  isPast(key: KeyRow): boolean;
  /** Adds readings, stored just now and each once, to the rollups. */
  rollUp(readings: readonly StoredReading[]): void;
  /** The same for one board's readings with a known time, by meter. */
  rollUpBoard(board: number, meters: ReadonlyMap<number, MeterPoint[]>): void;
}

export interface History {
  store: Synchronous<HistoryStore>;
  intake: Intake;
  readings: Readings;
}

export function createHistory(database: Database): History {
  const notes = createNotes(database);
  let settings = readSettings(notes);
  let calendar = createCalendar(settings.timeZone);
  let minutesFromUtcMs = Number(notes.read("minutesFromUtcMs") ?? 0);

  const blocks = createBlocks(database);
  const readings = createReadings(database, blocks);
  const rollups = createRollups({ database, readings, calendar: () => calendar, minutesFromUtcMs: () => minutesFromUtcMs });
  const charts = createCharts({ database, calendar: () => calendar, minutesFromUtcMs: () => minutesFromUtcMs });
  const packer = createPacker(database, blocks);
  const retention = createRetention(database, blocks);
  const storage = createStorage(database, () => settings);

  if (notes.read("rolledUp") !== true) {
    database.transaction(() => {
      rollUpAll(database, rollups);
      notes.write("rolledUp", true);
    }).immediate();
  }

  const change = database.transaction((wanted: typeof settings): void => {
    notes.write("settings", wanted);
    if (wanted.timeZone !== settings.timeZone) rebuildDays(database, rollups, createCalendar(wanted.timeZone));
  });

  const dropMinutes = database.transaction((fromUtcMs: number): number => {
    notes.write("minutesFromUtcMs", fromUtcMs);
    return retention.dropMinutes(fromUtcMs);
  });

  function tidy(nowUtcMs: number): TidyStep {
    const step: TidyStep = { packedReadings: 0, droppedReadings: 0, droppedMinutes: 0, more: true };
    const fromUtcMs = retention.minutesFrom(nowUtcMs, minutesFromUtcMs, settings);
    if (fromUtcMs > minutesFromUtcMs) {
      step.droppedMinutes = dropMinutes.immediate(fromUtcMs);
      minutesFromUtcMs = fromUtcMs;
      return step;
    }
    step.droppedReadings = retention.dropReadings(nowUtcMs, settings);
    if (step.droppedReadings > 0) return step;
    const { packed, more } = packer.step(nowUtcMs, settings);
    return { ...step, packedReadings: packed, more };
  }

  return {
    store: {
      ...charts,
      storeSettings: () => settings,
      changeStoreSettings(wanted) {
        const changed = { ...settings, ...wanted };
        checkSettings(changed);
        change.immediate(changed);
        settings = changed;
        calendar = createCalendar(settings.timeZone);
        return settings;
      },
      storage: () => storage.status(),
      tidy,
      checkIntegrity: () => checkIntegrity(database),
    },
    intake: {
      assertRoom: () => storage.assertRoom(),
      isPast: (key) => retention.isDropped(key) || readings.findPacked(key) !== null,
      rollUp: (stored) => rollups.rollUp(stored),
      rollUpBoard: (board, meters) => rollups.rollUpBoard(board, meters),
    },
    readings,
  };
}
