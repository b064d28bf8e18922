/**
 * What of a slot is traded: what the meters at the neighbours' bus counted. Pure.
 * @module
 */
import type { Board } from "#gateway/api/schemas/node.ts";
import type { Slot } from "#gateway/api/schemas/trade.ts";

/** Ids of this home's meters at the neighbours' bus. */
export function busMeters(boards: readonly Board[]): Set<string> {
  return new Set(boards.flatMap(({ meters }) => meters.filter(({ kind }) => kind === "bus").map(({ meterId }) => meterId)));
}

/** What these meters counted in a slot, together. */
export function counted({ meters }: Pick<Slot, "meters">, ids: ReadonlySet<string>): { importMwh: number; exportMwh: number } {
  const own = meters.filter(({ meterId }) => ids.has(meterId));
  return {
    importMwh: own.reduce((sum, { importMwh }) => sum + importMwh, 0),
    exportMwh: own.reduce((sum, { exportMwh }) => sum + exportMwh, 0),
  };
}
