/**
 * What changes at run time and must outlast a restart, as entries in flash: a newer one of the same kind stands in for the older. Two
 * sectors take turns, so that the old entries are erased only once the newest of each kind stand in the other sector.
 *
 * It is no file in Storage, because every rewrite there leaves trash, and trash means compaction one day (Espruino#2391).
 * @module
 */
import { BLANK, SECTOR_BYTES, viewOf } from "./flash.ts";
import type { Crc32, FlashRegion } from "./flash.ts";

export const LOG_SECTORS = 2;
/** Generation of a sector and its CRC, written when all is copied; the larger one counts. */
const SECTOR_HEAD_BYTES = 8;
/** Kind, length, CRC of both and the text. */
const ENTRY_HEAD_BYTES = 8;
/** Longest entry: the settings as a file. Beside it, all others must find room twice. */
export const MAX_ENTRY_BYTES = 2048;

/** The interpreter's 8-bit texts to bytes and back. */
export interface TextHost {
  toText(bytes: Uint8Array): string;
  toBytes(text: string): Uint8Array;
}

/** The log's place, and which of its sectors counts. */
export interface SettingsLog {
  flash: FlashRegion;
  start: number;
  crc32: Crc32;
  host: TextHost;
  sector: number;
  generation: number;
}

interface Entry {
  kind: number;
  offset: number;
  bytes: number;
}

/** Opens the log in two sectors of a region, from offset `start` on. */
export function openLog(flash: FlashRegion, start: number, crc32: Crc32, host: TextHost): SettingsLog {
  const log: SettingsLog = { flash, start, crc32, host, sector: -1, generation: 0 };
  for (let sector = 0; sector < LOG_SECTORS; sector++) {
    const head = flash.read(SECTOR_HEAD_BYTES, offsetOf(log, sector));
    const view = viewOf(head);
    const generation = view.getUint32(0);
    if (generation !== BLANK && generation > log.generation && view.getUint32(4) === crc32(head.subarray(0, 4))) {
      log.generation = generation;
      log.sector = sector;
    }
  }
  return log;
}

/** The newest text of a kind (0 to 254), or null. */
export function readEntry(log: SettingsLog, kind: number): string | null {
  let found: Entry | null = null;
  visit(log, (entry) => {
    if (entry.kind === kind) found = entry;
  });
  return found ? textOf(log, found) : null;
}

/** Keeps a text under a kind. Throws when flash does not keep it, or when it is too long; then the one before stays. */
export function keepEntry(log: SettingsLog, kind: number, text: string): void {
  if (text.length > MAX_ENTRY_BYTES) throw new Error("settings: a text of " + text.length + " characters is not kept");
  const end = visit(log, () => {});
  if (end < 0 || !write(log, end, kind, text)) moveOver(log, kind, text);
  if (readEntry(log, kind) !== text) throw new Error("settings: flash does not keep them");
}

function offsetOf({ start }: SettingsLog, sector: number): number {
  return start + sector * SECTOR_BYTES;
}

/** Shows the whole entries, oldest first. Returns the offset behind the last one, or -1 where no more can follow. */
function visit(log: SettingsLog, show: (entry: Entry) => void): number {
  if (log.sector < 0) return -1;
  const { flash } = log;
  const end = offsetOf(log, log.sector + 1);
  let offset = offsetOf(log, log.sector) + SECTOR_HEAD_BYTES;
  while (offset + ENTRY_HEAD_BYTES <= end) {
    const head = flash.read(ENTRY_HEAD_BYTES, offset);
    const view = viewOf(head);
    const first = view.getUint32(0);
    if (first === BLANK) return offset;
    const bytes = first & 0xffff;
    // What the power tore says nothing of where the next one begins.
    if (offset + ENTRY_HEAD_BYTES + bytes > end) return -1;
    const body = flash.read(ENTRY_HEAD_BYTES + bytes, offset);
    const crc = view.getUint32(4);
    for (let i = 4; i < ENTRY_HEAD_BYTES; i++) body[i] = 0;
    if (crc !== log.crc32(body)) return -1;
    show({ kind: head[0] || 0, offset, bytes });
    offset += sizeOf(bytes);
  }
  return -1;
}

function sizeOf(bytes: number): number {
  return ENTRY_HEAD_BYTES + Math.ceil(bytes / 4) * 4;
}

function textOf({ flash, host }: SettingsLog, { offset, bytes }: Entry): string {
  return bytes === 0 ? "" : host.toText(flash.read(bytes, offset + ENTRY_HEAD_BYTES));
}

/** Writes an entry where the sector around `offset` has room for it. */
function write(log: SettingsLog, offset: number, kind: number, text: string): boolean {
  const sector = Math.floor((offset - log.start) / SECTOR_BYTES);
  const size = sizeOf(text.length);
  if (offset + size > offsetOf(log, sector + 1)) return false;
  const buffer = new Uint8Array(size);
  buffer.set(log.host.toBytes(text), ENTRY_HEAD_BYTES);
  const view = viewOf(buffer);
  view.setUint32(0, text.length);
  buffer[0] = kind;
  view.setUint32(4, log.crc32(buffer.subarray(0, ENTRY_HEAD_BYTES + text.length)));
  log.flash.write(buffer, offset);
  return true;
}

/** Copies the newest entry of each kind to the other sector, with the new one in place of its kind's, and goes on there. */
function moveOver(log: SettingsLog, kind: number, text: string): void {
  const newest: Entry[] = [];
  visit(log, (entry) => {
    newest[entry.kind] = entry;
  });
  const other = log.sector === 0 ? 1 : 0;
  log.flash.erase(offsetOf(log, other));
  let offset = offsetOf(log, other) + SECTOR_HEAD_BYTES;
  const copy = (itsKind: number, itsText: string): void => {
    if (!write(log, offset, itsKind, itsText)) throw new Error("settings: no room for them in flash");
    offset += sizeOf(itsText.length);
  };
  newest.forEach((entry) => {
    if (entry.kind !== kind) copy(entry.kind, textOf(log, entry));
  });
  copy(kind, text);
  const head = new Uint8Array(SECTOR_HEAD_BYTES);
  const view = viewOf(head);
  view.setUint32(0, log.generation + 1);
  view.setUint32(4, log.crc32(head.subarray(0, 4)));
  log.flash.write(head, offsetOf(log, other));
  log.generation++;
  log.sector = other;
}
