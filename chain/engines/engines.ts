/**
 * The engines that a community can choose among.
 * @module
 */
import type { Engine } from "../description.ts";
import { besu } from "./besu.ts";
import type { NodeEngine } from "./engine.ts";
import { geth } from "./geth.ts";
import { nethermind } from "./nethermind.ts";

/** Engines whose nodes form a network; anvil is one process and needs none of it. */
export const NODE_ENGINES: Record<Exclude<Engine, "anvil">, NodeEngine> = { clique: geth, qbft: besu, aura: nethermind };

/** @throws Error for the embedded chain, which has no nodes */
export function nodeEngine(engine: Engine): NodeEngine {
  if (engine === "anvil") throw new Error("the embedded chain (anvil) has no nodes of its own; choose clique, qbft or aura for a chain of several homes");
  return NODE_ENGINES[engine];
}
