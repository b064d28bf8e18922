/**
 * Proves readings: rebuilds their batch's tree from the store.
 * @module
 */
import type { RecordKey, Store } from "#gateway/store/store.ts";
import { readingTree, type ReadingTree } from "./batch.ts";
import type { LedgerDeployment } from "./chain.ts";
import { leafHash, ledgerReading } from "./leaf.ts";
import type { ReadingProof } from "./verify.ts";

export interface ProverOptions {
  store: Pick<Store, "reading" | "batch" | "batchReadings">;
  deployment: LedgerDeployment;
  node: number;
  saltKey: Uint8Array;
}

/** Trees kept: whoever asks for one reading's proof often asks for its neighbours' next. */
const CACHED_TREES = 4;

export function createProver({ store, deployment, node, saltKey }: ProverOptions) {
  const trees = new Map<number, ReadingTree>();

  async function treeOf(number: number, root: string): Promise<ReadingTree> {
    const tree = trees.get(number) ?? readingTree(await store.batchReadings(number), saltKey);
    if (tree.root !== root) {
      throw new Error(
        `batch ${number}: the stored readings give root ${tree.root}, but ${root} was committed. ` +
          `The node's key was replaced (give the old salt key), or the store was changed (restore a backup).`,
      );
    }
    trees.delete(number);
    trees.set(number, tree);
    for (const oldest of trees.keys()) {
      if (trees.size <= CACHED_TREES) break;
      trees.delete(oldest);
    }
    return tree;
  }

  return {
    /**
     * The proof of a reading; null when it is unknown or in no batch yet.
     * @throws when the stored readings are no longer those that were committed.
     */
    async proof(key: RecordKey): Promise<ReadingProof | null> {
      const stored = await store.reading(key);
      if (stored === null || stored.batch === null || stored.leaf === null) return null;
      const batch = await store.batch(stored.batch);
      if (batch === null) throw new Error(`batch ${stored.batch} is not in the store`);
      const tree = await treeOf(batch.number, batch.root);
      const reading = ledgerReading(stored, saltKey);
      return {
        version: 1,
        chainId: deployment.chainId,
        genesisHash: deployment.genesisHash,
        energyLedger: deployment.contracts.energyLedger.address,
        node,
        batch: batch.number,
        root: batch.root,
        transactionHash: batch.transaction.hash,
        reading,
        leaf: leafHash(reading),
        proof: tree.proof(stored.leaf),
      };
    },
  };
}
