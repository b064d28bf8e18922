/**
 * How each origin is called and coloured. Pure.
 * @module
 */
import { texts } from "../../texts.ts";
import type { Origin } from "./origin.ts";

const NODE_COLORS = 4;

const nodeOf = (origin: Origin): number | null => (origin.startsWith("node ") ? Number(origin.slice(5)) : null);

/** A colour of the theme. */
export function colorOf(origin: Origin): string {
  const node = nodeOf(origin);
  return node === null ? `--${origin}` : `--node-${((node - 1 + NODE_COLORS) % NODE_COLORS) + 1}`;
}

/** @param hasNodes whether some of what the neighbours gave is settled: then the rest is not. */
export function nameOf(origin: Origin, hasNodes: boolean): string {
  const node = nodeOf(origin);
  if (node !== null) return texts.common.home(node);
  const words = texts.history.series;
  return origin === "bus" ? (hasNodes ? words.unsettled : words.bus) : words[origin === "own" ? "own" : "mains"];
}

/** Where this home bought. */
export const isFromNeighbours = (origin: Origin): boolean => origin === "bus" || origin.startsWith("node ");
