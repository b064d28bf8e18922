/**
 * A ring goes on: a new run, in its newest sector or in the next, which is erased and lets go of what waited there.
 * @module
 */
import { copyPlace, findRun, readNext, RECORD_BUFFER_BYTES, RUN_HEAD_BYTES, runHead } from "./record-run.ts";
import { crossRun } from "./ring-read.ts";
import { AT_GAP, clearWord, FIRST_BYTES, firstPlace, offsetOf, sectorOf } from "./sectors.ts";
import { startRunning } from "../wire/frame.ts";
import type { RecordRing } from "./record-ring.ts";
import type { Place } from "./record-run.ts";

/** Begins a run behind what is written, or in the next sector where little room is left. Null where flash did not keep its head. */
export function beginRun(ring: RecordRing, boot: number, sequence: number): Place | null {
  const { sectors } = ring;
  const offset = Math.ceil(ring.end / RUN_HEAD_BYTES) * RUN_HEAD_BYTES;
  const left = ring.newestSector < 0 ? 0 : offsetOf(sectors, ring.newestSector + 1) - offset;
  const isSector = left < RUN_HEAD_BYTES + RECORD_BUFFER_BYTES;
  const start = isSector ? enterSector(ring) : offset;
  const place: Place = { offset: start + RUN_HEAD_BYTES, boot, sequence, index: ring.index, meters: sectors.meters, crc: 0, running: startRunning(0) };
  sectors.flash.write(runHead(sectors.crc32, place), start);
  const kept = findRun(sectors, start);
  // A sector without its head would not be found again.
  ring.end = isSector && !kept ? offsetOf(sectors, ring.newestSector + 1) : place.offset;
  if (!kept) return null;
  if (isSector) ring.end = kept.offset = start + FIRST_BYTES;
  if (!ring.tail) ring.tail = copyPlace(kept);
  return kept;
}

/** Erases the next sector and lets go of what waited there. Returns its start. */
function enterSector(ring: RecordRing): number {
  const { sectors } = ring;
  const sector = (ring.newestSector + 1) % sectors.sectors;
  if (ring.tail && ring.newestSector >= 0 && sectorOf(sectors, ring.tail.offset) === sector) leave(ring, ring.tail);
  // Sectors are put in order by their index, so no two begin with the same.
  const newest = ring.newestSector >= 0 ? firstPlace(sectors, ring.newestSector) : null;
  if (newest && newest.index === ring.index) ring.index++;
  const start = offsetOf(sectors, sector);
  sectors.flash.erase(start);
  ring.newestSector = sector;
  ring.end = start;
  return start;
}

/** The oldest sector goes: what waits begins with the next that has records. */
function leave(ring: RecordRing, tail: Place): void {
  const { sectors } = ring;
  const from = sectorOf(sectors, tail.offset);
  const place = copyPlace(tail);
  const lost = readNext(sectors, place) !== null || (crossRun(ring, place) && sectorOf(sectors, place.offset) === from);
  ring.shown = null;
  ring.tail = null;
  for (let i = 1; i < sectors.sectors && !ring.tail; i++) {
    const sector = (from + i) % sectors.sectors;
    ring.tail = firstPlace(sectors, sector);
    if (!ring.tail || !lost) continue;
    ring.dropped = true;
    clearWord(sectors, sector, AT_GAP);
  }
}
