/**
 * A run of records in flash: a head, then records in the form that the wire has, each with its length and a CRC over it and the CRC before.
 * A record that the power tore, and all that would build on it, fails its CRC; the next run stands on its own.
 * @module
 */
import { SECTOR_BYTES, viewOf } from "./flash.ts";
import { CborReader } from "../wire/cbor.ts";
import { readRecord, startRunning } from "../wire/frame.ts";
import type { Crc32, FlashRegion } from "./flash.ts";
import type { Running } from "../wire/frame.ts";
import type { BoardRecord } from "../wire/records.ts";

/** Mark and meters, boot, sequence of the first record, its place in the ring's life, CRC. Runs begin at multiples of it. */
export const RUN_HEAD_BYTES = 16;
/** In front of a record: its length, and half a CRC-32. */
export const RECORD_HEAD_BYTES = 3;
/** Room for the longest record with its head, aligned. */
export const RECORD_BUFFER_BYTES = 180;
/** Upper half of a head's first byte; the lower half has the meters of its checkpoints. Another form of records takes another mark. */
const MARK = 0xa0;
const AT_CRC = 12;
const BLANK_BYTE = 0xff;
/** What is read at once: most records are shorter. */
const LOOK_BYTES = 48;

/** A place in a run: the next record's, and what it differs from. */
export interface Place {
  /** Offset in the region. */
  offset: number;
  boot: number;
  sequence: number;
  /** Records that the ring ever held before this one. */
  index: number;
  meters: number;
  /** CRC of the record or head before. */
  crc: number;
  running: Running;
}

/** What records are kept in, and guarded by. */
export interface RecordFlash {
  flash: FlashRegion;
  crc32: Crc32;
}

export function copyPlace(place: Place): Place {
  const { offset, boot, sequence, index, meters, crc, running } = place;
  const { uptimeMs, isFirst, readings, checkpoint, slot } = running;
  return { offset, boot, sequence, index, meters, crc, running: { uptimeMs, isFirst, readings: readings.concat([]), checkpoint, slot } };
}

/** The head of a run whose first record will be at `place`; only its numbers count. */
export function runHead(crc32: Crc32, place: Place): Uint8Array {
  const head = new Uint8Array(RUN_HEAD_BYTES);
  const view = viewOf(head);
  view.setUint32(0, place.boot);
  head[0] = MARK | place.meters;
  view.setUint32(4, place.sequence);
  view.setUint32(8, place.index);
  view.setUint32(AT_CRC, crc32(head.subarray(0, AT_CRC)));
  return head;
}

/** The run that begins at `offset`: the place behind its head, or null where none begins. */
export function findRun({ flash, crc32 }: RecordFlash, offset: number): Place | null {
  const head = flash.read(RUN_HEAD_BYTES, offset);
  const view = viewOf(head);
  const mark = view.getUint8(0);
  const crc = view.getUint32(AT_CRC);
  if ((mark & 0xf0) !== MARK || crc !== crc32(head.subarray(0, AT_CRC))) return null;
  return {
    offset: offset + RUN_HEAD_BYTES,
    boot: view.getUint32(0) & 0xffffff,
    sequence: view.getUint32(4),
    index: view.getUint32(8),
    meters: mark & 15,
    crc: crc & 0xffff,
    running: startRunning(0),
  };
}

/** CRC of a record with its head, which is overwritten by the CRC before. */
export function chainCrc(crc32: Crc32, bytes: Uint8Array, before: number): number {
  bytes[1] = before >> 8;
  bytes[2] = before;
  return crc32(bytes) & 0xffff;
}

/** The record at a place, which moves on; null at the end of the run, be it that nothing follows or that it is torn. */
export function readNext({ flash, crc32 }: RecordFlash, place: Place): BoardRecord | null {
  const left = SECTOR_BYTES - (place.offset % SECTOR_BYTES);
  // A whole sector left is the next one's: no record stands at its start.
  if (left < RECORD_HEAD_BYTES || left === SECTOR_BYTES) return null;
  let bytes = flash.read(Math.min(left, LOOK_BYTES), place.offset);
  const length = RECORD_HEAD_BYTES + (bytes[0] || 0);
  if (bytes[0] === BLANK_BYTE || length > left) return null;
  if (length > bytes.length) bytes = flash.read(length, place.offset);
  const crc = (bytes[1] || 0) * 256 + (bytes[2] || 0);
  if (chainCrc(crc32, bytes.subarray(0, length), place.crc) !== crc) return null;
  const record = decode(bytes.subarray(RECORD_HEAD_BYTES, length), place);
  if (!record) return null;
  place.offset += length;
  place.sequence++;
  place.index++;
  place.crc = crc;
  return record;
}

/** A record that is whole and yet none, as another firmware may have left, ends the run too: it must not stop what comes after it. */
function decode(bytes: Uint8Array, place: Place): BoardRecord | null {
  try {
    return readRecord(new CborReader(bytes), place.meters, place.running);
  } catch {
    return null;
  }
}
