/**
 * Writes a record behind the newest of a ring, and reads it back.
 * @module
 */
import { chainCrc, RECORD_BUFFER_BYTES, RECORD_HEAD_BYTES } from "./record-run.ts";
import { beginRun } from "./ring-advance.ts";
import { offsetOf, sectorOf } from "./sectors.ts";
import { CborWriter } from "../wire/cbor.ts";
import { writeRecord } from "../wire/frame.ts";
import type { Place } from "./record-run.ts";
import type { RecordRing } from "./record-ring.ts";
import type { BoardRecord } from "../wire/records.ts";

/** Places that may fail to keep a record before flash is taken for broken. */
const MAX_TRIES = 8;

/** Keeps a record. Throws when flash does not take it in several places. */
export function appendRecord(ring: RecordRing, boot: number, sequence: number, record: BoardRecord): void {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    let place = ring.head;
    // Until it is written: what a failure leaves of a run is not to be built on.
    ring.head = null;
    if (!place || place.boot !== boot || place.sequence !== sequence) place = beginRun(ring, boot, sequence);
    if (place && write(ring, place, record)) {
      ring.head = place;
      return;
    }
    if (tries === MAX_TRIES / 2 && ring.newestSector >= 0) ring.end = offsetOf(ring.sectors, ring.newestSector + 1);
  }
  throw new Error("records: flash at " + offsetOf(ring.sectors, 0) + " does not keep them");
}

function write(ring: RecordRing, place: Place, record: BoardRecord): boolean {
  const { sectors } = ring;
  const { offset } = place;
  const pad = offset % 4;
  const buffer = new Uint8Array(RECORD_BUFFER_BYTES);
  const out = new CborWriter(buffer, pad + RECORD_HEAD_BYTES);
  writeRecord(out, record, place.running);
  place.running.isFirst = false;
  const end = Math.ceil(out.length / 4) * 4;
  const sectorEnd = offsetOf(sectors, sectorOf(sectors, offset) + 1);
  if (offset - pad + end > sectorEnd) {
    ring.end = sectorEnd;
    return false;
  }
  const bytes = buffer.subarray(pad, out.length);
  bytes[0] = bytes.length - RECORD_HEAD_BYTES;
  const crc = chainCrc(sectors.crc32, bytes, place.crc);
  bytes[1] = crc >> 8;
  bytes[2] = crc;
  // Writing ones changes nothing: what stands before and behind stays.
  for (let i = 0; i < pad; i++) buffer[i] = 0xff;
  for (let i = out.length; i < end; i++) buffer[i] = 0xff;
  sectors.flash.write(buffer.subarray(0, end), offset - pad);
  ring.end = offset + bytes.length;
  const kept = sectors.flash.read(bytes.length, offset);
  for (let i = 0; i < bytes.length; i++) if (kept[i] !== bytes[i]) return false;
  place.offset = ring.end;
  place.sequence++;
  place.index++;
  place.crc = crc;
  ring.index = place.index;
  return true;
}
