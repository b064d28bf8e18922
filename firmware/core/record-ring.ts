/**
 * A ring of records in flash: kept until the gateway has acknowledged them, or until the ring has come round.
 *
 * What was acknowledged and what was dropped stands in flash by whole sectors (`sectors.ts`), so a restart sends one sector at most anew.
 * Entering a sector erases it, so that one of them is always spare. Here is what the ring knows; what is done to it is in `ring-write.ts`,
 * `ring-advance.ts` and `ring-read.ts`, which a board has in memory only while they run.
 * @module
 */
import { freeUpTo, oldestRun } from "./ring-read.ts";
import { surveyRing } from "./ring-survey.ts";
import { appendRecord } from "./ring-write.ts";
import type { Crc32, FlashRegion } from "./flash.ts";
import type { Place } from "./record-run.ts";
import type { RingLayout, Sectors } from "./sectors.ts";
import type { BoardRecord } from "../wire/records.ts";

/** Records of one boot with consecutive numbers. */
export interface RecordRun {
  boot: number;
  sequence: number;
  records: BoardRecord[];
}

export class RecordRing {
  /** Records were overwritten before they were acknowledged; the sender clears it once it has said so. */
  dropped: boolean;
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
  head: Place | null;

  /** Finds the newest and the oldest waiting sector in flash. */
  constructor(flash: FlashRegion, crc32: Crc32, { offset, sectors, meters }: RingLayout) {
    this.sectors = { flash, crc32, offset, sectors, meters };
    this.head = null;
    this.shown = null;
    const found = surveyRing(this.sectors);
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
    appendRecord(this, boot, sequence, record);
  }

  /** The oldest waiting records, at most `most`, or null when none waits. */
  oldest(most: number): RecordRun | null {
    return this.waiting() > 0 ? oldestRun(this, most) : null;
  }

  /** Frees the records up to and including this one, which the gateway holds. */
  acknowledge(boot: number, sequence: number): void {
    freeUpTo(this, boot, sequence);
  }
}
