/**
 * Raw flash on Espruino's Flash library.
 * @module
 */
import { SECTOR_BYTES } from "../core/flash.ts";
import { isRecordFileThere } from "./record-file.ts";
import type { FlashRegion } from "../core/flash.ts";
import type { RecordFile } from "./record-file.ts";

export interface FlashHost {
  read(length: number, address: number): Uint8Array;
  write(data: Uint8Array, address: number): void;
  erasePage(address: number): void;
  /** The erasable page around an address; undefined where there is no flash. */
  getPage(address: number): { addr: number; length: number } | undefined;
}

export class FlashPages implements FlashRegion {
  readonly bytes: number;
  private readonly host: FlashHost;
  private readonly address: number;
  private readonly pageBytes: number;
  private readonly file: RecordFile | null;

  /**
   * The region from `address` on. Throws when its pages do not divide sectors, as where a build counts in other units.
   * @param file around the region; nothing is erased once somebody else has moved it.
   */
  constructor(host: FlashHost, address: number, bytes: number, file: RecordFile | null) {
    const page = host.getPage(address);
    if (!page || page.addr !== address || SECTOR_BYTES % page.length !== 0) throw new Error("flash: no page begins at " + address);
    this.bytes = bytes;
    this.host = host;
    this.address = address;
    this.pageBytes = page.length;
    this.file = file;
  }

  read(length: number, offset: number): Uint8Array {
    return this.host.read(length, this.address + offset);
  }

  write(data: Uint8Array, offset: number): void {
    this.host.write(data, this.address + offset);
  }

  erase(offset: number): void {
    if (this.file && !isRecordFileThere(this.host, this.file)) throw new Error("flash: the record file was moved");
    for (let at = offset; at < offset + SECTOR_BYTES; at += this.pageBytes) {
      // erasePage takes an integer by type, and what went through a division is none.
      this.host.erasePage((this.address + at) | 0);
    }
  }
}
