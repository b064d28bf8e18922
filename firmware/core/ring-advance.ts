/**
 * A ring goes on: a new run, in its newest sector or in the next, which is erased and lets go of what waited there.
 * @module
 */
import { copyPlace, findRun, RECORD_BUFFER_BYTES, RUN_HEAD_BYTES, runHead } from "./record-run.ts";
import { AT_GAP, FIRST_BYTES } from "./sectors.ts";
import { startRunning } from "../wire/frame.ts";
import type { Crc32, FlashRegion } from "./flash.ts";
import type { RecordRing } from "./record-ring.ts";
import type { Place } from "./record-run.ts";

/** Begins a run behind what is written, or in the next sector where little room is left. Null where flash did not keep its head. */
export function beginRun(ring: RecordRing, flash: FlashRegion, crc32: Crc32, boot: number, sequence: number): Place | null {
  const offset = Math.ceil(ring.end / RUN_HEAD_BYTES) * RUN_HEAD_BYTES;
  const left = ring.newestSector < 0 ? 0 : ring.sectors.offsetOf(ring.newestSector + 1) - offset;
  const isSector = left < RUN_HEAD_BYTES + RECORD_BUFFER_BYTES;
  const start = isSector ? enterSector(ring, flash) : offset;
  const place: Place = { offset: start + RUN_HEAD_BYTES, boot, sequence, index: ring.index, meters: ring.sectors.meters, crc: 0, running: startRunning(0) };
  flash.write(runHead(crc32, place), start);
  const kept = findRun(flash, crc32, start);
  // A sector without its head would not be found again.
  ring.end = isSector && !kept ? ring.sectors.offsetOf(ring.newestSector + 1) : place.offset;
  if (!kept) return null;
  if (isSector) ring.end = kept.offset = start + FIRST_BYTES;
  if (!ring.tail) ring.tail = copyPlace(kept);
  return kept;
}

/** Erases the next sector and lets go of what waited there. Returns its start. */
function enterSector(ring: RecordRing, flash: FlashRegion): number {
  const sector = (ring.newestSector + 1) % ring.sectors.count;
  if (ring.tail && ring.newestSector >= 0 && ring.sectors.sectorOf(ring.tail.offset) === sector) leave(ring, ring.tail);
  // Sectors are put in order by their index, so no two begin with the same.
  const newest = ring.newestSector >= 0 ? ring.sectors.first(ring.newestSector) : null;
  if (newest && newest.index === ring.index) ring.index++;
  const start = ring.sectors.offsetOf(sector);
  flash.erase(start);
  ring.newestSector = sector;
  ring.end = start;
  return start;
}

/** The oldest sector goes: what waits begins with the next that has records. */
function leave(ring: RecordRing, tail: Place): void {
  const from = ring.sectors.sectorOf(tail.offset);
  const place = copyPlace(tail);
  const lost = ring.next(place) !== null || (ring.cross(place) && ring.sectors.sectorOf(place.offset) === from);
  ring.shown = null;
  ring.tail = null;
  for (let i = 1; i < ring.sectors.count && !ring.tail; i++) {
    const sector = (from + i) % ring.sectors.count;
    ring.tail = ring.sectors.first(sector);
    if (!ring.tail || !lost) continue;
    ring.dropped = true;
    ring.sectors.clearWord(sector, AT_GAP);
  }
}
