/**
 * The boot counter. It is half of every nonce, so a number is used only after it stands in flash, read back, and is never used again
 * wherever the power is cut.
 *
 * Two sectors, filled in turn with entries of (number, CRC). Only a sector whose entries are all older than the newest of the other is erased.
 * @module
 */
import { BLANK, SECTOR_BYTES, viewOf } from "./flash.ts";
import type { Crc32, FlashRegion } from "./flash.ts";
import { MAX_BOOT } from "../wire/frame.ts";

/** Sectors that the counter takes, from the start of its region. */
export const BOOT_SECTORS = 2;
const ENTRY_BYTES = 8;

function entryAt(flash: FlashRegion, crc32: Crc32, offset: number): number {
  const bytes = flash.read(ENTRY_BYTES, offset);
  const view = viewOf(bytes);
  const number = view.getUint32(0);
  return number <= MAX_BOOT && view.getUint32(4) === crc32(bytes.subarray(0, 4)) ? number : 0;
}

function isBlank(flash: FlashRegion, offset: number): boolean {
  const view = viewOf(flash.read(ENTRY_BYTES, offset));
  return view.getUint32(0) === BLANK && view.getUint32(4) === BLANK;
}

/** The newest number in a sector, and the offset after its last used entry. */
function survey(flash: FlashRegion, crc32: Crc32, sector: number): { newest: number; end: number } {
  const start = sector * SECTOR_BYTES;
  let end = start + SECTOR_BYTES;
  while (end > start && isBlank(flash, end - ENTRY_BYTES)) end -= ENTRY_BYTES;
  let newest = 0;
  // Numbers rise, so the last entry that is whole is the newest.
  for (let at = end - ENTRY_BYTES; at >= start && newest === 0; at -= ENTRY_BYTES) newest = entryAt(flash, crc32, at);
  return { newest, end };
}

/**
 * Counts this boot: the first is 1. Throws when flash does not keep the number, or the numbers are used up: then the board must not seal.
 */
export function countBoot(flash: FlashRegion, crc32: Crc32): number {
  const first = survey(flash, crc32, 0);
  const second = survey(flash, crc32, 1);
  const boot = Math.max(first.newest, second.newest) + 1;
  if (boot > MAX_BOOT) throw new Error("boot counter: used up, the board needs a new key");
  const entry = new Uint8Array(ENTRY_BYTES);
  const view = viewOf(entry);
  view.setUint32(0, boot);
  view.setUint32(4, crc32(entry.subarray(0, 4)));

  const sector = second.newest > first.newest ? 1 : 0;
  const end = sector === 1 ? second.end : first.end;
  if (keep(flash, crc32, entry, end, (sector + 1) * SECTOR_BYTES)) return boot;
  // This sector holds the newest number, so the other one's are all older.
  const other = (1 - sector) * SECTOR_BYTES;
  flash.erase(other);
  if (keep(flash, crc32, entry, other, other + SECTOR_BYTES)) return boot;
  throw new Error("boot counter: flash does not keep it");
}

/** Writes an entry to the first place from `start` that keeps it; false when none does. */
function keep(flash: FlashRegion, crc32: Crc32, entry: Uint8Array, start: number, end: number): boolean {
  const boot = viewOf(entry).getUint32(0);
  for (let at = start; at < end; at += ENTRY_BYTES) {
    flash.write(entry, at);
    if (entryAt(flash, crc32, at) === boot) return true;
  }
  return false;
}
