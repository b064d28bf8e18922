/**
 * The store's settings, and what else it notes about itself, as JSON by name.
 * @module
 */
import type { Database } from "better-sqlite3";
import { createCalendar } from "../calendar.ts";
import type { StoreSettings } from "../history.ts";

export const DEFAULT_SETTINGS: StoreSettings = {
  timeZone: "UTC",
  packAfterDays: 7,
  packUnbatchedAfterDays: 92,
  keepReadingsMonths: null,
  keepMinutesDays: 35,
  lowDiskBytes: 1024 ** 3,
  fullDiskBytes: 128 * 1024 ** 2,
};

/** Throws with the first field that is not as it must be. */
export function checkSettings(settings: StoreSettings): void {
  const { timeZone, keepReadingsMonths, keepMinutesDays, packAfterDays, packUnbatchedAfterDays, ...bytes } = settings;
  createCalendar(timeZone);
  const check = (name: string, value: number, least: number): void => {
    if (!Number.isSafeInteger(value) || value < least) throw new Error(`store: ${name} is a whole number from ${least} up, not ${value}`);
  };
  check("packAfterDays", packAfterDays, 0);
  check("packUnbatchedAfterDays", packUnbatchedAfterDays, packAfterDays);
  if (keepReadingsMonths !== null) check("keepReadingsMonths", keepReadingsMonths, 1);
  if (keepMinutesDays !== null) check("keepMinutesDays", keepMinutesDays, 1);
  for (const [name, value] of Object.entries(bytes)) check(name, value, 0);
}

export interface Notes {
  read(name: string): unknown;
  write(name: string, value: unknown): void;
}

/** Values that the store keeps by name; undefined when there is none. */
export function createNotes(database: Database): Notes {
  const select = database.prepare<[string], string>("SELECT value FROM store_setting WHERE name = ?").pluck();
  const upsert = database.prepare("INSERT INTO store_setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value");
  return {
    read(name) {
      const text = select.get(name);
      return text === undefined ? undefined : JSON.parse(text);
    },
    write: (name, value) => void upsert.run(name, JSON.stringify(value)),
  };
}

/** The settings that are kept, over the defaults. */
export function readSettings(notes: Notes): StoreSettings {
  // Only what checkSettings passed was written.
  return { ...DEFAULT_SETTINGS, ...(notes.read("settings") as Partial<StoreSettings> | undefined) };
}
