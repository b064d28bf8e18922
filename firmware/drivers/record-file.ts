/**
 * The file of Storage whose inside holds records, and the small one that says that a board has given numbers.
 * @module
 */
import { isThere, recordFileSize, surveyStorage } from "../core/storage-file.ts";
import { SECTOR_BYTES } from "../core/flash.ts";
import type { FlashHost } from "./flash.ts";
import type { FlashSettings } from "../core/settings.ts";

export interface StorageHost {
  read(name: string): string | undefined;
  write(name: string, text: string, offset: 0, bytes: number): boolean;
}

/** Made once, never rewritten. A flash tool that makes it first of all files keeps it from ever being moved. */
export const RECORD_FILE = "daisee.records";

/** Where the record file's head is, and the whole sectors inside it. */
export interface RecordFile {
  head: number;
  bytes: number;
  start: number;
}

/** Finds the record file, or makes it where there is room without a compaction. Null where there is not. */
export function openRecordFile(host: FlashHost, storage: StorageHost, settings: FlashSettings): RecordFile | null {
  const { storageAddress, storageBytes, recordBytes } = settings;
  const end = storageAddress + storageBytes;
  const read = (length: number, address: number): Uint8Array => host.read(length, address);
  if (recordBytes === 0) return null;
  let file = surveyStorage(read, storageAddress, end, RECORD_FILE);
  if (file.address === 0) {
    const size = recordFileSize(file.freeFrom, end, recordBytes);
    if (size === 0) return null;
    // An erased byte, so that all of it stays erased.
    storage.write(RECORD_FILE, "\xff", 0, size);
    file = surveyStorage(read, storageAddress, end, RECORD_FILE);
  }
  const start = Math.ceil(file.address / SECTOR_BYTES) * SECTOR_BYTES;
  if (file.address === 0 || start + recordBytes > file.address + file.bytes) return null;
  return { head: file.address, bytes: file.bytes, start };
}

/** Whether the record file still stands where it was found: whoever moved it, nobody else's data may be erased. */
export function isRecordFileThere(host: FlashHost, file: RecordFile): boolean {
  return isThere((length, address) => host.read(length, address), file.head, file.bytes, RECORD_FILE);
}

/** Whether numbers from `firstBoot` on were given. */
export function isUsed(storage: StorageHost, firstBoot: number): boolean {
  return storage.read("daisee.used" + firstBoot) !== undefined;
}

/** Notes that numbers from `firstBoot` on are given, by a file of that name. Throws where that could provoke a compaction. */
export function markUsed(host: FlashHost, storage: StorageHost, settings: FlashSettings, firstBoot: number): void {
  const end = settings.storageAddress + settings.storageBytes;
  const { freeFrom } = surveyStorage((length, address) => host.read(length, address), settings.storageAddress, end, RECORD_FILE);
  if (recordFileSize(freeFrom, end, 0) === 0) throw new Error("flash: Storage is full");
  storage.write("daisee.used" + firstBoot, "1", 0, 1);
}
