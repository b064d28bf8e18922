/**
 * Proves readings: rebuilds their batch's tree from the store.
 * @module
 */
import type { RecordKey, Store } from "#gateway/store/store.ts";
import { readingTree, type ReadingTree } from "./batch.ts";
import type { LedgerDeployment } from "./chain.ts";
import { leafHash, ledgerReading } from "./leaf.ts";
import { KeyLocked } from "./status.ts";
import type { ReadingProof } from "./verify.ts";

export interface ProverOptions {
  store: Pick<Store, "reading" | "batch" | "batchReadings">;
  deployment: LedgerDeployment;
  node: number;
  /** Keys of the salts: the node's, then those of keys that it replaced. Empty while the key is locked. */
  saltKeys: readonly Uint8Array[];
}

interface SaltedTree {
  tree: ReadingTree;
  saltKey: Uint8Array;
}

/** Trees kept: whoever asks for one reading's proof often asks for its neighbours' next. */
const CACHED_TREES = 4;

export function createProver({ store, deployment, node, saltKeys }: ProverOptions) {
  const trees = new Map<number, SaltedTree>();

  /** The batch's tree under the key that gives its root. */
  async function rebuild(number: number, root: string): Promise<SaltedTree> {
    if (saltKeys.length === 0) throw new KeyLocked("proofs need the node's key, which is locked; the chain's status says how to open it");
    const readings = await store.batchReadings(number);
    for (const saltKey of saltKeys) {
      const tree = readingTree(readings, saltKey);
      if (tree.root === root) return { tree, saltKey };
    }
    throw new Error(
      `batch ${number}: no key that is here makes of the stored readings the root ${root} that was committed. ` +
        `Put the keystores of replaced keys back beside the node's; if they are there, the store was changed: restore a backup.`,
    );
  }

  async function treeOf(number: number, root: string): Promise<SaltedTree> {
    const tree = trees.get(number) ?? (await rebuild(number, root));
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
      const { tree, saltKey } = await treeOf(batch.number, batch.root);
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
