/**
 * What a ring's sectors tell at a start: where it goes on, what waits, and what the board knew before.
 * @module
 */
import { BLANK, SECTOR_BYTES } from "./flash.ts";
import { copyPlace, readNext } from "./record-run.ts";
import { AT_FREED, AT_GAP, FIRST_BYTES } from "./sectors.ts";
import type { Crc32, FlashRegion } from "./flash.ts";
import type { Place } from "./record-run.ts";
import type { Sectors } from "./sectors.ts";
import type { BoardRecord } from "../wire/records.ts";

const CHUNK_BYTES = 64;
/** A newest sector with fewer records does not tell of every meter for certain. */
const FEW_RECORDS = 16;

export interface RingSurvey {
  /** -1 where no record was ever kept. */
  newestSector: number;
  /** End of what is written in it, whole or not. */
  end: number;
  /** Records that the ring ever held. */
  index: number;
  /** The first record of the oldest sector that was not acknowledged whole. */
  tail: Place | null;
  /** Whether records before it were dropped. */
  dropped: boolean;
}

export function surveyRing(sectors: Sectors, flash: FlashRegion, crc32: Crc32): RingSurvey {
  const survey: RingSurvey = { newestSector: -1, end: 0, index: 0, tail: null, dropped: false };
  let newestIndex = -1;
  for (let sector = 0; sector < sectors.count; sector++) {
    const first = sectors.first(sector);
    if (!first || first.index <= newestIndex) continue;
    newestIndex = first.index;
    survey.newestSector = sector;
  }
  const { newestSector } = survey;
  if (newestSector < 0) return survey;
  survey.end = writtenEnd(sectors, flash, newestSector);
  survey.index = newestIndex;
  visitSector(sectors, flash, crc32, newestSector, (_record, index) => {
    survey.index = index;
  });
  for (let i = 1; i <= sectors.count && !survey.tail; i++) {
    const sector = (newestSector + i) % sectors.count;
    const first = sectors.first(sector);
    if (!first || (sectors.word(sector, AT_FREED) !== BLANK && sector !== newestSector)) continue;
    survey.tail = copyPlace(first);
    survey.dropped = sectors.word(sector, AT_GAP) !== BLANK;
  }
  return survey;
}

/** Shows the records of the newest sector, acknowledged or not, oldest first; of the one before too where that has few. */
export function visitRecent(sectors: Sectors, newestSector: number, flash: FlashRegion, crc32: Crc32, visit: (record: BoardRecord) => void): void {
  if (newestSector < 0) return;
  const records: BoardRecord[] = [];
  visitSector(sectors, flash, crc32, newestSector, (record) => {
    if (records.length < FEW_RECORDS) records.push(record);
  });
  if (records.length < FEW_RECORDS) visitSector(sectors, flash, crc32, (newestSector - 1 + sectors.count) % sectors.count, visit);
  visitSector(sectors, flash, crc32, newestSector, visit);
}

/** Shows a sector's records, each with how many the ring had held after it. */
function visitSector(sectors: Sectors, flash: FlashRegion, crc32: Crc32, sector: number, visit: (record: BoardRecord, index: number) => void): void {
  let place = sectors.first(sector);
  while (place) {
    for (let record = readNext(flash, crc32, place); record; record = readNext(flash, crc32, place)) visit(record, place.index);
    place = sectors.runFrom(place.offset);
  }
}

function writtenEnd(sectors: Sectors, flash: FlashRegion, sector: number): number {
  const start = sectors.offsetOf(sector);
  for (let end = start + SECTOR_BYTES; end > start + FIRST_BYTES; end -= CHUNK_BYTES) {
    const chunk = flash.read(CHUNK_BYTES, end - CHUNK_BYTES);
    for (let i = CHUNK_BYTES; i > 0; i--) if (chunk[i - 1] !== 0xff) return Math.max(start + FIRST_BYTES, end - CHUNK_BYTES + i);
  }
  return start + FIRST_BYTES;
}
