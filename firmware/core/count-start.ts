/**
 * Counts this start. A number is used only after it stands in flash, read back, and is never used again wherever the power is cut. It is kept
 * in two places, and the larger counts; where both are gone, the board must not seal anything until it is told where to go on.
 *
 * Each place is two sectors, filled in turn. Only a sector whose entries are all older than the newest of the other is erased.
 * @module
 */
import { BLANK, SECTOR_BYTES, viewOf } from "./flash.ts";
import { AT_CAUSE, AT_GOOD, MAX_FAILED_STARTS } from "./starts.ts";
import { MAX_BOOT } from "../wire/frame.ts";
import type { Crc32, FlashRegion } from "./flash.ts";
import type { Start, StartPlace } from "./starts.ts";

/** Number, its CRC, and the two words of `starts.ts`. */
const ENTRY_BYTES = 16;

export interface StartOptions {
  /** One or more. */
  places: StartPlace[];
  crc32: Crc32;
  /** The first number, 1 for a new board. After the loss of all numbers, one above every number ever used. */
  firstBoot: number;
  /** Whether numbers from `firstBoot` on were ever given. */
  isUsed(): boolean;
  /** Notes that they are, for ever, outside of the places. */
  markUsed(): void;
}

/** Newest number of a place, where its entry is, and the offset behind the last used one of its sector. */
interface Survey {
  newest: number;
  entry: number;
  end: number;
}

/** Counts this start. Throws where no place keeps the number, where numbers are used up, or where all were lost: then nothing may be sealed. */
export function countStart(options: StartOptions): Start {
  const { places, crc32 } = options;
  const surveys = places.map((place) => survey(place, crc32));
  let newest = 0;
  surveys.forEach((each) => {
    newest = Math.max(newest, each.newest);
  });
  if (newest === 0 && options.isUsed()) throw new Error("boot numbers are lost: admit the board again");
  const boot = Math.max(newest + 1, options.firstBoot);
  if (boot > MAX_BOOT) throw new Error("boot numbers are used up: the board needs a new key");
  let start: Start | null = null;
  places.forEach((place, i) => {
    const found = surveys[i];
    const entry = found ? keep(place, crc32, boot, found) : -1;
    if (!found || entry < 0 || start) return;
    const cause = found.entry < 0 ? BLANK : wordAt(place.flash, found.entry + AT_CAUSE);
    start = { boot, failed: countFailed(place, found), lastCause: cause === BLANK ? -1 : cause, flash: place.flash, entry };
  });
  if (!start) throw new Error("boot numbers: flash does not keep them");
  // Before the number seals anything, but after it is kept: a power cut between the two loses a number, and not the board.
  if (!options.isUsed()) options.markUsed();
  return start;
}

function wordAt(flash: FlashRegion, offset: number): number {
  return viewOf(flash.read(4, offset)).getUint32(0);
}

function entryAt({ flash }: StartPlace, crc32: Crc32, offset: number): number {
  const bytes = flash.read(8, offset);
  const view = viewOf(bytes);
  const number = view.getUint32(0);
  return number <= MAX_BOOT && view.getUint32(4) === crc32(bytes.subarray(0, 4)) ? number : 0;
}

function surveySector(place: StartPlace, crc32: Crc32, start: number): Survey {
  const { flash } = place;
  let end = start + SECTOR_BYTES;
  while (end > start && wordAt(flash, end - ENTRY_BYTES) === BLANK && wordAt(flash, end - ENTRY_BYTES + 4) === BLANK) end -= ENTRY_BYTES;
  // Numbers rise, so the last entry that is whole is the newest.
  for (let at = end - ENTRY_BYTES; at >= start; at -= ENTRY_BYTES) {
    const newest = entryAt(place, crc32, at);
    if (newest > 0) return { newest, entry: at, end };
  }
  return { newest: 0, entry: -1, end };
}

function survey(place: StartPlace, crc32: Crc32): Survey {
  const first = surveySector(place, crc32, place.offset);
  const second = surveySector(place, crc32, place.offset + SECTOR_BYTES);
  return second.newest > first.newest ? second : first;
}

/** Failed starts before, as far as the newest number's sector tells. */
function countFailed(place: StartPlace, { entry }: Survey): number {
  let failed = 0;
  for (let each = entry; each >= 0 && failed < MAX_FAILED_STARTS; each -= ENTRY_BYTES) {
    if (wordAt(place.flash, each + AT_GOOD) !== BLANK || wordAt(place.flash, each + AT_CAUSE) !== BLANK) break;
    failed++;
    if (each % SECTOR_BYTES === 0) break;
  }
  return failed;
}

/** Writes a number behind the newest, or into the other sector when that one is full. Returns its offset, -1 where none keeps it. */
function keep(place: StartPlace, crc32: Crc32, boot: number, { end }: Survey): number {
  const entry = new Uint8Array(8);
  const view = viewOf(entry);
  view.setUint32(0, boot);
  view.setUint32(4, crc32(entry.subarray(0, 4)));
  const write = (from: number, to: number): number => {
    for (let at = from; at < to; at += ENTRY_BYTES) {
      place.flash.write(entry, at);
      if (entryAt(place, crc32, at) === boot) return at;
    }
    return -1;
  };
  // The end of the first sector is the first place of the second; which of both it is, the newest entry's own place says.
  const sector = Math.floor((end - 1 - place.offset) / SECTOR_BYTES) > 0 ? 1 : 0;
  const stop = place.offset + (sector + 1) * SECTOR_BYTES;
  const at = write(end, stop);
  if (at >= 0) return at;
  const other = place.offset + (1 - sector) * SECTOR_BYTES;
  place.flash.erase(other);
  return write(other, other + SECTOR_BYTES);
}
