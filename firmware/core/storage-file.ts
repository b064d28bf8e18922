/**
 * Where files lie in Espruino's Storage (its src/jsflash.c): one after the other, each behind a head of 32 bytes with its size and name.
 * What was replaced or deleted stays as trash, its name cleared, until Storage is compacted.
 *
 * A file of a size to end on a page, made once and never again, has whole pages inside that are as good as raw flash: Storage passes over
 * them by the file's size. It moves only when Storage is compacted with trash before it, which needs somebody else's write.
 * @module
 */
import { SECTOR_BYTES } from "./flash.ts";

const HEAD_BYTES = 32;
const NAME_BYTES = 28;
/** Left free beside a new file: so much that nobody's next small write has to compact. */
const SLACK_BYTES = 65536;

type Read = (length: number, address: number) => Uint8Array;

/** What Storage holds of a file, and its free end. Addresses in flash. */
export interface StorageSurvey {
  /** Of the file's first byte behind its head; 0 where there is none of the name. */
  address: number;
  bytes: number;
  freeFrom: number;
}

/** Size of the file whose head is at an address, and whether it has the name; -1 where no head is. */
function headAt(read: Read, address: number, end: number, name: string): { bytes: number; isNamed: boolean } {
  const head = read(HEAD_BYTES, address);
  const at = (i: number): number => head[i] || 0;
  const bytes = at(0) + at(1) * 256 + at(2) * 65536;
  const isBlank = at(0) === 0xff && at(1) === 0xff && at(2) === 0xff && at(3) === 0xff;
  if (isBlank || bytes + at(3) === 0 || address + HEAD_BYTES + bytes > end) return { bytes: -1, isNamed: false };
  let isNamed = at(3) === 0;
  for (let i = 0; i < NAME_BYTES; i++) {
    const expected = i < name.length ? name.charCodeAt(i) : 0;
    if (at(4 + i) !== expected) isNamed = false;
  }
  return { bytes, isNamed };
}

/** Walks through Storage as the interpreter does: after the last head of a page, the next page is looked at once. */
export function surveyStorage(read: Read, start: number, end: number, name: string): StorageSurvey {
  const survey: StorageSurvey = { address: 0, bytes: 0, freeFrom: start };
  let address = start;
  let skipped = false;
  while (address + HEAD_BYTES <= end) {
    const { bytes, isNamed } = headAt(read, address, end, name);
    if (bytes < 0) {
      if (skipped || address % SECTOR_BYTES === 0) break;
      skipped = true;
      address = Math.ceil(address / SECTOR_BYTES) * SECTOR_BYTES;
      continue;
    }
    skipped = false;
    if (isNamed) {
      survey.address = address + HEAD_BYTES;
      survey.bytes = bytes;
    }
    address = Math.ceil((address + HEAD_BYTES + bytes) / 4) * 4;
    survey.freeFrom = address;
  }
  return survey;
}

/** Size of a new file with `bytes` of whole pages inside that ends on a page; 0 where making it could provoke a compaction. */
export function recordFileSize(freeFrom: number, end: number, bytes: number): number {
  const data = freeFrom + HEAD_BYTES;
  const fileEnd = Math.ceil(data / SECTOR_BYTES) * SECTOR_BYTES + bytes;
  return fileEnd + SLACK_BYTES <= end ? fileEnd - data : 0;
}

/** Whether the file whose first byte was at `address` still stands there. */
export function isThere(read: Read, address: number, bytes: number, name: string): boolean {
  const head = headAt(read, address - HEAD_BYTES, address + bytes, name);
  return head.isNamed && head.bytes === bytes;
}
