/**
 * Numbers records and keeps them in their stream's ring.
 * @module
 */
import { SECTOR_BYTES } from "./flash.ts";
import { RecordRing } from "./record-ring.ts";
import { STREAM } from "../wire/records.ts";
import type { Crc32, FlashRegion } from "./flash.ts";
import type { RecordRun } from "./record-ring.ts";
import type { BoardRecord } from "../wire/records.ts";

/** Of six sectors, one is the coarse ring's: at 15 minutes a slot it then holds a month while the fine one holds a day. */
const COARSE_SHARE = 6;
/** One of them is always spare. */
const MIN_COARSE_SECTORS = 3;

export class Recorder {
  /** By stream. */
  readonly rings: RecordRing[];
  /** The newest reading of each meter, numbered without a gap: what a gateway wants to see while a backlog drains. */
  readonly live: RecordRun;
  private readonly boot: number;
  readonly meters: number;
  private readonly next: number[];

  /** Lays both rings into whole sectors of a region, from `offset` on: at least five. */
  constructor(flash: FlashRegion, crc32: Crc32, offset: number, boot: number, meters: number) {
    const sectors = Math.floor((flash.bytes - offset) / SECTOR_BYTES);
    const coarse = Math.max(MIN_COARSE_SECTORS, Math.floor(sectors / COARSE_SHARE));
    const fine = sectors - coarse;
    this.rings = [];
    this.rings[STREAM.fine] = new RecordRing(flash, crc32, { offset, sectors: fine, meters: 0 });
    this.rings[STREAM.coarse] = new RecordRing(flash, crc32, { offset: offset + fine * SECTOR_BYTES, sectors: coarse, meters });
    this.live = { boot, sequence: 0, records: [] };
    this.boot = boot;
    this.meters = meters;
    this.next = [0, 0];
  }

  /** Keeps a record under the next number of its stream. Throws when flash does not take it. */
  append(record: BoardRecord): void {
    const stream = record.kind === "checkpoint" ? STREAM.coarse : STREAM.fine;
    const ring = this.rings[stream];
    const sequence = this.next[stream] || 0;
    if (ring) ring.append(this.boot, sequence, record);
    this.next[stream] = sequence + 1;
    if (stream === STREAM.fine) this.show(sequence, record);
  }

  /** Records that are not acknowledged. */
  waiting(stream: 0 | 1): number {
    const ring = this.rings[stream];
    return ring ? ring.waiting() : 0;
  }

  private show(sequence: number, record: BoardRecord): void {
    const { live } = this;
    if (live.records.length >= this.meters || record.kind !== "reading") {
      live.records = [];
      live.sequence = sequence + (record.kind === "reading" ? 0 : 1);
    }
    if (record.kind === "reading") live.records.push(record);
  }
}
