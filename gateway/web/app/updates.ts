/**
 * How what the gateway reports changes what is shown. Pure: each function gives a new value and leaves the old one alone.
 * @module
 */
import type { Batch } from "#gateway/api/schemas/batches.ts";
import type { BoardCommand } from "#gateway/api/schemas/commands.ts";
import type { Board } from "#gateway/api/schemas/node.ts";
import type { BoardEvent, Reading } from "#gateway/api/schemas/records.ts";

/** Own batches that are shown. */
export const SHOWN_BATCHES = 8;

/** Whether a record was made after another one of its board: a later boot, or a later number in the same. */
function isAfter(id: string, other: string | undefined): boolean {
  if (other === undefined) return true;
  const [, boot = 0, sequence = 0] = id.split("-").map(Number);
  const [, otherBoot = 0, otherSequence = 0] = other.split("-").map(Number);
  return boot > otherBoot || (boot === otherBoot && sequence > otherSequence);
}

/** A backlog comes oldest first and late, so only what is newer than what is shown replaces it. */
export function withLatestReading(boards: readonly Board[], reading: Reading): Board[] {
  return boards.map((board) => {
    if (board.boardId !== reading.boardId) return board;
    const meters = board.meters.map((meter) =>
      meter.meter === reading.meter && isAfter(reading.id, meter.latestReading?.id) ? { ...meter, latestReading: reading } : meter,
    );
    const newest = Math.max(board.newestUtcMs ?? 0, reading.endUtcMs ?? 0);
    return { ...board, meters, newestUtcMs: newest === 0 ? null : newest };
  });
}

export function withLatestEvent(boards: readonly Board[], event: BoardEvent): Board[] {
  return boards.map((board) =>
    board.boardId === event.boardId && isAfter(event.id, board.latestEvent?.id) ? { ...board, latestEvent: event, source: event.source } : board,
  );
}

/** Limits are in force once their board has confirmed them. */
export function withAppliedPolicy(boards: readonly Board[], { boardId, command, state }: BoardCommand): readonly Board[] {
  if (command.kind !== "policy" || state !== "applied") return boards;
  return boards.map((board) => (board.boardId === boardId ? { ...board, policy: command.policy } : board));
}

/** Newest first, each batch once, as many as are shown. */
export function withBatch(batches: readonly Batch[], batch: Batch): Batch[] {
  const others = batches.filter(({ number }) => number !== batch.number);
  return [...others, batch].sort((a, b) => b.number - a.number).slice(0, SHOWN_BATCHES);
}
