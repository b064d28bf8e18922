/**
 * Frames and acknowledgements as CBOR (`daisee.cddl`). Times and counters in a frame are differences to the record before, so that
 * a full frame costs few bytes a reading; the decoder gives them back as they were.
 * @module
 */
import { CborReader, CborWriter } from "./cbor.ts";
import { ALL_FLAGS, CAUSE, HEAD, MAX_METER, SOURCE, STREAM } from "./records.ts";
import type { Ack, BoardEvent, BoardRecord, Checkpoint, Counters, Frame, Reading, Stream } from "./records.ts";

export const WIRE_VERSION = 1;

/** Largest sealed message in bytes: one datagram without IP fragmentation, and a bound for every parser. */
export const MAX_MESSAGE_BYTES = 1024;
/** Most plaintext in a message; the rest is for the seal. */
export const MAX_PLAINTEXT_BYTES = 960;
/** Boots are 24 bits in the nonce, frame numbers 32. */
export const MAX_BOOT = 0xffffff;
export const MAX_U32 = 0xffffffff;
const MAX_UPTIME_MS = 0xffffffffffff;
const MAX_COUNTER_MWH = 9007199254740991;
const MAX_CURRENT_MA = 0x7fffffff;
const MAX_CHARGE = 1000;
/** Array head, version, stream, uptime, boot and sequence at their longest. */
const MAX_HEAD_BYTES = 24;
/** Worst case of one record with all fields at their longest. */
const MAX_RECORD_BYTES = 128;

/** What the differences of the next record refer to. A new one for each frame. */
interface Running {
  uptimeMs: number;
  /** By meter index; sparse. */
  readings: (Reading | undefined)[];
  checkpoint: Counters[];
  slot: number;
}

function start(): Running {
  return { uptimeMs: 0, readings: [], checkpoint: [], slot: 0 };
}

function writeReading(out: CborWriter, reading: Reading, running: Running): void {
  const before = running.readings[reading.meter];
  const charged = reading.chargePermille !== undefined;
  out.array(charged ? 10 : 9);
  out.int(reading.meter);
  out.int(reading.uptimeMs - running.uptimeMs);
  out.int(reading.currentMa - (before ? before.currentMa : 0));
  out.int(reading.currentMa - reading.minCurrentMa);
  out.int(reading.maxCurrentMa - reading.currentMa);
  out.int(reading.voltageMv - (before ? before.voltageMv : 0));
  out.int(reading.importMwh - (before ? before.importMwh : 0));
  out.int(reading.exportMwh - (before ? before.exportMwh : 0));
  out.int(reading.relays + reading.flags * 16);
  if (reading.chargePermille !== undefined) out.int(reading.chargePermille);
  running.readings[reading.meter] = reading;
}

function readReading(input: CborReader, meter: number, fields: number, running: Running): Reading {
  const before = running.readings[meter];
  const uptimeMs = running.uptimeMs + input.int(0, MAX_UPTIME_MS);
  const currentMa = (before ? before.currentMa : 0) + input.int(-2 * MAX_CURRENT_MA, 2 * MAX_CURRENT_MA);
  const minCurrentMa = currentMa - input.int(0, 2 * MAX_CURRENT_MA);
  const maxCurrentMa = currentMa + input.int(0, 2 * MAX_CURRENT_MA);
  const voltageMv = (before ? before.voltageMv : 0) + input.int(-2 * MAX_CURRENT_MA, 2 * MAX_CURRENT_MA);
  const importMwh = (before ? before.importMwh : 0) + input.int(0, MAX_COUNTER_MWH);
  const exportMwh = (before ? before.exportMwh : 0) + input.int(0, MAX_COUNTER_MWH);
  const state = input.int(0, 16 * ALL_FLAGS + 15);
  if (uptimeMs > MAX_UPTIME_MS) throw new Error("frame: uptime above 2^48 ms");
  if (minCurrentMa < -MAX_CURRENT_MA || maxCurrentMa > MAX_CURRENT_MA) throw new Error("frame: current above 2^31 mA");
  if (voltageMv < -MAX_CURRENT_MA || voltageMv > MAX_CURRENT_MA) throw new Error("frame: voltage above 2^31 mV");
  if (importMwh > MAX_COUNTER_MWH || exportMwh > MAX_COUNTER_MWH) throw new Error("frame: counter above 2^53 mWh");
  const reading: Reading = {
    kind: "reading",
    meter,
    uptimeMs,
    currentMa,
    minCurrentMa,
    maxCurrentMa,
    voltageMv,
    importMwh,
    exportMwh,
    relays: state & 15,
    flags: state >> 4,
  };
  if (fields === 10) reading.chargePermille = input.int(0, MAX_CHARGE);
  running.readings[meter] = reading;
  return reading;
}

function writeEvent(out: CborWriter, event: BoardEvent, running: Running): void {
  out.array(6);
  out.int(HEAD.event);
  out.int(event.uptimeMs - running.uptimeMs);
  out.int(event.cause);
  out.int(event.source);
  out.int(event.value);
  out.int(event.limit);
}

function readEvent(input: CborReader, running: Running): BoardEvent {
  return {
    kind: "event",
    uptimeMs: running.uptimeMs + input.int(0, MAX_UPTIME_MS),
    // The bounds are the enumerations' own ends.
    cause: input.int(CAUSE.boot, CAUSE.busLive) as BoardEvent["cause"],
    source: input.int(SOURCE.off, SOURCE.give) as BoardEvent["source"],
    value: input.int(-MAX_CURRENT_MA, MAX_CURRENT_MA),
    limit: input.int(-MAX_CURRENT_MA, MAX_CURRENT_MA),
  };
}

function writeCheckpoint(out: CborWriter, checkpoint: Checkpoint, running: Running): void {
  out.array(4 + 2 * checkpoint.meters.length);
  out.int(HEAD.checkpoint);
  out.int(checkpoint.uptimeMs - running.uptimeMs);
  if (checkpoint.slot === null) out.nil();
  else {
    out.int(checkpoint.slot - running.slot);
    running.slot = checkpoint.slot;
  }
  out.int(checkpoint.flags);
  for (let i = 0; i < checkpoint.meters.length; i++) {
    const now = checkpoint.meters[i];
    const before = running.checkpoint[i];
    if (now === undefined) throw new Error("frame: checkpoint without meter " + i);
    out.int(now.importMwh - (before ? before.importMwh : 0));
    out.int(now.exportMwh - (before ? before.exportMwh : 0));
  }
  running.checkpoint = checkpoint.meters;
}

function readCheckpoint(input: CborReader, fields: number, running: Running): Checkpoint {
  const uptimeMs = running.uptimeMs + input.int(0, MAX_UPTIME_MS);
  let slot: number | null = null;
  if (!input.isNil()) {
    slot = running.slot + input.int(0, MAX_U32);
    if (slot > MAX_U32) throw new Error("frame: slot above 2^32");
    running.slot = slot;
  }
  const flags = input.int(0, ALL_FLAGS);
  const count = (fields - 4) / 2;
  if (count < 1 || count > MAX_METER + 1 || Math.floor(count) !== count) throw new Error("frame: checkpoint of " + fields + " fields");
  const meters: Counters[] = [];
  for (let i = 0; i < count; i++) {
    const before = running.checkpoint[i];
    const importMwh = (before ? before.importMwh : 0) + input.int(0, MAX_COUNTER_MWH);
    const exportMwh = (before ? before.exportMwh : 0) + input.int(0, MAX_COUNTER_MWH);
    if (importMwh > MAX_COUNTER_MWH || exportMwh > MAX_COUNTER_MWH) throw new Error("frame: counter above 2^53 mWh");
    meters.push({ importMwh, exportMwh });
  }
  running.checkpoint = meters;
  return { kind: "checkpoint", uptimeMs, slot, flags, meters };
}

function writeRecord(out: CborWriter, record: BoardRecord, running: Running): void {
  if (record.kind === "reading") writeReading(out, record, running);
  else if (record.kind === "event") writeEvent(out, record, running);
  else writeCheckpoint(out, record, running);
  running.uptimeMs = record.uptimeMs;
}

function readRecord(input: CborReader, stream: Stream, running: Running): BoardRecord {
  const fields = input.array(6, 4 + 2 * (MAX_METER + 1));
  const head = input.int(0, HEAD.checkpoint);
  let record: BoardRecord;
  if (head === HEAD.checkpoint && stream === STREAM.coarse) record = readCheckpoint(input, fields, running);
  else if (head === HEAD.event && stream === STREAM.fine && fields === 6) record = readEvent(input, running);
  else if (head <= MAX_METER && stream === STREAM.fine && (fields === 9 || fields === 10)) record = readReading(input, head, fields, running);
  else throw new Error("frame: no record " + head + " of " + fields + " fields in stream " + stream);
  running.uptimeMs = record.uptimeMs;
  return record;
}

/**
 * Encodes as many of the frame's records as fit into {@link MAX_PLAINTEXT_BYTES}, at least one.
 * @returns the plaintext and how many records it carries.
 * @throws when there is no record. A counter or time that runs backwards is written as it is, and refused by {@link decodeFrame}.
 */
export function encodeFrame(frame: Frame): { plaintext: Uint8Array; count: number } {
  if (frame.records.length === 0) throw new Error("frame: no records");
  const body = new CborWriter(new Uint8Array(MAX_PLAINTEXT_BYTES - MAX_HEAD_BYTES), 0);
  // An array head above 23 items takes two bytes and above 255 three: written last, in front, once the count is known.
  const running = start();
  let count = 0;
  while (count < frame.records.length) {
    const record = frame.records[count];
    if (record === undefined || (count > 0 && body.room() < MAX_RECORD_BYTES)) break;
    writeRecord(body, record, running);
    count++;
  }
  const head = new CborWriter(new Uint8Array(MAX_HEAD_BYTES), 0);
  head.array(5 + count);
  head.int(WIRE_VERSION);
  head.int(frame.stream);
  head.int(frame.uptimeMs);
  head.int(frame.boot);
  head.int(frame.sequence);
  const plaintext = new Uint8Array(head.length + body.length);
  plaintext.set(head.bytes.subarray(0, head.length), 0);
  plaintext.set(body.bytes.subarray(0, body.length), head.length);
  return { plaintext, count };
}

/** Decodes a frame. Throws with the place and the expectation on anything that {@link encodeFrame} would not write. */
export function decodeFrame(plaintext: Uint8Array): Frame {
  const input = new CborReader(plaintext);
  const items = input.array(6, MAX_PLAINTEXT_BYTES);
  input.int(WIRE_VERSION, WIRE_VERSION);
  // The bounds are the enumeration's own ends.
  const stream = input.int(STREAM.fine, STREAM.coarse) as Stream;
  const uptimeMs = input.int(0, MAX_UPTIME_MS);
  const boot = input.int(0, MAX_BOOT);
  const sequence = input.int(0, MAX_U32);
  if (sequence + items - 6 > MAX_U32) throw new Error("frame: sequence above 2^32");
  const running = start();
  const records: BoardRecord[] = [];
  for (let i = 5; i < items; i++) records.push(readRecord(input, stream, running));
  input.done();
  return { stream, uptimeMs, boot, sequence, records };
}

export function encodeAck(ack: Ack): Uint8Array {
  const out = new CborWriter(new Uint8Array(64), 0);
  out.array(7);
  out.int(WIRE_VERSION);
  out.int(ack.frameBoot);
  out.int(ack.frameNumber);
  out.int(ack.stream);
  out.int(ack.boot);
  out.int(ack.sequence);
  out.int(ack.utcMs);
  return new Uint8Array(out.bytes.subarray(0, out.length));
}

/** Decodes an acknowledgement. Throws on anything that {@link encodeAck} would not write. */
export function decodeAck(plaintext: Uint8Array): Ack {
  const input = new CborReader(plaintext);
  input.array(7, 7);
  input.int(WIRE_VERSION, WIRE_VERSION);
  const ack: Ack = {
    frameBoot: input.int(0, MAX_BOOT),
    frameNumber: input.int(0, MAX_U32),
    stream: input.int(STREAM.fine, STREAM.coarse) as Stream,
    boot: input.int(0, MAX_BOOT),
    sequence: input.int(0, MAX_U32),
    utcMs: input.int(0, MAX_UPTIME_MS),
  };
  input.done();
  return ack;
}
