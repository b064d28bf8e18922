/**
 * How fresh the chain's newest block is. Pure.
 * @module
 */
import type { Chain } from "#gateway/api/schemas/chain.ts";

/**
 * Without a block for so long a chain that answers is stalled: a dozen of the blocks that the community's chains make, 5 s apart, as
 * when more than half of the validators are away.
 */
export const STALLED_MS = 60_000;

export type HeadState = "unknown" | "fresh" | "stalled" | "away";

/** @param clockSpeed of a demo, whose time runs faster than its chain's timer. */
export function headState(chain: Pick<Chain, "state" | "headUtcMs">, nowUtcMs: number, clockSpeed: number): HeadState {
  if (chain.state === "away") return "away";
  // With a locked key nothing is signed, but blocks are seen.
  const isSeen = chain.state === "following" || chain.state === "locked";
  if (!isSeen || chain.headUtcMs === null) return "unknown";
  return nowUtcMs - chain.headUtcMs > STALLED_MS * Math.max(1, clockSpeed) ? "stalled" : "fresh";
}
