/**
 * Frames on their way to the database thread, as one array of numbers: a structured clone of their objects costs several times what
 * storing them does. Every value is an integer below 2^53, which a double holds exactly; NaN stands for null.
 * @module
 */
import type { BoardEvent, BoardRecord, Checkpoint, Reading, Stream } from "#firmware/wire/records.ts";
import type { CommittedFrame, ReceivedFrame, StoredReading, StoredRecord } from "../store.ts";
import { boardNumber } from "./rows.ts";

/** The frames; and per record of them whether it was stored (1) or there already (0). */
export type PackedFrames = Float64Array<ArrayBuffer>;
export type PackedResult = Uint8Array<ArrayBuffer>;

/** Where the numbers of a frame stand, its records behind them. */
export const AT = {
  board: 0,
  frameBoot: 1,
  frameNumber: 2,
  receivedUtcMs: 3,
  frameBootUtcMs: 4,
  bootUtcMs: 5,
  earliestUtcMs: 6,
  latestUtcMs: 7,
  stream: 8,
  uptimeMs: 9,
  boot: 10,
  sequence: 11,
  records: 12,
} as const;
/** Of a frame and of its records; a checkpoint has two more for each meter. */
export const NUMBERS = { frame: 13, reading: 12, event: 6, checkpoint: 5 } as const;
/** A record's first number. */
export const KIND = { reading: 0, event: 1, checkpoint: 2 } as const;

/** A frame among those that were packed with it, by its first number. */
export interface PackedAt {
  packed: PackedFrames;
  at: number;
}

function sizeOf(record: BoardRecord): number {
  if (record.kind === "reading") return NUMBERS.reading;
  return record.kind === "event" ? NUMBERS.event : NUMBERS.checkpoint + 2 * record.meters.length;
}

function orNaN(value: number | null | undefined): number {
  return value ?? NaN;
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function packRecord(out: Float64Array, at: number, record: BoardRecord): number {
  if (record.kind === "reading") {
    out[at] = KIND.reading;
    out[at + 1] = record.meter;
    out[at + 2] = record.uptimeMs;
    out[at + 3] = record.currentMa;
    out[at + 4] = record.minCurrentMa;
    out[at + 5] = record.maxCurrentMa;
    out[at + 6] = record.voltageMv;
    out[at + 7] = record.importMwh;
    out[at + 8] = record.exportMwh;
    out[at + 9] = record.relays;
    out[at + 10] = record.flags;
    out[at + 11] = orNaN(record.chargePermille);
    return at + NUMBERS.reading;
  }
  if (record.kind === "event") {
    out.set([KIND.event, record.uptimeMs, record.cause, record.source, record.value, record.limit], at);
    return at + NUMBERS.event;
  }
  out.set([KIND.checkpoint, record.uptimeMs, orNaN(record.slot), record.flags, record.meters.length], at);
  let end = at + NUMBERS.checkpoint;
  for (const { importMwh, exportMwh } of record.meters) {
    out[end++] = importMwh;
    out[end++] = exportMwh;
  }
  return end;
}

/** Throws for a board id that is none. */
export function packFrames(frames: readonly ReceivedFrame[]): PackedFrames {
  let size = 0;
  for (const { frame } of frames) {
    size += NUMBERS.frame;
    for (const record of frame.records) size += sizeOf(record);
  }
  const out = new Float64Array(size);
  let at = 0;
  for (const received of frames) {
    const { frame } = received;
    out[at + AT.board] = boardNumber(received.boardId);
    out[at + AT.frameBoot] = received.frameBoot;
    out[at + AT.frameNumber] = received.frameNumber;
    out[at + AT.receivedUtcMs] = received.receivedUtcMs;
    out[at + AT.frameBootUtcMs] = received.frameBootUtcMs;
    out[at + AT.bootUtcMs] = orNaN(received.bootUtcMs);
    out[at + AT.earliestUtcMs] = orNaN(received.bootBounds?.earliestUtcMs);
    out[at + AT.latestUtcMs] = orNaN(received.bootBounds?.latestUtcMs);
    out[at + AT.stream] = frame.stream;
    out[at + AT.uptimeMs] = frame.uptimeMs;
    out[at + AT.boot] = frame.boot;
    out[at + AT.sequence] = frame.sequence;
    out[at + AT.records] = frame.records.length;
    at += NUMBERS.frame;
    for (const record of frame.records) at = packRecord(out, at, record);
  }
  return out;
}

function numberAt(packed: PackedFrames, at: number): number {
  return packed[at] ?? NaN;
}

function unpackReading(packed: PackedFrames, at: number): Reading {
  const reading: Reading = {
    kind: "reading",
    meter: numberAt(packed, at + 1),
    uptimeMs: numberAt(packed, at + 2),
    currentMa: numberAt(packed, at + 3),
    minCurrentMa: numberAt(packed, at + 4),
    maxCurrentMa: numberAt(packed, at + 5),
    voltageMv: numberAt(packed, at + 6),
    importMwh: numberAt(packed, at + 7),
    exportMwh: numberAt(packed, at + 8),
    relays: numberAt(packed, at + 9),
    flags: numberAt(packed, at + 10),
  };
  const charge = numberAt(packed, at + 11);
  if (!Number.isNaN(charge)) reading.chargePermille = charge;
  return reading;
}

function unpackEvent(packed: PackedFrames, at: number): BoardEvent {
  const [uptimeMs = NaN, cause, source, value = NaN, limit = NaN] = packed.subarray(at + 1, at + NUMBERS.event);
  // Packed from these types.
  return { kind: "event", uptimeMs, cause: cause as BoardEvent["cause"], source: source as BoardEvent["source"], value, limit };
}

function unpackCheckpoint(packed: PackedFrames, at: number): Checkpoint {
  const [uptimeMs = NaN, slot = NaN, flags = NaN, meters = NaN] = packed.subarray(at + 1, at + NUMBERS.checkpoint);
  const counters = Array.from({ length: meters }, (_, meter) => {
    const [importMwh = NaN, exportMwh = NaN] = packed.subarray(at + NUMBERS.checkpoint + 2 * meter);
    return { importMwh, exportMwh };
  });
  return { kind: "checkpoint", uptimeMs, slot: orNull(slot), flags, meters: counters };
}

function unpackRecord(packed: PackedFrames, at: number): BoardRecord {
  const kind = packed[at];
  if (kind === KIND.reading) return unpackReading(packed, at);
  return kind === KIND.event ? unpackEvent(packed, at) : unpackCheckpoint(packed, at);
}

/** A frame as it was packed; who asks for it knows whose it is. */
export function unpackFrame({ packed, at }: PackedAt): Omit<ReceivedFrame, "boardId"> {
  const records: BoardRecord[] = [];
  let recordAt = at + NUMBERS.frame;
  for (let left = numberAt(packed, at + AT.records); left > 0; left--) {
    const record = unpackRecord(packed, recordAt);
    records.push(record);
    recordAt += sizeOf(record);
  }
  const received: Omit<ReceivedFrame, "boardId"> = {
    frameBoot: numberAt(packed, at + AT.frameBoot),
    frameNumber: numberAt(packed, at + AT.frameNumber),
    receivedUtcMs: numberAt(packed, at + AT.receivedUtcMs),
    frameBootUtcMs: numberAt(packed, at + AT.frameBootUtcMs),
    bootUtcMs: orNull(numberAt(packed, at + AT.bootUtcMs)),
    frame: {
      // Packed from a Stream.
      stream: packed[at + AT.stream] as Stream,
      uptimeMs: numberAt(packed, at + AT.uptimeMs),
      boot: numberAt(packed, at + AT.boot),
      sequence: numberAt(packed, at + AT.sequence),
      records,
    },
  };
  const latestUtcMs = orNull(numberAt(packed, at + AT.latestUtcMs));
  if (latestUtcMs !== null) received.bootBounds = { earliestUtcMs: orNull(numberAt(packed, at + AT.earliestUtcMs)), latestUtcMs };
  return received;
}

/** As it is told of after a commit. (Readings are most of what comes; spreading one takes longer than packing it.) */
function storedReading(boardId: string, boot: number, sequence: number, reading: Reading, endUtcMs: number | null): StoredReading {
  const stored: StoredReading = {
    kind: "reading",
    boardId,
    boot,
    sequence,
    meter: reading.meter,
    uptimeMs: reading.uptimeMs,
    endUtcMs,
    currentMa: reading.currentMa,
    minCurrentMa: reading.minCurrentMa,
    maxCurrentMa: reading.maxCurrentMa,
    voltageMv: reading.voltageMv,
    importMwh: reading.importMwh,
    exportMwh: reading.exportMwh,
    relays: reading.relays,
    flags: reading.flags,
    batch: null,
    leaf: null,
  };
  if (reading.chargePermille !== undefined) stored.chargePermille = reading.chargePermille;
  return stored;
}

function storedRecord({ boardId, bootUtcMs, frame }: ReceivedFrame, record: BoardRecord, index: number): StoredRecord {
  const { boot } = frame;
  const sequence = frame.sequence + index;
  const utcMs = bootUtcMs === null ? null : bootUtcMs + record.uptimeMs;
  if (record.kind === "reading") return storedReading(boardId, boot, sequence, record, utcMs);
  const key = { boardId, boot, sequence, utcMs };
  return record.kind === "event" ? { ...record, ...key } : { ...record, ...key, batch: null };
}

/** What became of frames, from the frames themselves and the thread's answer. */
export function unpackResult(frames: readonly ReceivedFrame[], result: PackedResult): CommittedFrame[] {
  let at = 0;
  return frames.map((received) => {
    const { records } = received.frame;
    const stored: StoredRecord[] = [];
    for (const [index, record] of records.entries()) if (result[at++] === 1) stored.push(storedRecord(received, record, index));
    return { stored, duplicates: records.length - stored.length };
  });
}
