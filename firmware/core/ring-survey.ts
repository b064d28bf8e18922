/**
 * What a ring's sectors tell at a start: where it goes on, what waits, and what the board knew before.
 * @module
 */
import { BLANK, SECTOR_BYTES } from "./flash.ts";
import { copyPlace, readNext } from "./record-run.ts";
import { AT_FREED, AT_GAP, FIRST_BYTES, firstPlace, offsetOf, runFrom, wordAt } from "./sectors.ts";
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

export function surveyRing(sectors: Sectors): RingSurvey {
  const survey: RingSurvey = { newestSector: -1, end: 0, index: 0, tail: null, dropped: false };
  let newestIndex = -1;
  for (let sector = 0; sector < sectors.sectors; sector++) {
    const first = firstPlace(sectors, sector);
    if (!first || first.index <= newestIndex) continue;
    newestIndex = first.index;
    survey.newestSector = sector;
  }
  const { newestSector } = survey;
  if (newestSector < 0) return survey;
  survey.end = writtenEnd(sectors, newestSector);
  survey.index = newestIndex;
  visitSector(sectors, newestSector, (_record, index) => {
    survey.index = index;
  });
  for (let i = 1; i <= sectors.sectors && !survey.tail; i++) {
    const sector = (newestSector + i) % sectors.sectors;
    const first = firstPlace(sectors, sector);
    if (!first || (wordAt(sectors, sector, AT_FREED) !== BLANK && sector !== newestSector)) continue;
    survey.tail = copyPlace(first);
    survey.dropped = wordAt(sectors, sector, AT_GAP) !== BLANK;
  }
  return survey;
}

/** Shows the records of the newest sector, acknowledged or not, oldest first; of the one before too where that has few. */
export function visitRecent(sectors: Sectors, newestSector: number, visit: (record: BoardRecord) => void): void {
  if (newestSector < 0) return;
  const records: BoardRecord[] = [];
  visitSector(sectors, newestSector, (record) => {
    if (records.length < FEW_RECORDS) records.push(record);
  });
  if (records.length < FEW_RECORDS) visitSector(sectors, (newestSector - 1 + sectors.sectors) % sectors.sectors, visit);
  visitSector(sectors, newestSector, visit);
}

/** Shows a sector's records, each with how many the ring had held after it. */
function visitSector(sectors: Sectors, sector: number, visit: (record: BoardRecord, index: number) => void): void {
  let place = firstPlace(sectors, sector);
  while (place) {
    for (let record = readNext(sectors, place); record; record = readNext(sectors, place)) visit(record, place.index);
    place = runFrom(sectors, place.offset);
  }
}

function writtenEnd(sectors: Sectors, sector: number): number {
  const start = offsetOf(sectors, sector);
  for (let end = start + SECTOR_BYTES; end > start + FIRST_BYTES; end -= CHUNK_BYTES) {
    const chunk = sectors.flash.read(CHUNK_BYTES, end - CHUNK_BYTES);
    for (let i = CHUNK_BYTES; i > 0; i--) if (chunk[i - 1] !== 0xff) return Math.max(start + FIRST_BYTES, end - CHUNK_BYTES + i);
  }
  return start + FIRST_BYTES;
}
