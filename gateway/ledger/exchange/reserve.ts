/**
 * When a home's ask is taken back because its boards keep their energy, and put back when they give again. Pure.
 *
 * Nothing depends on it: energy that is not given is not sold, whatever the ask says. It tells the neighbours not to count on this home.
 * @module
 */
import { SOURCE } from "#firmware/wire/records.ts";
import type { AdmittedBoard, StoredEvent } from "#gateway/store/store.ts";

/** What the producers' boards of a home have done, and since when, UTC ms. */
export interface Giving {
  isGiving: boolean;
  sinceUtcMs: number;
}

/** Boards that can give to the bus. */
export function producersOf(boards: readonly Pick<AdmittedBoard, "boardId" | "role" | "meters">[]): Set<string> {
  const producers = boards.filter(({ role, meters }) => role === "producer" && meters.some(({ kind }) => kind === "bus"));
  return new Set(producers.map(({ boardId }) => boardId));
}

/**
 * What the newest event of each producer's board says; null when there is none.
 * @param events the newest of each board
 */
export function givingOf(
  events: readonly Pick<StoredEvent, "boardId" | "source" | "utcMs">[],
  producers: ReadonlySet<string>,
): Giving | null {
  const known = events.flatMap(({ boardId, source, utcMs }) => (producers.has(boardId) && utcMs !== null ? [{ source, utcMs }] : []));
  if (known.length === 0) return null;
  const giving = known.filter(({ source }) => source === SOURCE.give);
  const counted = giving.length > 0 ? giving : known;
  const times = counted.map(({ utcMs }) => utcMs);
  // A home gives since its first board does, and keeps since its last board does.
  return { isGiving: giving.length > 0, sinceUtcMs: giving.length > 0 ? Math.min(...times) : Math.max(...times) };
}

/**
 * What is to be done with the ask; null for nothing. A board that changes its mind within `holdMs` causes no transaction.
 * @param isOffered whether the ask offers something now
 */
export function reserveAction(giving: Giving | null, isOffered: boolean, nowMs: number, holdMs: number): "withdraw" | "restore" | null {
  if (giving === null || giving.isGiving === isOffered || nowMs - giving.sinceUtcMs < holdMs) return null;
  return giving.isGiving ? "restore" : "withdraw";
}
