/**
 * A board's memory in a folder. Every change is handed to the operating system before the firmware goes on, so that a killed process
 * leaves what a power cut leaves.
 * @module
 */
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { FLASH_BYTES, RAW_BYTES } from "./fake/flash.ts";
import type { FlashMemory } from "./fake/flash.ts";
import type { StorageMemory } from "./fake/storage.ts";

/** Suffix of a file that is being written; no such file is part of Storage. */
const UNFINISHED = ".unfinished";

/**
 * `flash.bin` in `dir`: the raw region and Storage, erased at first. A file of the raw region only, as older boards have, gets its Storage.
 * Throws when it has another size.
 */
export function openFlashFile(dir: string): FlashMemory & { close(): void } {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, "flash.bin");
  if (!existsSync(path)) writeFileSync(path, new Uint8Array(FLASH_BYTES).fill(0xff));
  let bytes = Uint8Array.from(readFileSync(path));
  if (bytes.length === RAW_BYTES) {
    bytes = Buffer.concat([bytes, new Uint8Array(FLASH_BYTES - RAW_BYTES).fill(0xff)]);
    writeFileSync(path, bytes);
  }
  if (bytes.length !== FLASH_BYTES) {
    throw new Error(`${path} has ${bytes.length} bytes instead of ${FLASH_BYTES}: remove it to begin with empty flash`);
  }
  const file = openSync(path, "r+");
  return {
    bytes,
    changed: (offset, length) => void writeSync(file, bytes, offset, length, offset),
    close: () => closeSync(file),
  };
}

/** `storage/` in `dir`, a file for each file. */
export function openStorageFolder(dir: string): StorageMemory {
  const folder = join(dir, "storage");
  mkdirSync(folder, { recursive: true });

  function pathOf(name: string): string {
    if (!/^[\w.-]+$/.test(name) || name === "." || name === ".." || name.endsWith(UNFINISHED)) {
      throw new Error("Storage: the virtual board keeps no file named " + JSON.stringify(name));
    }
    return join(folder, name);
  }

  return {
    read(name) {
      const path = pathOf(name);
      return existsSync(path) ? Uint8Array.from(readFileSync(path)) : undefined;
    },
    write(name, data) {
      const path = pathOf(name);
      writeFileSync(path + UNFINISHED, data, { mode: 0o600 });
      renameSync(path + UNFINISHED, path);
    },
    list: () => readdirSync(folder).filter((name) => !name.endsWith(UNFINISHED)),
  };
}
