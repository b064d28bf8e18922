/**
 * When a block is final, per engine: the one place that knows.
 * @module
 */
import type { Engine } from "./description.ts";

/** More than half of `count`. */
export function majority(count: number): number {
  return Math.floor(count / 2) + 1;
}

/**
 * Blocks, its own included, until a transaction counts as final.
 *
 * - clique: reorganisations are normal. An authority signs at most one of ⌊n/2⌋ + 1 blocks in a row (EIP-225), so as many hold a majority's
 *   signatures; twice that leaves room for a majority that itself changes sides once.
 * - qbft: a block is made only with two thirds of the signatures, and never replaced.
 * - aura: at least n blocks; and more than half of the authorities must be among their authors, which `isFinal` asks.
 * - anvil: one process, nobody to disagree with.
 * @param authorities how many there are now
 */
export function finalityDepth(engine: Engine, authorities: number): number {
  if (engine === "clique") return 2 * majority(authorities);
  return engine === "aura" ? Math.max(1, authorities) : 1;
}

/**
 * Whether a block is final.
 * @param authorities how many there are now
 * @param sealers who sealed the block and each one after it, oldest first
 */
export function isFinal(engine: Engine, authorities: number, sealers: string[]): boolean {
  if (sealers.length < finalityDepth(engine, authorities)) return false;
  // With an authority away its steps stay empty, and n blocks have fewer than n authors.
  return engine !== "aura" || new Set(sealers).size >= majority(authorities);
}

/** How long the newest block may be old, ms, before the chain counts as stalled: each authority but one may be away for its turn. */
export function stalledAfterMs(periodSeconds: number, authorities: number): number {
  return Math.max(5_000, (authorities + 2) * periodSeconds * 1000);
}
