/**
 * The raw flash region on Espruino's Flash library.
 * @module
 */
import { SECTOR_BYTES } from "../core/flash.ts";
import type { FlashRegion } from "../core/flash.ts";

export interface FlashHost {
  read(length: number, address: number): Uint8Array;
  write(data: Uint8Array, address: number): void;
  erasePage(address: number): void;
  /** The erasable page around an address; undefined where there is no flash. */
  getPage(address: number): { addr: number; length: number } | undefined;
}

/** The region from `address` on. Throws when its pages do not divide sectors, as where a build counts in other units. */
export function createFlashRegion(host: FlashHost, address: number, bytes: number): FlashRegion {
  const page = host.getPage(address);
  if (!page || page.addr !== address || SECTOR_BYTES % page.length !== 0) throw new Error("flash: no page begins at " + address);
  const pageBytes = page.length;
  return {
    bytes,
    read: (length, offset) => host.read(length, address + offset),
    write: (data, offset) => host.write(data, address + offset),
    erase: (offset) => {
      for (let at = offset; at < offset + SECTOR_BYTES; at += pageBytes) {
        // erasePage takes an integer by type, and what went through a division is none.
        host.erasePage((address + at) | 0);
      }
    },
  };
}
