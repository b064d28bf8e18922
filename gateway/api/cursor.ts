/**
 * Cursors of listings: opaque to the client, the place of the last item of a page to us.
 * @module
 */
import type { ReadingQuery, RecordKey } from "#gateway/store/store.ts";
import { ProblemError } from "./problem.ts";

type ReadingPlace = NonNullable<ReadingQuery["after"]>;

/** Of events. */
interface EventPlace {
  utcMs: number | null;
  key: RecordKey;
}

const READING_PLACE = /^r(\d{1,16})-([0-9a-f]{12})-(\d{1,8})-(\d{1,10})$/;
const EVENT_PLACE = /^e(\d{1,16}|x)-([0-9a-f]{12})-(\d{1,8})-(\d{1,10})$/;
const BATCH_PLACE = /^b(\d{1,16})$/;
const ENTRY_PLACE = /^a(\d{1,16})$/;
const SLOT_PLACE = /^s(\d{1,16})$/;
const EXTERNAL_PLACE = /^x(\d{1,16})$/;

function refuse(): never {
  throw new ProblemError(
    400,
    "The cursor is not one of this listing: take nextCursor from the page before, or leave it out to start over.",
  );
}

export function readingCursor({ endUtcMs, key }: ReadingPlace): string {
  return `r${endUtcMs}-${key.boardId}-${key.boot}-${key.sequence}`;
}

/** @throws ProblemError when the text is no cursor of readings. */
export function readingPlace(cursor: string): ReadingPlace {
  const [, endUtcMs, boardId, boot, sequence] = READING_PLACE.exec(cursor) ?? refuse();
  if (boardId === undefined) refuse();
  return { endUtcMs: Number(endUtcMs), key: { boardId, boot: Number(boot), sequence: Number(sequence) } };
}

export function eventCursor({ utcMs, key }: EventPlace): string {
  return `e${utcMs ?? "x"}-${key.boardId}-${key.boot}-${key.sequence}`;
}

/** @throws ProblemError when the text is no cursor of events. */
export function eventPlace(cursor: string): EventPlace {
  const [, utcMs, boardId, boot, sequence] = EVENT_PLACE.exec(cursor) ?? refuse();
  if (boardId === undefined) refuse();
  return { utcMs: utcMs === "x" ? null : Number(utcMs), key: { boardId, boot: Number(boot), sequence: Number(sequence) } };
}

/** The number in a cursor of a listing whose items have one. @throws ProblemError when it is another listing's. */
function numberIn(cursor: string, form: RegExp): number {
  const [, number] = form.exec(cursor) ?? refuse();
  return Number(number);
}

export const batchCursor = (number: number): string => `b${number}`;
export const batchPlace = (cursor: string): number => numberIn(cursor, BATCH_PLACE);
/** Of the audit log. */
export const entryCursor = (entry: number): string => `a${entry}`;
export const entryPlace = (cursor: string): number => numberIn(cursor, ENTRY_PLACE);
/** Of slots and settlements. */
export const slotCursor = (slot: number): string => `s${slot}`;
export const slotPlace = (cursor: string): number => numberIn(cursor, SLOT_PLACE);
/** Of a series' intervals: where the last one ended. */
export const externalCursor = (endUtcMs: number): string => `x${endUtcMs}`;
export const externalPlace = (cursor: string): number => numberIn(cursor, EXTERNAL_PLACE);
