/**
 * A batch as the chain sees it: the Merkle tree over its readings, and the call that commits it. Pure.
 * @module
 */
import { SimpleMerkleTree } from "@openzeppelin/merkle-tree";
import { Interface, ZeroHash } from "ethers";
import { packCheckpoints } from "#contracts/checkpoints.ts";
import { energyLedgerAbi } from "#contracts/dist/abi.ts";
import type { StoredReading } from "#gateway/store/store.ts";
import { leafHash, ledgerReading } from "./leaf.ts";
import { slotEndMs, type MeterCheckpoint } from "./slots.ts";

/** What a batch may hold. More becomes several batches. */
export interface BatchLimits {
  /** Bounded by how long hashing them may hold up the event loop. */
  readings: number;
  /** Bounded by the contract and by the gas of a block. */
  checkpoints: number;
}

export const BATCH_LIMITS: BatchLimits = { readings: 1024, checkpoints: 256 };

/** Merkle tree over a batch's readings: the same as OpenZeppelin's `StandardMerkleTree` over their `leafValues`. */
export interface ReadingTree {
  /** 0x hex; 32 zero bytes when there is no reading. */
  root: string;
  /** Siblings from a leaf up to the root, for the reading at an index of the batch. */
  proof(index: number): string[];
}

/** Builds the tree of a batch's readings, given in the order of their leaves. Equal readings and key give an equal tree. */
export function readingTree(readings: StoredReading[], saltKey: Uint8Array): ReadingTree {
  if (readings.length === 0) return { root: ZeroHash, proof: () => [] };
  const tree = SimpleMerkleTree.of(readings.map((reading) => leafHash(ledgerReading(reading, saltKey))));
  return { root: tree.root, proof: (index) => tree.getProof(index) };
}

/** Ends of the first and last reading or, without readings, of the first and last checkpointed slot. */
export function batchPeriod(readings: StoredReading[], checkpoints: MeterCheckpoint[], slotMs: number): { fromUtcMs: number; toUtcMs: number } {
  const ends = readings.length > 0 ? readings.flatMap(({ endUtcMs }) => endUtcMs ?? []) : checkpoints.map(({ slot }) => slotEndMs(slot, slotMs));
  if (ends.length === 0) throw new Error("batch: neither a reading nor a checkpoint");
  // Not Math.min(...ends): a call takes only so many arguments.
  return { fromUtcMs: ends.reduce((a, b) => Math.min(a, b)), toUtcMs: ends.reduce((a, b) => Math.max(a, b)) };
}

/** Arguments of `EnergyLedger.commit`. */
export interface Commit {
  number: number;
  root: string;
  readingCount: number;
  fromUtcMs: number;
  toUtcMs: number;
  checkpoints: MeterCheckpoint[];
}

const ledgerInterface = new Interface(energyLedgerAbi);

/** The call's data, 0x hex. */
export function encodeCommit(commit: Commit): string {
  const { number, root, readingCount, fromUtcMs, toUtcMs, checkpoints } = commit;
  return ledgerInterface.encodeFunctionData("commit", [number, root, readingCount, fromUtcMs, toUtcMs, packCheckpoints(checkpoints)]);
}
