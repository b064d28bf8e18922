/**
 * Lets a running geth take part in sealing, by calls over its socket: what its flags for this do is not what a free chain needs.
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import type { ChainDescription } from "../description.ts";
import { majority } from "../finality.ts";
import type { Rpc } from "../rpc.ts";
import type { LocalNode } from "./engine.ts";

/** How long to look for the others. geth itself puts off catching up by as much when few are there. */
const PEERS_TIMEOUT_MS = 10_000;
const POLL_MS = 100;

/**
 * Makes gas free, and begins to seal once enough others are connected: a validator that seals alone at its start makes blocks that the
 * others replace, and at block 1, where all begin at once, it may then sit on its own block until geth's next look at its peers.
 * After 10 s it seals anyway, since a village's chain must come back in whatever order its validators do.
 */
export async function beginSealing({ authorities, peers }: ChainDescription, { peer, seals }: LocalNode, rpc: Rpc, signal: AbortSignal): Promise<void> {
  // By flag geth turns a price of 0 into 1 gwei, and then seals free transactions only where they were submitted.
  await rpc("miner_setGasPrice", ["0x0"]);
  if (!seals) return;
  const pause = (): Promise<void> => delay(POLL_MS, undefined, { signal });
  // It answers before it has opened the key. A seal that fails for that is not tried again until there is a block, and there may be none.
  while (!(await isUnlocked(rpc, peer.address))) await pause();
  const needed = Math.min(majority(authorities.length), peers.length) - 1;
  const end = performance.now() + PEERS_TIMEOUT_MS;
  while (Number(await rpc("net_peerCount")) < needed && performance.now() < end) await pause();
  await rpc("miner_start");
}

async function isUnlocked(rpc: Rpc, account: string): Promise<boolean> {
  return rpc("eth_sign", [account, "0x"]).then(
    () => true,
    () => false,
  );
}
