/**
 * A ring of records in flash: kept until the gateway has acknowledged them, or until the ring has come round.
 *
 * Each record has a place of fixed size: [acknowledged][CRC][boot][sequence][record]. What a power cut tore fails its CRC and is passed
 * over. Acknowledging clears one word of the newest acknowledged record, so that a restart does not send all again. Entering a
 * sector erases it.
 * @module
 */
import { BLANK, SECTOR_BYTES, viewOf } from "./flash.ts";
import { readRecord, writeRecord } from "./record-bytes.ts";
import type { Crc32, FlashRegion } from "./flash.ts";
import type { BoardRecord } from "../wire/records.ts";

const HEAD_BYTES = 16;
const AT_CRC = 4;
const AT_BOOT = 8;
const AT_SEQUENCE = 12;

/** Where a ring lies: whole sectors, at least two. `recordBytes` is the length of its longest record. */
export interface RingLayout {
  offset: number;
  sectors: number;
  recordBytes: number;
}

export interface NumberedRecord {
  boot: number;
  sequence: number;
  record: BoardRecord;
}

/** Records of one boot with consecutive numbers. */
export interface RecordRun {
  boot: number;
  sequence: number;
  records: BoardRecord[];
}

export class RecordRing {
  /** Records were overwritten before they were acknowledged; the sender clears it once it has said so. */
  dropped: boolean;
  private readonly flash: FlashRegion;
  private readonly crc32: Crc32;
  private readonly offset: number;
  private readonly placeBytes: number;
  private readonly perSector: number;
  private readonly places: number;
  /** Next place to write. */
  private head: number;
  /** Places before it, going back, that are not acknowledged. */
  private waiting: number;

  /** Finds the newest and the oldest waiting record in flash. */
  constructor(flash: FlashRegion, crc32: Crc32, layout: RingLayout) {
    this.dropped = false;
    this.flash = flash;
    this.crc32 = crc32;
    this.offset = layout.offset;
    this.placeBytes = HEAD_BYTES + Math.ceil(layout.recordBytes / 4) * 4;
    this.perSector = Math.floor(SECTOR_BYTES / this.placeBytes);
    this.places = layout.sectors * this.perSector;
    this.head = this.findHead(layout.sectors);
    this.waiting = this.countWaiting();
  }

  /** Keeps a record. Throws when flash does not take it anywhere in a whole sector. */
  append(boot: number, sequence: number, record: BoardRecord): void {
    const bytes = new Uint8Array(this.placeBytes);
    const view = viewOf(bytes);
    view.setUint32(0, BLANK);
    view.setUint32(AT_BOOT, boot);
    view.setUint32(AT_SEQUENCE, sequence);
    writeRecord(record, bytes.subarray(HEAD_BYTES));
    const crc = this.crc32(bytes.subarray(AT_BOOT));
    view.setUint32(AT_CRC, crc);
    for (let tries = 0; tries < this.perSector; tries++) {
      const place = this.enter();
      this.flash.write(bytes.subarray(AT_CRC), this.placeOffset(place) + AT_CRC);
      if (this.read(place)) return;
      // A place that does not keep a record must not look blank either: blank ends the search at the next start.
      this.flash.write(new Uint8Array(HEAD_BYTES - AT_CRC), this.placeOffset(place) + AT_CRC);
    }
    throw new Error("records: flash at " + this.offset + " does not keep them");
  }

  /** The oldest waiting records, at most `most`, or null when none waits. */
  oldest(most: number): RecordRun | null {
    let run: RecordRun | null = null;
    for (let i = this.waiting; i > 0; i--) {
      const found = this.read(this.back(i));
      if (!run) {
        if (found) run = { boot: found.boot, sequence: found.sequence, records: [found.record] };
        else this.waiting = i - 1;
      } else if (found && found.boot === run.boot && found.sequence === run.sequence + run.records.length && run.records.length < most) {
        run.records.push(found.record);
      } else break;
    }
    return run;
  }

  /** Frees the records up to and including this one, which the gateway holds. */
  acknowledge(boot: number, sequence: number): void {
    let newest = -1;
    while (this.waiting > 0) {
      const place = this.back(this.waiting);
      const view = viewOf(this.flash.read(HEAD_BYTES, this.placeOffset(place)));
      const itsBoot = view.getUint32(AT_BOOT);
      if (itsBoot > boot || (itsBoot === boot && view.getUint32(AT_SEQUENCE) > sequence)) break;
      newest = place;
      this.waiting--;
    }
    if (newest >= 0) this.flash.write(new Uint8Array(4), this.placeOffset(newest));
  }

  /** Shows kept records from the newest back, acknowledged or not, until `visit` returns false. */
  newest(visit: (kept: NumberedRecord) => boolean): void {
    for (let i = 1; i <= this.places - this.perSector; i++) {
      const place = this.back(i);
      const kept = this.read(place);
      if (kept ? !visit(kept) : this.isBlank(place)) return;
    }
  }

  private placeOffset(place: number): number {
    const sector = Math.floor(place / this.perSector);
    return this.offset + sector * SECTOR_BYTES + (place - sector * this.perSector) * this.placeBytes;
  }

  /** The place `count` before the head. */
  private back(count: number): number {
    return (this.head - count + this.places) % this.places;
  }

  /** Takes the next place; at the start of a sector, erases it and lets go of what waited there. */
  private enter(): number {
    const place = this.head;
    if (place % this.perSector === 0) {
      const most = this.places - this.perSector;
      if (this.waiting > most) {
        this.waiting = most;
        this.dropped = true;
      }
      this.flash.erase(this.placeOffset(place));
    }
    this.head = (place + 1) % this.places;
    this.waiting++;
    return place;
  }

  private read(place: number): NumberedRecord | null {
    const bytes = this.flash.read(this.placeBytes, this.placeOffset(place));
    const view = viewOf(bytes);
    if (view.getUint32(AT_CRC) !== this.crc32(bytes.subarray(AT_BOOT))) return null;
    return { boot: view.getUint32(AT_BOOT), sequence: view.getUint32(AT_SEQUENCE), record: readRecord(bytes.subarray(HEAD_BYTES)) };
  }

  private isBlank(place: number): boolean {
    const view = viewOf(this.flash.read(HEAD_BYTES, this.placeOffset(place)));
    return view.getUint32(AT_CRC) === BLANK && view.getUint32(AT_BOOT) === BLANK && view.getUint32(AT_SEQUENCE) === BLANK;
  }

  /** The place after the last used one of the sector that was entered last. */
  private findHead(sectors: number): number {
    let newest: NumberedRecord | null = null;
    let start = 0;
    for (let sector = 0; sector < sectors; sector++) {
      const first = this.firstOf(sector * this.perSector);
      if (!first) continue;
      if (newest && (first.boot < newest.boot || (first.boot === newest.boot && first.sequence < newest.sequence))) continue;
      newest = first;
      start = sector * this.perSector;
    }
    if (!newest) return 0;
    let end = start + this.perSector;
    while (end > start && this.isBlank(end - 1)) end--;
    return end % this.places;
  }

  private firstOf(start: number): NumberedRecord | null {
    for (let place = start; place < start + this.perSector && !this.isBlank(place); place++) {
      const found = this.read(place);
      if (found) return found;
    }
    return null;
  }

  private countWaiting(): number {
    for (let count = 0; count < this.places; count++) {
      const place = this.back(count + 1);
      if (this.isBlank(place)) return count;
      if (viewOf(this.flash.read(4, this.placeOffset(place))).getUint32(0) !== BLANK) return count;
    }
    return this.places;
  }
}
