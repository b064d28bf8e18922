/**
 * Whether the chain makes blocks. Pure.
 * @module
 */
import type { Chain } from "#gateway/api/schemas/chain.ts";

export type HeadState = "unknown" | "fresh" | "stalled" | "away";

export function headState({ state, headUtcMs, stalled }: Pick<Chain, "state" | "headUtcMs" | "stalled">): HeadState {
  if (state === "away") return "away";
  // With a locked key nothing is signed, but blocks are seen.
  const isSeen = state === "following" || state === "locked";
  if (!isSeen || headUtcMs === null) return "unknown";
  return stalled ? "stalled" : "fresh";
}
