/**
 * Which engine a node runs, for whoever was told no more than its address.
 * @module
 */
import { z } from "zod";
import type { Engine } from "./description.ts";
import type { Rpc } from "./rpc.ts";

/** How their answers to web3_clientVersion begin. */
const NAMES: [name: string, engine: Engine][] = [
  ["anvil", "anvil"],
  ["geth", "clique"],
  ["besu", "qbft"],
  ["nethermind", "aura"],
];

/** @returns null when it is none that we know */
export async function engineOf(rpc: Rpc): Promise<Engine | null> {
  const version = z.string().parse(await rpc("web3_clientVersion")).toLowerCase();
  return NAMES.find(([name]) => version.startsWith(name))?.[1] ?? null;
}
