/**
 * The flash of an ESP32 with Espruino's partition table from the raw region that is free to its end: 64 KB, then Storage. A write only clears
 * bits; only an erase of a whole sector sets them. The power may fail in the middle of either. In Storage, nothing but the inside of a file
 * may be written or erased: anything else belongs to the interpreter.
 * @module
 */
import { bytesOf } from "./data.ts";
import { COST_MS } from "./cpu.ts";
import { createStorageLayout } from "./storage-layout.ts";
import type { Cpu } from "./cpu.ts";
import type { Realm } from "./realm.ts";

export const FLASH_START = 0x310000;
export const RAW_BYTES = 0x10000;
export const STORAGE_BYTES = 224 * 0x1000;
export const FLASH_BYTES = RAW_BYTES + STORAGE_BYTES;
export const SECTOR_BYTES = 0x1000;
/** Smaller than a sector on a real chip too: it erases and programs pages one after the other. */
const ALIGNMENT = 4;

/** Where the region's bytes are kept. `bytes` holds all of them; `changed` is told what to make durable. */
export interface FlashMemory {
  readonly bytes: Uint8Array;
  changed(offset: number, length: number): void;
}

export function createMemoryFlash(): FlashMemory {
  return { bytes: new Uint8Array(FLASH_BYTES).fill(0xff), changed: () => undefined };
}

export interface Flash {
  library: Record<string, (...values: never[]) => unknown>;
  /** Cuts the power after so many more bytes were programmed or erased: the next operation is left half done. */
  cutPowerAfter(bytes: number): void;
}

/** @param powerOff is called in the middle of the operation that meets the cut, and must not return. */
export function createFlash(cpu: Cpu, realm: Realm, memory: FlashMemory, powerOff: () => never): Flash {
  let bytesLeft = Infinity;

  function offsetOf(address: unknown, length: number): number {
    if (typeof address !== "number" || !Number.isInteger(address)) throw new Error("Address should be an integer");
    const offset = address - FLASH_START;
    if (offset < 0 || offset + length > FLASH_BYTES) {
      throw new Error("Flash: 0x" + address.toString(16) + " + " + length + " is outside of the free region at 0x310000 and Storage");
    }
    return offset;
  }

  /** Throws where a change would reach out of the raw region and out of a file of Storage. */
  function checkOwner(offset: number, length: number): void {
    if (offset + length <= RAW_BYTES) return;
    const storage = createStorageLayout(memory.bytes.subarray(RAW_BYTES), () => undefined);
    const at = offset - RAW_BYTES;
    const isInside = storage.files().some((file) => at >= file.offset && at + length <= file.offset + file.bytes);
    if (!isInside) throw new Error("Flash: 0x" + (FLASH_START + offset).toString(16) + " belongs to the interpreter's Storage");
  }

  /** Changes byte by byte, as far as the power lasts. */
  function change(offset: number, length: number, next: (index: number, old: number) => number): void {
    const done = Math.min(length, bytesLeft);
    for (let i = 0; i < done; i++) memory.bytes[offset + i] = next(i, memory.bytes[offset + i] ?? 0xff);
    memory.changed(offset, done);
    bytesLeft -= done;
    if (done < length) powerOff();
  }

  function write(data: unknown, address: unknown): void {
    const bytes = bytesOf(data);
    const offset = offsetOf(address, bytes.length);
    checkOwner(offset, bytes.length);
    if (offset % ALIGNMENT !== 0 || bytes.length % ALIGNMENT !== 0) throw new Error("Flash: writes are aligned to 4 bytes");
    cpu.spend(COST_MS.flashWrite);
    change(offset, bytes.length, (index, old) => old & (bytes[index] ?? 0xff));
  }

  function erasePage(address: unknown): void {
    const offset = offsetOf(address, 1);
    checkOwner(offset - (offset % SECTOR_BYTES), SECTOR_BYTES);
    cpu.spend(COST_MS.flashErase);
    change(offset - (offset % SECTOR_BYTES), SECTOR_BYTES, () => 0xff);
  }

  function read(length: unknown, address: unknown): unknown {
    if (typeof length !== "number" || !(length > 0)) return undefined;
    const offset = offsetOf(address, length);
    return realm.bytes(memory.bytes.subarray(offset, offset + length));
  }

  function getPage(address: unknown): unknown {
    const offset = offsetOf(address, 1);
    return realm.json({ addr: FLASH_START + offset - (offset % SECTOR_BYTES), length: SECTOR_BYTES });
  }

  return {
    library: { read, write, erasePage, getPage },
    cutPowerAfter(bytes) {
      bytesLeft = bytes;
    },
  };
}
