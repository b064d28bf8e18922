/**
 * Numbers records and keeps them in their stream's ring, and finds at boot what the board knew before.
 * @module
 */
import { SECTOR_BYTES } from "./flash.ts";
import { BOOT_SECTORS } from "./boot-counter.ts";
import { checkpointBytes, FINE_BYTES } from "./record-bytes.ts";
import { RecordRing } from "./record-ring.ts";
import { STREAM } from "../wire/records.ts";
import type { Crc32, FlashRegion } from "./flash.ts";
import type { BoardRecord, Counters } from "../wire/records.ts";

/** What a restart goes on from. */
export interface Kept {
  /** By meter index. */
  counters: Counters[];
  chargePermille: number | null;
  slot: number | null;
}

/** How far back to look for a meter's last reading; events between are few. */
const LOOK_BACK = 64;

export class Recorder {
  /** By stream. */
  readonly rings: RecordRing[];
  private readonly boot: number;
  private readonly next: number[];

  /** Lays both rings into the region behind the boot counter: a quarter of its sectors for the coarse one. */
  constructor(flash: FlashRegion, crc32: Crc32, boot: number, meters: number) {
    const sectors = flash.bytes / SECTOR_BYTES;
    const coarse = Math.max(2, Math.floor(sectors / 4));
    const fine = sectors - BOOT_SECTORS - coarse;
    const offset = BOOT_SECTORS * SECTOR_BYTES;
    this.rings = [];
    this.rings[STREAM.fine] = new RecordRing(flash, crc32, { offset, sectors: fine, recordBytes: FINE_BYTES });
    this.rings[STREAM.coarse] = new RecordRing(flash, crc32, {
      offset: offset + fine * SECTOR_BYTES,
      sectors: coarse,
      recordBytes: checkpointBytes(meters),
    });
    this.boot = boot;
    this.next = [0, 0];
  }

  /** Keeps a record under the next number of its stream. Throws when flash does not take it. */
  append(record: BoardRecord): void {
    const stream = record.kind === "checkpoint" ? STREAM.coarse : STREAM.fine;
    const ring = this.rings[stream];
    const sequence = this.next[stream] || 0;
    if (ring) ring.append(this.boot, sequence, record);
    this.next[stream] = sequence + 1;
  }

  /** Counters, charge and slot as the newest records tell them; counters never lower than in any of those. */
  kept(meters: number): Kept {
    const kept: Kept = { counters: [], chargePermille: null, slot: null };
    for (let i = 0; i < meters; i++) kept.counters.push({ importMwh: 0, exportMwh: 0 });
    let left = LOOK_BACK;
    this.rings.forEach((ring) => {
      left = LOOK_BACK;
      ring.newest((found) => {
        restore(kept, found.record);
        left--;
        return left > 0;
      });
    });
    return kept;
  }
}

function restore(kept: Kept, record: BoardRecord): void {
  if (record.kind === "reading") {
    raise(kept.counters[record.meter], record);
    if (kept.chargePermille === null && record.chargePermille !== undefined) kept.chargePermille = record.chargePermille;
  } else if (record.kind === "checkpoint") {
    record.meters.forEach((meter, i) => raise(kept.counters[i], meter));
    if (kept.slot === null) kept.slot = record.slot;
  }
}

function raise(counters: Counters | undefined, found: Counters): void {
  if (!counters) return;
  counters.importMwh = Math.max(counters.importMwh, found.importMwh);
  counters.exportMwh = Math.max(counters.exportMwh, found.exportMwh);
}
