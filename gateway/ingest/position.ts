/**
 * How far a board's frames have come, as values: judging a frame gives the position after it and leaves the one before as it was,
 * so that a failed commit is undone by forgetting. Pure.
 * @module
 */
import type { MessageNumber } from "#firmware/wire/seal.ts";
import type { BoardProgress, BootBounds } from "#gateway/store/store.ts";
import { refine } from "./timeline.ts";
import type { BootTime } from "./timeline.ts";

export interface Position {
  /** The newest accepted frame's number. */
  newest: MessageNumber;
  /** Mapping of the boot that sealed it. */
  time: BootTime;
  /** UTC of uptime zero of the boots before, by boot. */
  earlierUtcMs: ReadonlyMap<number, number>;
}

/** `new`: to be accepted; `repeated`: the newest one again, whose answer was lost; `replayed`: an older one. */
export type Judgement = "new" | "repeated" | "replayed";

/** Judges a frame's number by the newest accepted one; `position` is null before a board's first frame. */
export function judge(position: Position | null, { boot, number }: MessageNumber): Judgement {
  if (position === null) return "new";
  const { newest } = position;
  if (boot === newest.boot && number === newest.number) return "repeated";
  return boot > newest.boot || (boot === newest.boot && number > newest.number) ? "new" : "replayed";
}

/** The position after a new frame, sealed at `uptimeMs` of its boot. */
export function advance(position: Position | null, message: MessageNumber, receivedUtcMs: number, uptimeMs: number): Position {
  const newest = { boot: message.boot, number: message.number };
  if (position === null) return { newest, time: refine(null, receivedUtcMs, uptimeMs), earlierUtcMs: new Map() };
  if (message.boot === position.newest.boot) {
    return { newest, time: refine(position.time, receivedUtcMs, uptimeMs), earlierUtcMs: position.earlierUtcMs };
  }
  const earlierUtcMs = new Map(position.earlierUtcMs).set(position.newest.boot, position.time.bootUtcMs);
  return { newest, time: refine(null, receivedUtcMs, uptimeMs), earlierUtcMs };
}

/** UTC of a boot's uptime zero; null when that boot never met the gateway. */
export function bootUtcMs(position: Position, boot: number): number | null {
  return boot === position.newest.boot ? position.time.bootUtcMs : (position.earlierUtcMs.get(boot) ?? null);
}

/**
 * Between which times a boot began that never met the gateway, by the boots that did: after the one before it, and so long before the next
 * one that its records had ended.
 * @param lastUptimeMs end of its newest record.
 */
export function boundsOf(position: Position, boot: number, lastUptimeMs: number): BootBounds {
  const { newest, time, earlierUtcMs } = position;
  let before = -1;
  let next = newest.boot;
  for (const known of earlierUtcMs.keys()) {
    if (known < boot && known > before) before = known;
    if (known > boot && known < next) next = known;
  }
  const earliestUtcMs = earlierUtcMs.get(before) ?? null;
  const nextUtcMs = next === newest.boot ? time.bootUtcMs : (earlierUtcMs.get(next) ?? time.bootUtcMs);
  return { earliestUtcMs, latestUtcMs: Math.max(earliestUtcMs ?? -Infinity, nextUtcMs - lastUptimeMs) };
}

/** The position that the store kept. Throws when it has no time for the newest frame's boot, which it always keeps with it. */
export function positionOf(progress: BoardProgress): Position {
  const { boardId, frameBoot, frameNumber } = progress;
  const newestUtcMs = progress.bootUtcMs.get(frameBoot);
  if (newestUtcMs === undefined) throw new Error(`ingest: the store has no time for boot ${frameBoot} of board ${boardId}`);
  return {
    newest: { boot: frameBoot, number: frameNumber },
    time: { bootUtcMs: newestUtcMs, settledUptimeMs: null },
    earlierUtcMs: progress.bootUtcMs,
  };
}
