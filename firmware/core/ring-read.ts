/**
 * Reads a ring from its oldest waiting record on, and frees what was acknowledged.
 * @module
 */
import { copyPlace, readNext } from "./record-run.ts";
import { AT_FREED, clearWord, firstPlace, runFrom, sectorOf } from "./sectors.ts";
import type { Place } from "./record-run.ts";
import type { RecordRing, RecordRun } from "./record-ring.ts";

/** The oldest waiting records, at most `most`; null where what waits was torn or lost. */
export function oldestRun(ring: RecordRing, most: number): RecordRun | null {
  if (!ring.tail) return null;
  const place = copyPlace(ring.tail);
  let record = readNext(ring.sectors, place);
  while (!record) {
    if (!crossRun(ring, place)) return null;
    record = readNext(ring.sectors, place);
  }
  const run: RecordRun = { boot: place.boot, sequence: place.sequence - 1, records: [] };
  while (record) {
    run.records.push(record);
    record = run.records.length < most ? readNext(ring.sectors, place) : null;
  }
  ring.shown = place;
  return run;
}

/** Frees the records up to and including this one. */
export function freeUpTo(ring: RecordRing, boot: number, sequence: number): void {
  const { shown } = ring;
  if (!ring.tail) return;
  if (shown && shown.boot === boot && shown.sequence === sequence + 1 && shown.index > ring.tail.index) {
    moveTail(ring, shown);
  } else {
    // Fewer than were shown: read once more up to there.
    const place = copyPlace(ring.tail);
    while (place.boot < boot || (place.boot === boot && place.sequence <= sequence)) {
      if (!readNext(ring.sectors, place) && !crossRun(ring, place)) break;
    }
    moveTail(ring, place);
  }
  ring.shown = null;
}

/** Moves a place to the next run, in its sector or the next that has one. False where nothing follows. */
export function crossRun({ sectors, newestSector, end }: RecordRing, place: Place): boolean {
  let sector = sectorOf(sectors, place.offset);
  let run = sector === newestSector && place.offset >= end ? null : runFrom(sectors, place.offset);
  while (!run) {
    if (sector === newestSector) return false;
    sector = (sector + 1) % sectors.sectors;
    run = firstPlace(sectors, sector);
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
function moveTail(ring: RecordRing, place: Place): void {
  const { sectors, tail } = ring;
  const from = tail ? sectorOf(sectors, tail.offset) : 0;
  const to = sectorOf(sectors, place.offset);
  for (let sector = from; sector !== to; sector = (sector + 1) % sectors.sectors) clearWord(sectors, sector, AT_FREED);
  ring.tail = place;
}
