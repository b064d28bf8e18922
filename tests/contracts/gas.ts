/**
 * What the contracts' calls cost, each measured in the state that it is in day after day: whoever calls has called before.
 * @module
 */
import assert from "node:assert/strict";
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import fc from "fast-check";
import { id } from "ethers";
import { LEAF_TYPES, leafValues } from "#contracts/leaf.ts";
import { meterIdOf } from "#contracts/meter-id.ts";
import type { Market } from "./market.ts";
import { anyReading } from "./readings.ts";
import { RATED_POWER_W, type Checkpoint, type Village } from "./village.ts";

/** Gas of a node's commit of `slots` slots of `meters` meters and so many readings. */
export async function commitGas(v: Village, { meters, slots, readings }: { meters: number; slots: number; readings: number }): Promise<number> {
  const meterIds = Array.from({ length: meters }, (_, meter) => meterIdOf("aabbccddee05", meter));
  await v.send(v.community, v.registry, "retireMeter", [v.bus]);
  for (const [i, meterId] of meterIds.entries()) await v.send(v.community, v.registry, "admitMeter", [1, meterId, i === 0 ? 3 : 0, RATED_POWER_W]);
  const run = (firstSlot: number, count: number): Checkpoint[] =>
    meterIds.flatMap((meterId) =>
      Array.from({ length: count }, (_, i) => ({
        meterId,
        slot: firstSlot + i,
        importMwh: 100_000n + 200n * BigInt(firstSlot + 2000 - v.slot + i),
        exportMwh: 200_000n + 100n * BigInt(firstSlot + 2000 - v.slot + i),
      })),
    );
  // Its first slots take the places in the ring that the second ones find used.
  await v.commit({ checkpoints: meters === 0 ? [] : run(v.slot - 1024 + 1, slots) });
  const second = { number: 2, root: id("second"), readingCount: readings, fromMs: 1_700_000_000_000, toMs: 1_700_000_900_000 };
  const { gasUsed } = await v.commit({ ...second, checkpoints: run(v.slot + 1, slots) });
  return Number(gasUsed);
}

/** Gas of `verifyReading` in a transaction of its own, in a batch whose proofs have so many siblings. */
export async function verifyGas(v: Village, depth: number): Promise<number> {
  const [reading] = fc.sample(anyReading, { numRuns: 1, seed: 1 });
  assert.ok(reading);
  const leaves = Array.from({ length: 2 ** depth }, (_, sequence) => leafValues({ ...reading, sequence }));
  const tree = StandardMerkleTree.of(leaves, LEAF_TYPES);
  await v.commit({ root: tree.root, readingCount: leaves.length });
  const values = [1, 1, { ...reading, sequence: 0 }, tree.getProof(0)];
  assert.equal(tree.getProof(0).length, depth);
  const call = v.ledger.getFunction("verifyReading");
  assert.equal(await call.staticCall(...values), true);
  return Number(await call.estimateGas(...values, { from: v.stranger.address }));
}

/**
 * Gas of clearing a slot in which half of a market's homes sell to the other half, all with standing orders and prices of their own. The
 * chain's time stands still within a slot, so that all orders are in force.
 */
export async function clearGas(m: Market): Promise<number> {
  const { length } = m.homes;
  await m.orderAll(m.homes.map((_, place) => (place % 2 === 0 ? m.askOf(place, 100_000 + 10 * place) : m.bidOf(place, 250_000 - 10 * place))));
  const energies = m.homes.map((_, place) => (place % 2 === 0 ? -1000 - place : 1000 + place));
  // Once for the orders to begin to hold, once for their copies to be in the accounts.
  await m.run([]);
  await m.run(energies);
  const { receipt, trades, members } = await m.run(energies);
  assert.equal(members.length, length);
  assert.ok(trades.length >= length / 2, `${trades.length} trades`);
  return Number(receipt.gasUsed);
}
