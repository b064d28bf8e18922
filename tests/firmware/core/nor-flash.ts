/**
 * Flash as strict as the chip: writes only clear bits and take whole words, erasing takes whole sectors, and the power may fail
 * at any byte of either.
 * @module
 */
import { SECTOR_BYTES, type FlashRegion } from "#firmware/core/flash.ts";

export class PowerCut extends Error {
  readonly during: "write" | "erase";

  constructor(during: "write" | "erase") {
    super(`power cut during ${during}`);
    this.during = during;
  }
}

export class NorFlash implements FlashRegion {
  readonly bytes: number;
  readonly cells: Uint8Array;
  /** Bytes that can still be changed before the power fails. */
  energy = Infinity;
  /** Offsets of bytes whose bits do not clear. */
  readonly stuck = new Set<number>();
  erasures = 0;

  constructor(sectors: number, cells?: Uint8Array) {
    this.bytes = sectors * SECTOR_BYTES;
    this.cells = cells ?? new Uint8Array(this.bytes).fill(0xff);
  }

  read(length: number, offset: number): Uint8Array {
    if (offset < 0 || offset + length > this.bytes) throw new Error(`flash: read outside at ${offset}`);
    return this.cells.slice(offset, offset + length);
  }

  write(data: Uint8Array, offset: number): void {
    if (offset % 4 !== 0 || data.length % 4 !== 0) throw new Error(`flash: unaligned write of ${data.length} at ${offset}`);
    if (offset < 0 || offset + data.length > this.bytes) throw new Error(`flash: write outside at ${offset}`);
    data.forEach((byte, i) => {
      this.spend("write");
      if (!this.stuck.has(offset + i)) this.cells[offset + i] = (this.cells[offset + i] ?? 0) & byte;
    });
  }

  erase(offset: number): void {
    if (offset % SECTOR_BYTES !== 0) throw new Error(`flash: no sector begins at ${offset}`);
    this.erasures++;
    for (let i = 0; i < SECTOR_BYTES; i++) {
      this.spend("erase");
      this.cells[offset + i] = 0xff;
    }
  }

  private spend(during: "write" | "erase"): void {
    if (this.energy <= 0) throw new PowerCut(during);
    this.energy--;
  }
}
