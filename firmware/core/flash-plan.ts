/**
 * What lies where in the board's own raw region, in sectors: numbers of starts, changed settings, the self-test's sector, and records where
 * Storage has no room for them. In Storage's record file: the numbers once more, then the records.
 * @module
 */
import { SECTOR_BYTES } from "./flash.ts";
import { LOG_SECTORS } from "./settings-log.ts";
import { START_SECTORS } from "./starts.ts";

export const RAW_PLAN = {
  starts: 0,
  log: START_SECTORS * SECTOR_BYTES,
  test: (START_SECTORS + LOG_SECTORS) * SECTOR_BYTES,
  records: (START_SECTORS + LOG_SECTORS + 1) * SECTOR_BYTES,
} as const;

export const STORAGE_PLAN = { starts: 0, records: START_SECTORS * SECTOR_BYTES } as const;
