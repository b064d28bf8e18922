/**
 * Raw flash as the core sees it: erased bytes are 0xff, writing only clears bits, and erasing takes a whole sector.
 * @module
 */

export const SECTOR_BYTES = 4096;

/** A region of whole sectors; offsets count from its start. Writes are of whole, aligned 4-byte words. */
export interface FlashRegion {
  readonly bytes: number;
  read(length: number, offset: number): Uint8Array;
  write(data: Uint8Array, offset: number): void;
  /** Erases the sector that begins at `offset`. */
  erase: (offset: number) => void;
}

/** CRC-32 (ISO-HDLC) of bytes, unsigned. */
export type Crc32 = (bytes: Uint8Array) => number;

/** Big-endian view of a byte array. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

export const BLANK = 0xffffffff;
