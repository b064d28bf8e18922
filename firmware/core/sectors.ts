/**
 * The sectors of a ring: each begins with a run and two words that are cleared, once all of it was acknowledged, and when what came before
 * it was dropped unacknowledged.
 * @module
 */
import { SECTOR_BYTES, viewOf } from "./flash.ts";
import { findRun, RUN_HEAD_BYTES } from "./record-run.ts";
import type { Crc32, FlashRegion } from "./flash.ts";
import type { Place } from "./record-run.ts";

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

export class Sectors {
  readonly count: number;
  readonly meters: number;
  private readonly flash: FlashRegion;
  private readonly crc32: Crc32;
  private readonly start: number;

  constructor(flash: FlashRegion, crc32: Crc32, layout: RingLayout) {
    this.count = layout.sectors;
    this.meters = layout.meters;
    this.flash = flash;
    this.crc32 = crc32;
    this.start = layout.offset;
  }

  offsetOf(sector: number): number {
    return this.start + sector * SECTOR_BYTES;
  }

  sectorOf(offset: number): number {
    return Math.floor((offset - 1 - this.start) / SECTOR_BYTES);
  }

  word(sector: number, at: number): number {
    return viewOf(this.flash.read(4, this.offsetOf(sector) + at)).getUint32(0);
  }

  clearWord(sector: number, at: number): void {
    this.flash.write(new Uint8Array(4), this.offsetOf(sector) + at);
  }

  /** The first record's place in a sector, or null where the sector has no whole head. */
  first(sector: number): Place | null {
    const place = findRun(this.flash, this.crc32, this.offsetOf(sector));
    if (place) place.offset = this.offsetOf(sector) + FIRST_BYTES;
    return place;
  }

  /** The next run of the sector from `offset` on. */
  runFrom(offset: number): Place | null {
    const end = this.offsetOf(this.sectorOf(offset) + 1);
    for (let at = Math.ceil(offset / RUN_HEAD_BYTES) * RUN_HEAD_BYTES; at + RUN_HEAD_BYTES < end; at += RUN_HEAD_BYTES) {
      const run = findRun(this.flash, this.crc32, at);
      if (run) return run;
    }
    return null;
  }
}
