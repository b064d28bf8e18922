/**
 * The sectors of a ring: each begins with a run and two words that are cleared, once all of it was acknowledged, and when what came before
 * it was dropped unacknowledged.
 * @module
 */
import { SECTOR_BYTES, viewOf } from "./flash.ts";
import { findRun, RUN_HEAD_BYTES } from "./record-run.ts";
import type { Place, RecordFlash } from "./record-run.ts";

export const AT_FREED = RUN_HEAD_BYTES;
export const AT_GAP = AT_FREED + 4;
/** Runs begin at multiples of a head, so that one can be found behind what was torn. */
export const FIRST_BYTES = 2 * RUN_HEAD_BYTES;

/** Where a ring lies: whole sectors, at least two. */
export interface RingLayout {
  offset: number;
  sectors: number;
  /** Meters of a checkpoint, 0 for a ring of readings and events. */
  meters: number;
}

/** A ring's sectors and what they are read and written with. */
export interface Sectors extends RingLayout, RecordFlash {}

export function offsetOf({ offset }: Sectors, sector: number): number {
  return offset + sector * SECTOR_BYTES;
}

/** The sector that ends at an offset, or that it lies in. */
export function sectorOf({ offset }: Sectors, at: number): number {
  return Math.floor((at - 1 - offset) / SECTOR_BYTES);
}

export function wordAt(sectors: Sectors, sector: number, at: number): number {
  return viewOf(sectors.flash.read(4, offsetOf(sectors, sector) + at)).getUint32(0);
}

export function clearWord(sectors: Sectors, sector: number, at: number): void {
  sectors.flash.write(new Uint8Array(4), offsetOf(sectors, sector) + at);
}

/** The first record's place in a sector, or null where the sector has no whole head. */
export function firstPlace(sectors: Sectors, sector: number): Place | null {
  const start = offsetOf(sectors, sector);
  const place = findRun(sectors, start);
  if (place) place.offset = start + FIRST_BYTES;
  return place;
}

/** The next run of the sector from an offset on. */
export function runFrom(sectors: Sectors, offset: number): Place | null {
  const end = offsetOf(sectors, sectorOf(sectors, offset) + 1);
  for (let at = Math.ceil(offset / RUN_HEAD_BYTES) * RUN_HEAD_BYTES; at + RUN_HEAD_BYTES < end; at += RUN_HEAD_BYTES) {
    const run = findRun(sectors, at);
    if (run) return run;
  }
  return null;
}
