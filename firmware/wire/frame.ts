/**
 * Frames as a CBOR sequence (RFC 8742, `daisee.cddl`). What did not change since the meter's reading before is left out, times and
 * counters are differences, so that a full frame costs few bytes a reading; the decoder gives every record back as it was.
 * @module
 */
import { CborReader, CborWriter } from "./cbor.ts";
import { ALL_FLAGS, MAX_CAUSE, MAX_METER, SOURCE, STREAM } from "./records.ts";
import type { BoardEvent, BoardRecord, Checkpoint, Counters, Frame, Reading, Stream } from "./records.ts";

export const WIRE_VERSION = 1;

/** Largest sealed message in bytes: one datagram without IP fragmentation, and a bound for every parser. */
export const MAX_MESSAGE_BYTES = 1024;
/** Most plaintext in a message; the rest is for the seal. */
export const MAX_PLAINTEXT_BYTES = 960;
/** Boots are 24 bits in the nonce, frame numbers 32. */
export const MAX_BOOT = 0xffffff;
export const MAX_U32 = 0xffffffff;
export const MAX_UPTIME_MS = 0xffffffffffff;
const MAX_COUNTER_MWH = 9007199254740991;
const MAX_CURRENT_MA = 0x7fffffff;
const MAX_CHARGE = 1000;
/** Worst case of one record with all fields at their longest. */
const MAX_RECORD_BYTES = 160;

/** A frame's first item is its form: the version, the stream, and whether the records' boot is another than the seal's and follows. */
const FORM = 8 * WIRE_VERSION;
const EARLIER = 4;

/** First item of an event; a reading's is its meter with these bits. */
const EVENT = -1;
const CHARGE_GIVEN = 8;
const SAME_TIME = 16;
const SAME_STATE = 32;
const SAME_IMPORT = 64;
const SAME_EXPORT = 128;

/** What the next record differs from. A new one for each frame; a board's flash holds records in the same form, over longer runs. */
export interface Running {
  uptimeMs: number;
  /** Of no record yet: the first one's time may lie before `uptimeMs`. */
  isFirst: boolean;
  /** By meter index; sparse. */
  readings: (Reading | undefined)[];
  checkpoint: Counters[];
  slot: number;
}

/** Stands for the reading before a meter's first one, in every run: it takes a board's memory once. */
const ZERO: Reading = {
  kind: "reading",
  meter: 0,
  uptimeMs: 0,
  currentMa: 0,
  minCurrentMa: 0,
  maxCurrentMa: 0,
  voltageMv: 0,
  importMwh: 0,
  exportMwh: 0,
  relays: 0,
  flags: 0,
};

/** For the first of a run of records, whose times count from `uptimeMs`. */
export function startRunning(uptimeMs: number): Running {
  return { uptimeMs, isFirst: true, readings: [], checkpoint: [], slot: 0 };
}

function stateOf(reading: Reading): number {
  return reading.relays + 16 * reading.flags;
}

function writeReading(out: CborWriter, reading: Reading, running: Running): void {
  const before = running.readings[reading.meter] || ZERO;
  const { uptimeMs, currentMa, importMwh, exportMwh, chargePermille } = reading;
  const state = stateOf(reading);
  let head = reading.meter;
  if (chargePermille !== before.chargePermille) head |= CHARGE_GIVEN;
  if (uptimeMs === running.uptimeMs) head |= SAME_TIME;
  if (state === stateOf(before)) head |= SAME_STATE;
  if (importMwh === before.importMwh) head |= SAME_IMPORT;
  if (exportMwh === before.exportMwh) head |= SAME_EXPORT;
  out.int(head);
  if (!(head & SAME_TIME)) out.int(uptimeMs - running.uptimeMs);
  out.int(currentMa - before.currentMa);
  out.int(currentMa - reading.minCurrentMa);
  out.int(reading.maxCurrentMa - currentMa);
  out.int(reading.voltageMv - before.voltageMv);
  if (!(head & SAME_IMPORT)) out.int(importMwh - before.importMwh);
  if (!(head & SAME_EXPORT)) out.int(exportMwh - before.exportMwh);
  if (!(head & SAME_STATE)) out.int(state);
  if (head & CHARGE_GIVEN) {
    if (chargePermille === undefined) out.nil();
    else out.int(chargePermille);
  }
  running.readings[reading.meter] = reading;
}

/** The time of the next record; a later one is never before the one before it. */
function readTime(input: CborReader, running: Running, least: number): number {
  const uptimeMs = running.uptimeMs + input.int(running.isFirst ? -MAX_UPTIME_MS : least, MAX_UPTIME_MS);
  if (uptimeMs < 0 || uptimeMs > MAX_UPTIME_MS) throw new Error("frame: uptime outside 0 to 2^48 ms");
  return uptimeMs;
}

function readReading(input: CborReader, head: number, running: Running): Reading {
  const meter = head & MAX_METER;
  const before = running.readings[meter] || ZERO;
  const uptimeMs = head & SAME_TIME ? running.uptimeMs : readTime(input, running, 1);
  if (uptimeMs === running.uptimeMs && !(head & SAME_TIME)) throw new Error("frame: time written out though it is the same");
  const currentMa = before.currentMa + input.int(-2 * MAX_CURRENT_MA, 2 * MAX_CURRENT_MA);
  const minCurrentMa = currentMa - input.int(0, 2 * MAX_CURRENT_MA);
  const maxCurrentMa = currentMa + input.int(0, 2 * MAX_CURRENT_MA);
  const voltageMv = before.voltageMv + input.int(-2 * MAX_CURRENT_MA, 2 * MAX_CURRENT_MA);
  const importMwh = before.importMwh + (head & SAME_IMPORT ? 0 : input.int(1, MAX_COUNTER_MWH));
  const exportMwh = before.exportMwh + (head & SAME_EXPORT ? 0 : input.int(1, MAX_COUNTER_MWH));
  const state = head & SAME_STATE ? stateOf(before) : input.int(0, 16 * ALL_FLAGS + 15);
  if (minCurrentMa < -MAX_CURRENT_MA || maxCurrentMa > MAX_CURRENT_MA) throw new Error("frame: current above 2^31 mA");
  if (voltageMv < -MAX_CURRENT_MA || voltageMv > MAX_CURRENT_MA) throw new Error("frame: voltage above 2^31 mV");
  if (importMwh > MAX_COUNTER_MWH || exportMwh > MAX_COUNTER_MWH) throw new Error("frame: counter above 2^53 mWh");
  if (!(head & SAME_STATE) && state === stateOf(before)) throw new Error("frame: state written out though it is the same");
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
  const charge = head & CHARGE_GIVEN ? readCharge(input, before.chargePermille) : before.chargePermille;
  if (charge !== undefined) reading.chargePermille = charge;
  running.readings[meter] = reading;
  return reading;
}

function readCharge(input: CborReader, before: number | undefined): number | undefined {
  const charge = input.isNil() ? undefined : input.int(0, MAX_CHARGE);
  if (charge === before) throw new Error("frame: charge written out though it is the same");
  return charge;
}

function writeEvent(out: CborWriter, event: BoardEvent, running: Running): void {
  out.int(EVENT);
  out.int(event.uptimeMs - running.uptimeMs);
  out.int(event.cause);
  out.int(event.source);
  out.int(event.value);
  out.int(event.limit);
}

function readEvent(input: CborReader, running: Running): BoardEvent {
  return {
    kind: "event",
    uptimeMs: readTime(input, running, 0),
    // A cause that this end has no name for yet stays a number; the sources' bounds are the enumeration's own ends.
    cause: input.int(0, MAX_CAUSE) as BoardEvent["cause"],
    source: input.int(SOURCE.off, SOURCE.give) as BoardEvent["source"],
    value: input.int(-MAX_CURRENT_MA, MAX_CURRENT_MA),
    limit: input.int(-MAX_CURRENT_MA, MAX_CURRENT_MA),
  };
}

function writeCheckpoint(out: CborWriter, checkpoint: Checkpoint, running: Running): void {
  out.int(checkpoint.uptimeMs - running.uptimeMs);
  if (checkpoint.slot === null) out.nil();
  else {
    out.int(checkpoint.slot - running.slot);
    running.slot = checkpoint.slot;
  }
  out.int(checkpoint.flags);
  checkpoint.meters.forEach((now, i) => {
    const before = running.checkpoint[i] || ZERO;
    out.int(now.importMwh - before.importMwh);
    out.int(now.exportMwh - before.exportMwh);
  });
  running.checkpoint = checkpoint.meters;
}

function readCheckpoint(input: CborReader, count: number, running: Running): Checkpoint {
  const uptimeMs = readTime(input, running, 0);
  let slot: number | null = null;
  if (!input.isNil()) {
    slot = running.slot + input.int(0, MAX_U32);
    if (slot > MAX_U32) throw new Error("frame: slot above 2^32");
    running.slot = slot;
  }
  const flags = input.int(0, ALL_FLAGS);
  const meters: Counters[] = [];
  for (let i = 0; i < count; i++) {
    const before = running.checkpoint[i] || ZERO;
    const importMwh = before.importMwh + input.int(0, MAX_COUNTER_MWH);
    const exportMwh = before.exportMwh + input.int(0, MAX_COUNTER_MWH);
    if (importMwh > MAX_COUNTER_MWH || exportMwh > MAX_COUNTER_MWH) throw new Error("frame: counter above 2^53 mWh");
    meters.push({ importMwh, exportMwh });
  }
  running.checkpoint = meters;
  return { kind: "checkpoint", uptimeMs, slot, flags, meters };
}

/** Writes the next record of a run; all checkpoints of a run have equally many meters. */
export function writeRecord(out: CborWriter, record: BoardRecord, running: Running): void {
  if (record.kind === "reading") writeReading(out, record, running);
  else if (record.kind === "event") writeEvent(out, record, running);
  else writeCheckpoint(out, record, running);
  running.uptimeMs = record.uptimeMs;
}

/** Meters of a checkpoint; 0 for other records. */
function metersOf(record: BoardRecord): number {
  return record.kind === "checkpoint" ? record.meters.length : 0;
}

/**
 * Encodes as many of the frame's records as fit into {@link MAX_PLAINTEXT_BYTES}, at least one. Checkpoints of one frame have equally many
 * meters: the first that has not waits for the next frame.
 * @param sealedBoot the boot that seals the frame; the records' own is left out when it is the same.
 * @returns the plaintext and how many records it carries.
 * @throws when there is no record. A counter or time that runs backwards is written as it is, and refused by {@link decodeFrame}.
 */
export function encodeFrame(frame: Frame, sealedBoot: number): { plaintext: Uint8Array; count: number } {
  const first = frame.records[0];
  if (!first) throw new Error("frame: no records");
  const out = new CborWriter(new Uint8Array(MAX_PLAINTEXT_BYTES), 0);
  const isOwn = frame.boot === sealedBoot;
  out.int(FORM + frame.stream + (isOwn ? 0 : EARLIER));
  out.int(frame.uptimeMs);
  if (!isOwn) out.int(frame.boot);
  out.int(frame.sequence);
  const meters = metersOf(first);
  if (frame.stream === STREAM.coarse) out.int(meters);
  const running = startRunning(isOwn ? frame.uptimeMs : 0);
  let count = 0;
  while (count < frame.records.length) {
    const record = frame.records[count];
    if (!record || metersOf(record) !== meters || (count > 0 && out.room() < MAX_RECORD_BYTES)) break;
    writeRecord(out, record, running);
    count++;
  }
  return { plaintext: out.written(), count };
}

/**
 * Decodes a frame of records.
 * @param sealedBoot the boot in the seal.
 * @throws with the place and the expectation on anything that {@link encodeFrame} would not write.
 */
export function decodeFrame(plaintext: Uint8Array, sealedBoot: number): Frame {
  const input = new CborReader(plaintext);
  const form = input.int(FORM + STREAM.fine, FORM + EARLIER + STREAM.coarse) - FORM;
  const isOwn = form < EARLIER;
  // The bounds are the enumeration's own ends.
  const stream = (form & 3) as Stream;
  if (stream > STREAM.coarse) throw new Error("frame: no records in stream " + stream);
  const uptimeMs = input.int(0, MAX_UPTIME_MS);
  const boot = isOwn ? sealedBoot : input.int(0, MAX_BOOT);
  if (!isOwn && boot === sealedBoot) throw new Error("frame: boot written out though it is the seal's");
  const sequence = input.int(0, MAX_U32);
  const meters = stream === STREAM.coarse ? input.int(1, MAX_METER + 1) : 0;
  const running = startRunning(isOwn ? uptimeMs : 0);
  const records: BoardRecord[] = [];
  do {
    records.push(readRecord(input, meters, running));
  } while (input.hasMore());
  if (sequence + records.length - 1 > MAX_U32) throw new Error("frame: sequence above 2^32");
  return { stream, uptimeMs, boot, sequence, records };
}

/** Reads the next record of a run: a checkpoint of so many meters, or with 0 meters a reading or event. Throws on any other. */
export function readRecord(input: CborReader, meters: number, running: Running): BoardRecord {
  let record: BoardRecord;
  if (meters > 0) record = readCheckpoint(input, meters, running);
  else {
    const head = input.int(EVENT, 255);
    record = head === EVENT ? readEvent(input, running) : readReading(input, head, running);
  }
  running.uptimeMs = record.uptimeMs;
  running.isFirst = false;
  return record;
}
