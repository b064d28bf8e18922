/**
 * The board's places in flash, opened at a start.
 * @module
 */
import { countStart } from "../core/count-start.ts";
import { RAW_PLAN, STORAGE_PLAN } from "../core/flash-plan.ts";
import { testFlash } from "../core/self-test.ts";
import { FlashPages } from "./flash.ts";
import { isUsed, markUsed, openRecordFile } from "./record-file.ts";
import type { Crc32, FlashRegion } from "../core/flash.ts";
import type { FlashSettings, Settings } from "../core/settings.ts";
import type { Start } from "../core/starts.ts";
import type { FlashHost } from "./flash.ts";
import type { StorageHost } from "./record-file.ts";

/** The raw region, tried out. Throws when it does not work. */
export function openRaw(host: FlashHost, { address, bytes }: FlashSettings): FlashRegion {
  const region = new FlashPages(host, address, bytes, null);
  testFlash(region, RAW_PLAN.test);
  return region;
}

/** The sectors inside the record file, or null where Storage has no room for it. */
export function openStorage(host: FlashHost, storage: StorageHost, flash: FlashSettings): FlashRegion | null {
  const file = openRecordFile(host, storage, flash);
  return file && new FlashPages(host, file.start, flash.recordBytes, file);
}

/** Counts this start, in both places where there are two. Throws where its number is not certain: then nothing may be sealed. */
export function count(
  { flash, firstBoot }: Settings,
  host: FlashHost,
  files: StorageHost,
  crc32: Crc32,
  raw: FlashRegion,
  storage: FlashRegion | null,
): Start {
  const places = [{ flash: raw, offset: RAW_PLAN.starts }];
  if (storage) places.push({ flash: storage, offset: STORAGE_PLAN.starts });
  return countStart({
    places,
    crc32,
    firstBoot,
    isUsed: () => isUsed(files, firstBoot),
    markUsed: () => markUsed(host, files, flash, firstBoot),
  });
}

/** Bytes of lower-case hex digits. */
export function hexBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
