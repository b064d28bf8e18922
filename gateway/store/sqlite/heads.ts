/**
 * Packed frames, looked at without unpacking them.
 * @module
 */
import { boardIdOf } from "./rows.ts";
import { AT, KIND, NUMBERS } from "./transfer.ts";
import type { PackedAt, PackedFrames } from "./transfer.ts";

/** Which of a checkpoint's numbers is its slot, and of a reading's its charge: they may be null. */
const SLOT_AT = 2;
const CHARGE_AT = NUMBERS.reading - 1;

/** What is known of a frame without unpacking it. */
export interface FrameHead extends PackedAt {
  /** The number behind its last. */
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
  if (kind === KIND.reading) return areWhole(packed, at, at + NUMBERS.reading, CHARGE_AT) ? at + NUMBERS.reading : NaN;
  if (kind === KIND.event) return areWhole(packed, at, at + NUMBERS.event, -1) ? at + NUMBERS.event : NaN;
  if (kind !== KIND.checkpoint) return NaN;
  const end = at + NUMBERS.checkpoint + 2 * numberAt(packed, at + NUMBERS.checkpoint - 1);
  return areWhole(packed, at, end, SLOT_AT) ? end : NaN;
}

/** The end of the frame that begins at a number; NaN as above. */
function endOfFrame(packed: PackedFrames, at: number): number {
  const areNumbers =
    areWhole(packed, at, at + AT.bootUtcMs, -1) &&
    areWhole(packed, at + AT.bootUtcMs, at + AT.bootUtcMs + 1, 0) &&
    areWhole(packed, at + AT.earliestUtcMs, at + AT.earliestUtcMs + 1, 0) &&
    areWhole(packed, at + AT.latestUtcMs, at + AT.latestUtcMs + 1, 0) &&
    areWhole(packed, at + AT.stream, at + NUMBERS.frame, -1);
  if (!areNumbers) return NaN;
  let end = at + NUMBERS.frame;
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
export function progressOf({ packed, at }: PackedAt): { frameBoot: number; frameNumber: number; frameBootUtcMs: number } {
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
