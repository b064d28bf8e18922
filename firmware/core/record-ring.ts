/**
 * A ring of records in flash: kept until the gateway has acknowledged them, or until the ring has come round.
 *
 * What was acknowledged and what was dropped stands in flash by whole sectors (`sectors.ts`), so a restart sends one sector at most anew.
 * Entering a sector erases it, so that one of them is always spare.
 * @module
 */
import { chainCrc, copyPlace, readNext, RECORD_BUFFER_BYTES, RECORD_HEAD_BYTES } from "./record-run.ts";
import { beginRun } from "./ring-advance.ts";
import { surveyRing } from "./ring-survey.ts";
import { AT_FREED, Sectors } from "./sectors.ts";
import { CborWriter } from "../wire/cbor.ts";
import { writeRecord } from "../wire/frame.ts";
import type { Crc32, FlashRegion } from "./flash.ts";
import type { Place } from "./record-run.ts";
import type { RingLayout } from "./sectors.ts";
import type { BoardRecord } from "../wire/records.ts";

/** Places that may fail to keep a record before flash is taken for broken. */
const MAX_TRIES = 8;

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
  readonly sectors: Sectors;
  /** End of what is written in the newest sector, and that sector, -1 before the first record. */
  end: number;
  newestSector: number;
  /** Records that the ring ever held. */
  index: number;
  /** Oldest record that is not acknowledged, or null where none was ever kept. */
  tail: Place | null;
  /** Behind the records that were last shown. */
  shown: Place | null;
  /** Next place to write; null before the first record, and where a new run has to begin. */
  private head: Place | null;

  /** Finds the newest and the oldest waiting sector in flash. */
  constructor(flash: FlashRegion, crc32: Crc32, layout: RingLayout) {
    this.flash = flash;
    this.crc32 = crc32;
    this.sectors = new Sectors(flash, crc32, layout);
    this.head = null;
    this.shown = null;
    const found = surveyRing(this.sectors, flash, crc32);
    this.dropped = found.dropped;
    this.newestSector = found.newestSector;
    this.end = found.end;
    this.index = found.index;
    this.tail = found.tail;
  }

  /** Records that are not acknowledged; those that were torn or lost count too. */
  waiting(): number {
    return this.tail ? this.index - this.tail.index : 0;
  }

  /** Keeps a record. Throws when flash does not take it in several places. */
  append(boot: number, sequence: number, record: BoardRecord): void {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      let place = this.head;
      // Until it is written: what a failure leaves of a run is not to be built on.
      this.head = null;
      if (!place || place.boot !== boot || place.sequence !== sequence) place = beginRun(this, this.flash, this.crc32, boot, sequence);
      if (place && this.write(place, record)) {
        this.head = place;
        return;
      }
      if (tries === MAX_TRIES / 2 && this.newestSector >= 0) this.end = this.sectors.offsetOf(this.newestSector + 1);
    }
    throw new Error("records: flash at " + this.sectors.offsetOf(0) + " does not keep them");
  }

  /** The oldest waiting records, at most `most`, or null when none waits. */
  oldest(most: number): RecordRun | null {
    if (!this.tail || this.waiting() <= 0) return null;
    const place = copyPlace(this.tail);
    let record = this.next(place);
    while (!record) {
      if (!this.cross(place)) return null;
      record = this.next(place);
    }
    const run: RecordRun = { boot: place.boot, sequence: place.sequence - 1, records: [] };
    while (record) {
      run.records.push(record);
      record = run.records.length < most ? this.next(place) : null;
    }
    this.shown = place;
    return run;
  }

  /** Frees the records up to and including this one, which the gateway holds. */
  acknowledge(boot: number, sequence: number): void {
    const { shown } = this;
    if (!this.tail) return;
    if (shown && shown.boot === boot && shown.sequence === sequence + 1 && shown.index > this.tail.index) {
      this.free(shown);
    } else {
      // Fewer than were shown: read once more up to there.
      const place = copyPlace(this.tail);
      while (place.boot < boot || (place.boot === boot && place.sequence <= sequence)) {
        if (!this.next(place) && !this.cross(place)) break;
      }
      this.free(place);
    }
    this.shown = null;
  }

  next(place: Place): BoardRecord | null {
    return readNext(this.flash, this.crc32, place);
  }

  /** Moves a place to the next run, in its sector or the next that has one. False where nothing follows. */
  cross(place: Place): boolean {
    let sector = this.sectors.sectorOf(place.offset);
    let run = sector === this.newestSector && place.offset >= this.end ? null : this.sectors.runFrom(place.offset);
    while (!run) {
      if (sector === this.newestSector) return false;
      sector = (sector + 1) % this.sectors.count;
      run = this.sectors.first(sector);
    }
    const { offset, boot, sequence, index, meters, crc, running } = run;
    place.offset = offset;
    place.boot = boot;
    place.sequence = sequence;
    place.index = index;
    place.meters = meters;
    place.crc = crc;
    place.running = running;
    return true;
  }

  /** Takes over a new oldest waiting place; sectors that it has left are marked. */
  private free(place: Place): void {
    const from = this.tail ? this.sectors.sectorOf(this.tail.offset) : 0;
    const to = this.sectors.sectorOf(place.offset);
    for (let sector = from; sector !== to; sector = (sector + 1) % this.sectors.count) this.sectors.clearWord(sector, AT_FREED);
    this.tail = place;
  }

  private write(place: Place, record: BoardRecord): boolean {
    const { offset } = place;
    const pad = offset % 4;
    const buffer = new Uint8Array(RECORD_BUFFER_BYTES);
    const out = new CborWriter(buffer, pad + RECORD_HEAD_BYTES);
    writeRecord(out, record, place.running);
    place.running.isFirst = false;
    const end = Math.ceil(out.length / 4) * 4;
    if (offset - pad + end > this.sectors.offsetOf(this.sectors.sectorOf(offset) + 1)) {
      this.end = this.sectors.offsetOf(this.sectors.sectorOf(offset) + 1);
      return false;
    }
    const bytes = buffer.subarray(pad, out.length);
    bytes[0] = bytes.length - RECORD_HEAD_BYTES;
    const crc = chainCrc(this.crc32, bytes, place.crc);
    bytes[1] = crc >> 8;
    bytes[2] = crc;
    // Writing ones changes nothing: what stands before and behind stays.
    for (let i = 0; i < pad; i++) buffer[i] = 0xff;
    for (let i = out.length; i < end; i++) buffer[i] = 0xff;
    this.flash.write(buffer.subarray(0, end), offset - pad);
    this.end = offset + bytes.length;
    const kept = this.flash.read(bytes.length, offset);
    for (let i = 0; i < bytes.length; i++) if (kept[i] !== bytes[i]) return false;
    place.offset = this.end;
    place.sequence++;
    place.index++;
    place.crc = crc;
    this.index = place.index;
    return true;
  }
}
