/**
 * A disk that keeps for certain only what was synced. At a power cut each sector of each write since then is there or not, by chance,
 * whatever the order in which they were written.
 * @module
 */
import type { Random } from "#tools/virtual-board/random.ts";
import type { Operation } from "./trace.ts";

const SECTOR_BYTES = 512;

type Change = Extract<Operation, { kind: "write" | "truncate" }>;

class FileImage {
  /** Since the last sync. */
  pending: Change[] = [];
  /** Zeros behind `size`. */
  private buffer: Buffer;
  private size: number;

  constructor(bytes: Buffer) {
    this.buffer = Buffer.from(bytes);
    this.size = bytes.length;
  }

  get bytes(): Buffer {
    return this.buffer.subarray(0, this.size);
  }

  apply(change: Change, isThere: () => boolean): void {
    if (change.kind === "truncate") {
      if (isThere()) this.resize(change.size);
      return;
    }
    for (let from = 0; from < change.data.length; ) {
      // To the next sector's begin on the disk.
      const to = Math.min(change.data.length, from + SECTOR_BYTES - ((change.at + from) % SECTOR_BYTES));
      if (isThere()) {
        if (this.size < change.at + to) this.resize(change.at + to);
        change.data.copy(this.buffer, change.at + from, from, to);
      }
      from = to;
    }
  }

  private resize(size: number): void {
    if (size > this.buffer.length) this.buffer = Buffer.concat([this.bytes], 2 * size);
    this.buffer.fill(0, Math.min(size, this.size));
    this.size = size;
  }
}

/**
 * The files as they may be found when the power was cut behind the first `count` operations.
 * @param start the files before the first one, by name.
 * @param honoursSync false for a disk that lies: nothing is certain.
 */
export function cutPower(
  start: ReadonlyMap<string, Buffer>,
  operations: readonly Operation[],
  count: number,
  random: Random,
  honoursSync = true,
): Map<string, Buffer> {
  const files = new Map([...start].map(([name, bytes]) => [name, new FileImage(bytes)]));
  for (const operation of operations.slice(0, count)) {
    if (operation.kind === "print") continue;
    const file = files.get(operation.file) ?? new FileImage(Buffer.alloc(0));
    files.set(operation.file, file);
    if (operation.kind !== "sync") file.pending.push(operation);
    else if (honoursSync) {
      for (const change of file.pending) file.apply(change, () => true);
      file.pending = [];
    }
  }
  // Some cuts lose nearly all of what was not synced, some nearly nothing.
  const chance = random();
  for (const file of files.values()) for (const change of file.pending) file.apply(change, () => random() < chance);
  return new Map([...files].map(([name, { bytes }]) => [name, bytes]));
}
