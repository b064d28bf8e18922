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

const FRAME_NUMBERS = 13;
const READING = 0;
const EVENT = 1;
const CHECKPOINT = 2;
const READING_NUMBERS = 12;
const EVENT_NUMBERS = 6;
const CHECKPOINT_NUMBERS = 5;

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
    out[at] = boardNumber(received.boardId);
    out[at + 1] = received.frameBoot;
    out[at + 2] = received.frameNumber;
    out[at + 3] = received.receivedUtcMs;
    out[at + 4] = received.frameBootUtcMs;
    out[at + 5] = orNaN(received.bootUtcMs);
    out[at + 6] = orNaN(received.bootBounds?.earliestUtcMs);
    out[at + 7] = orNaN(received.bootBounds?.latestUtcMs);
    out[at + 8] = frame.stream;
    out[at + 9] = frame.uptimeMs;
    out[at + 10] = frame.boot;
    out[at + 11] = frame.sequence;
    out[at + 12] = frame.records.length;
    at += FRAME_NUMBERS;
    for (const record of frame.records) at = packRecord(out, at, record);
  }
  return out;
}

/** Reads one number after the other. */
function createReader(packed: PackedFrames): () => number {
  let at = 0;
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

export function unpackFrames(packed: PackedFrames): ReceivedFrame[] {
  const next = createReader(packed);
  const frames: ReceivedFrame[] = [];
  for (let board = next(); !Number.isNaN(board); board = next()) {
    const received = {
      boardId: boardIdOf(board),
      frameBoot: next(),
      frameNumber: next(),
      receivedUtcMs: next(),
      frameBootUtcMs: next(),
      bootUtcMs: orNull(next()),
    };
    const earliestUtcMs = orNull(next());
    const latestUtcMs = orNull(next());
    // Packed from a Stream.
    const frame = { stream: next() as Stream, uptimeMs: next(), boot: next(), sequence: next() };
    const records: BoardRecord[] = [];
    for (let left = next(); left > 0; left--) records.push(unpackRecord(next));
    const bounds = latestUtcMs === null ? {} : { bootBounds: { earliestUtcMs, latestUtcMs } };
    frames.push({ ...received, ...bounds, frame: { ...frame, records } });
  }
  return frames;
}

/** Says for every record of every frame whether it is among those stored; these are in the records' order. */
export function packResult(frames: readonly ReceivedFrame[], committed: readonly CommittedFrame[]): PackedResult {
  const flags: number[] = [];
  for (const [index, { frame }] of frames.entries()) {
    const stored = committed[index]?.stored ?? [];
    let at = 0;
    for (let i = 0; i < frame.records.length; i++) {
      const isStored = stored[at]?.sequence === frame.sequence + i;
      if (isStored) at++;
      flags.push(isStored ? 1 : 0);
    }
  }
  return Uint8Array.from(flags);
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
