/**
 * Whether a board is heard, and whether what it tells is of now. Pure.
 * @module
 */
import type { Diagnostics } from "#gateway/api/schemas/commands.ts";
import type { Board } from "#gateway/api/schemas/node.ts";

export type BoardState =
  | { kind: "online" }
  /** Heard, and catching up: so many records wait on the board. */
  | { kind: "backlog"; records: number }
  | { kind: "silent" }
  | { kind: "never" }
  /** Without a connection to the gateway nobody can tell. */
  | { kind: "unknown" };

/** Fewer records than this wait on any board between two frames. */
const MIN_BACKLOG = 20;

export function boardState(board: Board, diagnostics: Diagnostics | null, nowUtcMs: number, isConnected: boolean): BoardState {
  if (!isConnected) return { kind: "unknown" };
  const { newestUtcMs, silentAfterMs } = board;
  if (newestUtcMs !== null && nowUtcMs - newestUtcMs <= silentAfterMs) {
    // What it said of its queue is old news once it has told of its present.
    return diagnostics !== null && diagnostics.queueFine >= MIN_BACKLOG && diagnostics.receivedUtcMs >= newestUtcMs - silentAfterMs
      ? { kind: "backlog", records: diagnostics.queueFine }
      : { kind: "online" };
  }
  if (diagnostics !== null && nowUtcMs - diagnostics.receivedUtcMs <= silentAfterMs) {
    return { kind: "backlog", records: diagnostics.queueFine };
  }
  return { kind: newestUtcMs === null ? "never" : "silent" };
}
