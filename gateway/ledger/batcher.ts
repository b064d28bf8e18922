/**
 * Makes a node's next batch: what is due, its tree, its signed transaction, stored together before anybody else sees them.
 * @module
 */
import type { Wallet } from "ethers";
import { meterIdOf } from "#contracts/meter-id.ts";
import type { Clock } from "#gateway/clock.ts";
import type { OutboxTransaction, RecordKey, Store } from "#gateway/store/store.ts";
import { batchPeriod, encodeCommit, readingTree, type BatchLimits } from "./batch.ts";
import type { Chain, Head } from "./chain.ts";
import { ContractRefusal } from "./rpc-error.ts";
import { signCall } from "./sign.ts";
import { closedSlot, selectCheckpoints, slotAt, slotEndMs, type ChainMeter, type RefusedCheckpoint } from "./slots.ts";

export interface BatcherOptions {
  store: Pick<Store, "latest" | "unbatchedReadings" | "unbatchedCheckpoints" | "batches" | "addBatch">;
  chain: Pick<Chain, "deployment" | "nextNonce" | "nextBatch" | "meterOf" | "simulate">;
  clock: Clock;
  signer: Wallet;
  saltKey: Uint8Array;
  /** The node's number in the registry. */
  node: number;
  slotMs: number;
  /** How long a slot stays open for a board that has not yet checkpointed it. */
  graceMs: number;
  limits: BatchLimits;
  onRefused: (refused: RefusedCheckpoint[]) => void;
}

/** Gas of a node's first commit, and of each first checkpoint of a meter, which are the dearest, with a quarter to spare. */
const BASE_GAS = 110_000n;
const CHECKPOINT_GAS = 65_000n;

/** Gas limit of a commit. */
export function commitGas(checkpoints: number): bigint {
  return BASE_GAS + CHECKPOINT_GAS * BigInt(checkpoints);
}

/** Checkpoints that fit into a block of a chain. */
function checkpointsPerBlock(gasLimit: bigint): number {
  return Number((gasLimit - BASE_GAS) / CHECKPOINT_GAS);
}

function keyOf({ boardId, boot, sequence }: RecordKey): RecordKey {
  return { boardId, boot, sequence };
}

export function createBatcher(options: BatcherOptions) {
  const { store, chain, clock, signer, node, slotMs, graceMs, limits } = options;
  /** There may be more to batch than the newest batch took: so at the start, and after a full one. */
  let more = true;

  /** Newest slot that every board which still reports has checkpointed, or whose grace has passed; never ahead of the chain's time. */
  async function newestClosedSlot(head: Head, pending: Awaited<ReturnType<Store["unbatchedCheckpoints"]>>): Promise<number> {
    const nowMs = clock.nowMs();
    const newestSlots = new Map<string, number>();
    for (const { boardId, endUtcMs } of (await store.latest()).readings) {
      if (endUtcMs !== null && endUtcMs >= nowMs - 2 * slotMs) newestSlots.set(boardId, -1);
    }
    for (const { boardId, slot } of pending) {
      const newest = newestSlots.get(boardId);
      if (slot !== null && newest !== undefined) newestSlots.set(boardId, Math.max(newest, slot));
    }
    return Math.min(closedSlot({ nowMs, slotMs, graceMs, newestSlots: newestSlots.values() }), slotAt(head.timestampMs, slotMs) - 1);
  }

  async function admittedMeters(ids: Iterable<string>): Promise<Map<string, ChainMeter>> {
    const meters = new Map<string, ChainMeter>();
    for (const id of ids) {
      const meter = await chain.meterOf(node, id);
      if (meter !== null) meters.set(id, meter);
    }
    return meters;
  }

  /** Number of the next batch, the store's, which the chain must agree to; and the nonce of its transaction. */
  async function nextPlace(newest: number): Promise<{ number: number; nonce: number }> {
    const number = newest + 1;
    const expected = await chain.nextBatch(node);
    if (expected < number) throw new ContractRefusal(`the chain still expects batch ${expected}, and batch ${newest} is not in a block`);
    if (expected > number) {
      throw new ContractRefusal(
        `the chain has batches of node ${node} up to ${expected - 1}, this gateway's store only up to ${newest}: ` +
          `restore the store's newest backup; until then readings are kept but not committed`,
      );
    }
    // Nothing waits to be mined, so the chain knows of every nonce that was given out.
    return { number, nonce: await chain.nextNonce(signer.address) };
  }

  return {
    /**
     * Makes the next batch when one is due; call it when no earlier one is waiting to be mined.
     * @returns its stored transaction, or null when nothing is due.
     * @throws ContractRefusal when the contract would not take it (nothing is stored then); when the chain does not answer.
     */
    async next(head: Head): Promise<OutboxTransaction | null> {
      const pending = await store.unbatchedCheckpoints(limits.checkpoints);
      const [newest] = await store.batches({ limit: 1 });
      // A slot that was closed stays closed.
      const closed = Math.max(await newestClosedSlot(head, pending), newest?.slot ?? -1);
      if (closed < 0 || (!more && newest !== undefined && closed <= newest.slot)) return null;

      const readings = await store.unbatchedReadings(slotEndMs(closed, slotMs), limits.readings);
      const ids = new Set(pending.flatMap(({ boardId, meters }) => meters.map((_counters, meter) => meterIdOf(boardId, meter))));
      const limit = Math.min(limits.checkpoints, checkpointsPerBlock(head.gasLimit));
      const selection = selectCheckpoints(pending, await admittedMeters(ids), { closedSlot: closed, slotMs, limit, meterIdOf });
      const full = readings.length === limits.readings || pending.length === limits.checkpoints || selection.more;
      if (readings.length === 0 && selection.accepted.length === 0) {
        more = false;
        return null;
      }

      const { number, nonce } = await nextPlace(newest?.number ?? 0);
      const { root } = readingTree(readings, options.saltKey);
      const period = batchPeriod(readings, selection.accepted, slotMs);
      const data = encodeCommit({ number, root, readingCount: readings.length, ...period, checkpoints: selection.accepted });
      const gasLimit = commitGas(selection.accepted.length);
      const { chainId, contracts } = chain.deployment;
      const call = { to: contracts.energyLedger.address, data, gasLimit };
      await chain.simulate({ ...call, from: signer.address });
      const signature = await signCall(signer, chainId, nonce, call);
      const createdUtcMs = clock.nowMs();
      const stored = await store.addBatch({
        batch: { number, root, readingCount: readings.length, ...period, slot: closed, createdUtcMs },
        readings: readings.map(keyOf),
        checkpoints: selection.included,
        transaction: { kind: "commit", subject: number, ...signature, state: "signed", blockNumber: null, blockHash: null, createdUtcMs },
      });
      more = full;
      if (selection.refused.length > 0) options.onRefused(selection.refused);
      return stored;
    },
  };
}
