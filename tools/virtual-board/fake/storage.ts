/**
 * `require("Storage")`: small files in flash.
 * @module
 */
import { types } from "node:util";
import { bytesOf, bytesOfText, textOfBytes } from "./data.ts";
import { RAW_BYTES } from "./flash.ts";
import { createStorageLayout } from "./storage-layout.ts";
import type { FlashMemory } from "./flash.ts";
import type { Realm } from "./realm.ts";

const MAX_NAME = 28;

/** Files as somebody from outside puts them into a board: what a flash tool writes before the power comes. */
export interface StorageMemory {
  read(name: string): Uint8Array | undefined;
  write(name: string, data: Uint8Array): void;
  list(): string[];
}

export function createMemoryStorage(files: Record<string, Uint8Array | string> = {}): StorageMemory {
  const kept = new Map<string, Uint8Array>();
  for (const [name, data] of Object.entries(files)) kept.set(name, typeof data === "string" ? bytesOfText(data) : data);
  return {
    read: (name) => kept.get(name),
    write: (name, data) => void kept.set(name, data),
    list: () => [...kept.keys()],
  };
}

/** What a flash tool has put there comes into flash: files that are new or other than there, the old ones left as trash. */
export function createStorageLibrary(realm: Realm, memory: StorageMemory, flash: FlashMemory): Record<string, (...values: never[]) => unknown> {
  const image = flash.bytes.subarray(RAW_BYTES);
  const layout = createStorageLayout(image, (offset, bytes) => flash.changed(RAW_BYTES + offset, bytes));

  function bytesAt({ offset, bytes }: { offset: number; bytes: number }): Uint8Array {
    return image.subarray(offset, offset + bytes);
  }

  function put(name: string, data: Uint8Array, size: number): void {
    const old = layout.find(name);
    if (old !== undefined && old.bytes === size && Buffer.from(bytesAt(old)).equals(data)) return;
    if (old !== undefined) layout.remove(old);
    const file = layout.create(name, size);
    image.set(data, file.offset);
    flash.changed(RAW_BYTES + file.offset, data.length);
  }

  for (const name of memory.list()) put(name, memory.read(name) ?? new Uint8Array(), memory.read(name)?.length ?? 0);

  function nameOf(name: unknown): string {
    if (typeof name !== "string" || name === "") throw new Error("Storage: a file name is expected");
    return name.slice(0, MAX_NAME);
  }

  function read(name: unknown): string | undefined {
    const file = layout.find(nameOf(name));
    return file === undefined ? undefined : textOfBytes(bytesAt(file));
  }

  function readJSON(name: unknown, noExceptions: unknown): unknown {
    const text = read(name);
    if (text === undefined) return undefined;
    try {
      return realm.parse(text);
    } catch (error) {
      if (noExceptions) return undefined;
      throw error;
    }
  }

  function write(name: unknown, value: unknown, offset: unknown = 0, size: unknown = 0): boolean {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    const json = isObject && !ArrayBuffer.isView(value) && !types.isArrayBuffer(value);
    const data = json ? bytesOfText(realm.stringify(value)) : bytesOf(value);
    if (offset !== 0) throw new Error("Storage: the fake writes files from their start only");
    if (data.length === 0) throw new Error("Can't create zero length file");
    put(nameOf(name), data, Math.max(Number(size), data.length));
    return true;
  }

  return { read, readJSON, write };
}
