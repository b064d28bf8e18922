/**
 * A home's batches from its readings: what its gateway shows of each reading, hashed anew, must give the root that is on the chain.
 * @module
 */
import { SimpleMerkleTree, StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { ZeroHash } from "ethers";
import { LEAF_TYPES, leafValues } from "#contracts/leaf.ts";
import { readingProofSchema } from "../verify.ts";
import { compare, type Note } from "./difference.ts";
import type { CommittedBatch } from "./ledger.ts";

/** What a home's gateway tells; over its API. */
export interface HomeReadings {
  /** The home's number. */
  node(): Promise<number>;
  /** Ids of the readings of a batch; they ended within its period. */
  readingsOf(batch: CommittedBatch): Promise<string[]>;
  /** A reading's proof, as the gateway sent it. */
  proof(reading: string): Promise<unknown>;
}

export interface RederivedBatches {
  batches: number;
  readings: number;
}

/** Proofs asked for at once: they are made one after the other anyway. */
const AT_ONCE = 8;

/**
 * Derives a home's batches anew.
 * @param batches those of that home
 * @param onProgress told how many are done
 */
export async function rederiveBatches(
  home: HomeReadings,
  batches: readonly CommittedBatch[],
  note: Note,
  onProgress: (done: number) => void = () => undefined,
): Promise<RederivedBatches> {
  let readings = 0;
  for (const [index, batch] of batches.entries()) {
    readings += await rederiveBatch(home, batch, note);
    onProgress(index + 1);
  }
  return { batches: batches.length, readings };
}

async function rederiveBatch(home: HomeReadings, batch: CommittedBatch, note: Note): Promise<number> {
  const place = { subject: `batch ${batch.number} of node ${batch.node}`, transactionHash: batch.transactionHash };
  const leaves: string[] = [];
  const ends: number[] = [];
  const ids = batch.readingCount === 0 ? [] : await home.readingsOf(batch);
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE);
    const proofs = await Promise.all(some.map((id) => home.proof(id).catch((error: unknown) => (error instanceof Error ? error.message : String(error)))));
    for (const [i, proof] of proofs.entries()) {
      const parsed = readingProofSchema.safeParse(proof);
      if (!parsed.success) {
        note({ ...place, what: `reading ${some[i]}`, expected: "its values and salt", actual: typeof proof === "string" ? proof : "no reading" });
        continue;
      }
      leaves.push(StandardMerkleTree.of([leafValues(parsed.data.reading)], LEAF_TYPES).root);
      ends.push(parsed.data.reading.endUtcMs);
    }
  }
  compare(note, { ...place, what: "readings that the gateway shows" }, batch.readingCount, leaves.length);
  if (leaves.length === 0) {
    compare(note, { ...place, what: "root over its readings" }, ZeroHash, batch.root);
    return 0;
  }
  compare(note, { ...place, what: "root over its readings" }, SimpleMerkleTree.of(leaves).root, batch.root);
  const bounds = [ends.reduce((a, b) => Math.min(a, b)), ends.reduce((a, b) => Math.max(a, b))];
  compare(note, { ...place, what: "period, UTC ms" }, bounds.join(" to "), [batch.fromUtcMs, batch.toUtcMs].join(" to "));
  return leaves.length;
}
