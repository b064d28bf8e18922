/**
 * Cursors of listings: opaque to the client, the place of the last item of a page to us.
 * @module
 */
import type { ReadingQuery } from "#gateway/store/store.ts";
import { ProblemError } from "./problem.ts";

type ReadingPlace = NonNullable<ReadingQuery["after"]>;

const READING_PLACE = /^r(\d{1,16})-([0-9a-f]{12})-(\d{1,8})-(\d{1,10})$/;
const BATCH_PLACE = /^b(\d{1,16})$/;

function refuse(): never {
  throw new ProblemError(400, "The cursor is not one of this listing: take nextCursor from the page before, or leave it out to start over.");
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

export function batchCursor(number: number): string {
  return `b${number}`;
}

/** @throws ProblemError when the text is no cursor of batches. */
export function batchPlace(cursor: string): number {
  const [, number] = BATCH_PLACE.exec(cursor) ?? refuse();
  return Number(number);
}
