/**
 * `require("Storage")`: small files in flash.
 * @module
 */
import { types } from "node:util";
import { bytesOf, bytesOfText, textOfBytes } from "./data.ts";
import type { Realm } from "./realm.ts";

/** Bytes of Storage on an ESP32, and the longest file name. */
const CAPACITY_BYTES = 224 * 4096;
const MAX_NAME = 28;
/** Each file has a header of name, size and flags. */
const HEADER_BYTES = 32;

/** Where files are kept. A write replaces a file whole or not at all. */
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

export function createStorageLibrary(realm: Realm, memory: StorageMemory): Record<string, (...values: never[]) => unknown> {
  function nameOf(name: unknown): string {
    if (typeof name !== "string" || name === "") throw new Error("Storage: a file name is expected");
    return name.slice(0, MAX_NAME);
  }

  function read(name: unknown): string | undefined {
    const data = memory.read(nameOf(name));
    return data === undefined ? undefined : textOfBytes(data);
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

  function write(name: unknown, value: unknown): boolean {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    const json = isObject && !ArrayBuffer.isView(value) && !types.isArrayBuffer(value);
    const data = json ? bytesOfText(realm.stringify(value)) : bytesOf(value);
    if (data.length === 0) throw new Error("Can't create zero length file");
    const own = nameOf(name);
    const others = memory.list().filter((other) => other !== own);
    const used = others.reduce((sum, other) => sum + HEADER_BYTES + (memory.read(other)?.length ?? 0), 0);
    if (used + HEADER_BYTES + data.length > CAPACITY_BYTES) throw new Error("Unable to find or create file");
    memory.write(own, data);
    return true;
  }

  return { read, readJSON, write };
}
