/**
 * A record as it stands in flash: fixed positions, so that any can be found and read alone. Counters and times take 48 bits.
 * @module
 */
import { viewOf } from "./flash.ts";
import { HEAD } from "../wire/records.ts";
import type { BoardEvent, BoardRecord, Checkpoint, Counters, Reading } from "../wire/records.ts";

const TWO_32 = 4294967296;
/** Stands for a charge or slot that is not there. */
const NO_CHARGE = 0xffff;
const NO_SLOT = 0xffffffff;

/** Kind or meter, flags, uptime. */
const HEAD_BYTES = 8;
/** State, charge, four measurements, two counters; the longest record of the fine stream. */
export const FINE_BYTES = HEAD_BYTES + 4 + 16 + 12;
const CHECKPOINT_COUNTERS = HEAD_BYTES + 4;

/** Bytes of a checkpoint of so many meters. */
export function checkpointBytes(meters: number): number {
  return CHECKPOINT_COUNTERS + 12 * meters;
}

function set48(view: DataView, at: number, value: number): void {
  view.setUint16(at, Math.floor(value / TWO_32));
  view.setUint32(at + 2, value % TWO_32);
}

function get48(view: DataView, at: number): number {
  return view.getUint16(at) * TWO_32 + view.getUint32(at + 2);
}

/** Writes a record to the start of `bytes`. A checkpoint fills them with the counters of all its meters. */
export function writeRecord(record: BoardRecord, bytes: Uint8Array): void {
  const view = viewOf(bytes);
  set48(view, 2, record.uptimeMs);
  if (record.kind === "reading") writeReading(record, view);
  else if (record.kind === "event") writeEvent(record, view);
  else writeCheckpoint(record, view);
}

/** Reads what {@link writeRecord} wrote. */
export function readRecord(bytes: Uint8Array): BoardRecord {
  const view = viewOf(bytes);
  const head = view.getUint8(0);
  const uptimeMs = get48(view, 2);
  if (head === HEAD.event) return readEvent(view, uptimeMs);
  if (head === HEAD.checkpoint) return readCheckpoint(view, uptimeMs, bytes.length);
  return readReading(view, uptimeMs, head);
}

function writeReading(reading: Reading, view: DataView): void {
  view.setUint8(0, reading.meter);
  view.setUint8(1, reading.flags);
  view.setUint16(8, reading.relays);
  view.setUint16(10, reading.chargePermille === undefined ? NO_CHARGE : reading.chargePermille);
  view.setInt32(12, reading.currentMa);
  view.setInt32(16, reading.minCurrentMa);
  view.setInt32(20, reading.maxCurrentMa);
  view.setInt32(24, reading.voltageMv);
  set48(view, 28, reading.importMwh);
  set48(view, 34, reading.exportMwh);
}

function readReading(view: DataView, uptimeMs: number, meter: number): Reading {
  const reading: Reading = {
    kind: "reading",
    meter,
    uptimeMs,
    currentMa: view.getInt32(12),
    minCurrentMa: view.getInt32(16),
    maxCurrentMa: view.getInt32(20),
    voltageMv: view.getInt32(24),
    importMwh: get48(view, 28),
    exportMwh: get48(view, 34),
    relays: view.getUint16(8),
    flags: view.getUint8(1),
  };
  const charge = view.getUint16(10);
  if (charge !== NO_CHARGE) reading.chargePermille = charge;
  return reading;
}

function writeEvent(event: BoardEvent, view: DataView): void {
  view.setUint8(0, HEAD.event);
  view.setUint8(8, event.cause);
  view.setUint8(9, event.source);
  view.setInt32(12, event.value);
  view.setInt32(16, event.limit);
}

function readEvent(view: DataView, uptimeMs: number): BoardEvent {
  return {
    kind: "event",
    uptimeMs,
    // Written from these types, and whole by the CRC around it.
    cause: view.getUint8(8) as BoardEvent["cause"],
    source: view.getUint8(9) as BoardEvent["source"],
    value: view.getInt32(12),
    limit: view.getInt32(16),
  };
}

function writeCheckpoint(checkpoint: Checkpoint, view: DataView): void {
  view.setUint8(0, HEAD.checkpoint);
  view.setUint8(1, checkpoint.flags);
  view.setUint32(8, checkpoint.slot === null ? NO_SLOT : checkpoint.slot);
  checkpoint.meters.forEach((meter, i) => {
    set48(view, CHECKPOINT_COUNTERS + 12 * i, meter.importMwh);
    set48(view, CHECKPOINT_COUNTERS + 12 * i + 6, meter.exportMwh);
  });
}

function readCheckpoint(view: DataView, uptimeMs: number, length: number): Checkpoint {
  const slot = view.getUint32(8);
  const meters: Counters[] = [];
  for (let at = CHECKPOINT_COUNTERS; at + 12 <= length; at += 12) {
    meters.push({ importMwh: get48(view, at), exportMwh: get48(view, at + 6) });
  }
  return { kind: "checkpoint", uptimeMs, slot: slot === NO_SLOT ? null : slot, flags: view.getUint8(1), meters };
}
