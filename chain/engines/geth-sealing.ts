/**
 * Lets a running geth take part in sealing, by calls over its socket: what its flags for this do is not what a free chain needs.
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { ChainDescription } from "../description.ts";
import { majority } from "../finality.ts";
import type { Rpc } from "../rpc.ts";
import type { LocalNode } from "./engine.ts";

/** `eth` is a word while it shakes hands. */
const peersSchema = z.array(z.object({ protocols: z.object({ eth: z.union([z.string(), z.looseObject({})]).optional() }) }));

/** How long to look for the others. geth itself puts off catching up by as much when few are there. */
const PEERS_TIMEOUT_MS = 10_000;
const POLL_MS = 100;
const SETTLE_MS = 1_000;

/**
 * Makes gas free, and begins to seal once enough others listen. A validator that seals at once when it starts makes a block that the others do
 * not hear: geth drops what it hears before its own miner runs. Where everybody's next block depends on that one, nobody ever makes it
 * (go-ethereum#18402). So the miner starts with a key that is still locked, which opens its ears only; the key is opened when the others are
 * there, or after 10 s, since a village's chain must come back in whatever order its validators do.
 * @param password of the account's keystore
 */
export async function beginSealing({ authorities, peers }: ChainDescription, { peer, seals }: LocalNode, rpc: Rpc, signal: AbortSignal, password: string): Promise<void> {
  // By flag geth turns a price of 0 into 1 gwei, and then seals free transactions only where they were submitted.
  await rpc("miner_setGasPrice", ["0x0"]);
  if (!seals) return;
  const pause = (ms: number): Promise<void> => delay(ms, undefined, { signal });
  await rpc("miner_start");
  const needed = Math.min(majority(authorities.length), peers.length) - 1;
  const end = performance.now() + PEERS_TIMEOUT_MS;
  while ((await countReady(rpc)) < needed && performance.now() < end) await pause(POLL_MS);
  // They may have connected before their own miners ran.
  await pause(SETTLE_MS);
  // 0: for as long as it runs.
  await rpc("personal_unlockAccount", [peer.address, password, 0]);
  // A seal that failed for the locked key is tried again with the next block alone, and there may be none; and geth drops work that is equal
  // to what it had before, so that it must differ in something: the vanity of its blocks.
  await rpc("miner_setExtra", [peer.name]);
  await rpc("miner_stop");
  while ((await rpc("eth_mining")) === true) await pause(POLL_MS);
  await rpc("miner_start");
}

/** Peers that geth sends its blocks to: one that still shakes hands would miss what is sealed just now. */
async function countReady(rpc: Rpc): Promise<number> {
  return peersSchema.parse(await rpc("admin_peers")).filter(({ protocols: { eth } }) => typeof eth === "object").length;
}
