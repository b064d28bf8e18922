/**
 * Frames on their way to the database thread, as one array of numbers: a structured clone of their objects costs several times what
 * storing them does. Every value is an integer below 2^53, which a double holds exactly; NaN stands for null.
 * @module
 */
import type { BoardEvent, BoardRecord, Checkpoint, Reading, Stream } from "#firmware/wire/records.ts";
import type { CommittedFrame, ReceivedFrame, StoredReading, StoredRecord } from "../store.ts";
import { boardIdOf, boardNumber } from "./rows.ts";

/** The frames; and per record of them whether it was stored (1) or there already (0). */
export type PackedFrames = Float64Array<ArrayBuffer>;
export type PackedResult = Uint8Array<ArrayBuffer>;

/** Where the numbers of a frame stand, its records behind them. */
const AT = {
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
const FRAME_NUMBERS = 13;
const READING = 0;
const EVENT = 1;
const CHECKPOINT = 2;
const READING_NUMBERS = 12;
const EVENT_NUMBERS = 6;
const CHECKPOINT_NUMBERS = 5;
const SLOT_IN_CHECKPOINT = 2;

function sizeOf(record: BoardRecord): number {
  if (record.kind === "reading") return READING_NUMBERS;
  return record.kind === "event" ? EVENT_NUMBERS : CHECKPOINT_NUMBERS + 2 * record.meters.length;
}

function orNaN(value: number | null | undefined): number {
  return value ?? NaN;
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function packRecord(out: Float64Array, at: number, record: BoardRecord): number {
  if (record.kind === "reading") {
    out[at] = READING;
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
    return at + READING_NUMBERS;
  }
  if (record.kind === "event") {
    out.set([EVENT, record.uptimeMs, record.cause, record.source, record.value, record.limit], at);
    return at + EVENT_NUMBERS;
  }
  out.set([CHECKPOINT, record.uptimeMs, orNaN(record.slot), record.flags, record.meters.length], at);
  let end = at + CHECKPOINT_NUMBERS;
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
    size += FRAME_NUMBERS;
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
    at += FRAME_NUMBERS;
    for (const record of frame.records) at = packRecord(out, at, record);
  }
  return out;
}

/** What is known of a frame without unpacking it. */
export interface FrameHead {
  packed: PackedFrames;
  /** Its first number, and the one behind its last. */
  at: number;
  end: number;
  board: number;
  stream: number;
  boot: number;
  sequence: number;
  /** How many. */
  records: number;
}

function numberAt(packed: PackedFrames, at: number): number {
  return packed[at] ?? NaN;
}

/** Whether all numbers from one to another are there and whole, but those at `nullable`, which may be null. */
function areWhole(packed: PackedFrames, from: number, to: number, nullable: number): boolean {
  if (!(to <= packed.length)) return false;
  for (let at = from; at < to; at++) {
    const value = numberAt(packed, at);
    if (!Number.isSafeInteger(value) && !(at - from === nullable && Number.isNaN(value))) return false;
  }
  return true;
}

/** The end of the record that begins at a number; NaN when there is none, or one that the tables would not take. */
function endOfRecord(packed: PackedFrames, at: number): number {
  const kind = packed[at];
  if (kind === READING) return areWhole(packed, at, at + READING_NUMBERS, READING_NUMBERS - 1) ? at + READING_NUMBERS : NaN;
  if (kind === EVENT) return areWhole(packed, at, at + EVENT_NUMBERS, -1) ? at + EVENT_NUMBERS : NaN;
  if (kind !== CHECKPOINT) return NaN;
  const end = at + CHECKPOINT_NUMBERS + 2 * numberAt(packed, at + CHECKPOINT_NUMBERS - 1);
  return areWhole(packed, at, end, SLOT_IN_CHECKPOINT) ? end : NaN;
}

/** The end of the frame that begins at a number; NaN as above. */
function endOfFrame(packed: PackedFrames, at: number): number {
  const areNumbers =
    areWhole(packed, at, at + AT.bootUtcMs, -1) &&
    areWhole(packed, at + AT.bootUtcMs, at + AT.bootUtcMs + 1, 0) &&
    areWhole(packed, at + AT.earliestUtcMs, at + AT.earliestUtcMs + 1, 0) &&
    areWhole(packed, at + AT.latestUtcMs, at + AT.latestUtcMs + 1, 0) &&
    areWhole(packed, at + AT.stream, at + FRAME_NUMBERS, -1);
  if (!areNumbers) return NaN;
  let end = at + FRAME_NUMBERS;
  for (let left = numberAt(packed, at + AT.records); left > 0 && end <= packed.length; left--) end = endOfRecord(packed, end);
  return end;
}

/**
 * The heads of packed frames, in their order.
 * @throws when a value is missing or not whole: what the tables would refuse must not come as far as the journal.
 */
export function readHeads(packed: PackedFrames): FrameHead[] {
  const heads: FrameHead[] = [];
  for (let at = 0; at < packed.length; ) {
    const end = endOfFrame(packed, at);
    const board = numberAt(packed, at + AT.board);
    if (Number.isNaN(end)) throw new Error(`store: a frame of board ${boardIdOf(board)} has a value that is no whole number`);
    heads.push({
      packed,
      at,
      end,
      board,
      stream: numberAt(packed, at + AT.stream),
      boot: numberAt(packed, at + AT.boot),
      sequence: numberAt(packed, at + AT.sequence),
      records: numberAt(packed, at + AT.records),
    });
    at = end;
  }
  return heads;
}

/** The number of a frame, and when its sealing boot began. */
export function progressOf({ packed, at }: Pick<FrameHead, "packed" | "at">): { frameBoot: number; frameNumber: number; frameBootUtcMs: number } {
  return {
    frameBoot: numberAt(packed, at + AT.frameBoot),
    frameNumber: numberAt(packed, at + AT.frameNumber),
    frameBootUtcMs: numberAt(packed, at + AT.frameBootUtcMs),
  };
}

/** Some of the frames that were packed together, packed by themselves. */
export function packAgain(heads: readonly FrameHead[]): PackedFrames {
  const out = new Float64Array(heads.reduce((sum, { at, end }) => sum + end - at, 0));
  let length = 0;
  for (const { packed, at, end } of heads) {
    out.set(packed.subarray(at, end), length);
    length += end - at;
  }
  return out;
}

/** Reads one number after the other. */
function createReader(packed: PackedFrames, start: number): () => number {
  let at = start;
  return () => packed[at++] ?? NaN;
}

function unpackReading(next: () => number): Reading {
  const reading: Reading = {
    kind: "reading",
    // Read in this order: that of packRecord.
    meter: next(),
    uptimeMs: next(),
    currentMa: next(),
    minCurrentMa: next(),
    maxCurrentMa: next(),
    voltageMv: next(),
    importMwh: next(),
    exportMwh: next(),
    relays: next(),
    flags: next(),
  };
  const charge = next();
  if (!Number.isNaN(charge)) reading.chargePermille = charge;
  return reading;
}

function unpackEvent(next: () => number): BoardEvent {
  const uptimeMs = next();
  // Packed from these types.
  return { kind: "event", uptimeMs, cause: next() as BoardEvent["cause"], source: next() as BoardEvent["source"], value: next(), limit: next() };
}

function unpackCheckpoint(next: () => number): Checkpoint {
  const checkpoint: Checkpoint = { kind: "checkpoint", uptimeMs: next(), slot: orNull(next()), flags: next(), meters: [] };
  for (let left = next(); left > 0; left--) checkpoint.meters.push({ importMwh: next(), exportMwh: next() });
  return checkpoint;
}

function unpackRecord(next: () => number): BoardRecord {
  const kind = next();
  if (kind === READING) return unpackReading(next);
  return kind === EVENT ? unpackEvent(next) : unpackCheckpoint(next);
}

export function unpackFrame({ packed, at }: Pick<FrameHead, "packed" | "at">): ReceivedFrame {
  const next = createReader(packed, at);
  const received: Omit<ReceivedFrame, "frame"> = {
    // Read in this order: that of AT.
    boardId: boardIdOf(next()),
    frameBoot: next(),
    frameNumber: next(),
    receivedUtcMs: next(),
    frameBootUtcMs: next(),
    bootUtcMs: orNull(next()),
  };
  const earliestUtcMs = orNull(next());
  const latestUtcMs = orNull(next());
  if (latestUtcMs !== null) received.bootBounds = { earliestUtcMs, latestUtcMs };
  // Packed from a Stream.
  const stream = next() as Stream;
  const [uptimeMs, boot, sequence] = [next(), next(), next()];
  const records: BoardRecord[] = [];
  for (let left = next(); left > 0; left--) records.push(unpackRecord(next));
  return { ...received, frame: { stream, uptimeMs, boot, sequence, records } };
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
