import assert from "node:assert/strict";
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { ZeroHash, id, keccak256 } from "ethers";
import fc from "fast-check";
import { LEAF_TYPES, leafValues, type LedgerReading } from "#contracts/leaf.ts";
import { anyReading, mutationsOf } from "./readings.ts";
import { useVillage } from "./village.ts";

const SEED = 20_171_124;

function treeOf(readings: LedgerReading[]): StandardMerkleTree<(string | number)[]> {
  return StandardMerkleTree.of(readings.map(leafValues), LEAF_TYPES);
}

describe("EnergyLedger.verifyReading", () => {
  const village = useVillage();
  let number: number;

  beforeEach(() => {
    number = 0;
  });

  /** Commits readings as the node's next batch. */
  async function commitTree(readings: LedgerReading[]): Promise<StandardMerkleTree<(string | number)[]>> {
    const tree = treeOf(readings);
    number += 1;
    await village().commit({ number, root: tree.root, readingCount: readings.length });
    return tree;
  }

  async function verify(reading: LedgerReading, proof: string[], batch = number, node = 1): Promise<unknown> {
    return village().read(village().ledger, "verifyReading", node, batch, reading, proof);
  }

  it("has the same leaf as TypeScript, for any reading: one alone in its batch is its own root", async () => {
    await fc.assert(
      fc.asyncProperty(anyReading, async (reading) => {
        const tree = await commitTree([reading]);
        assert.equal(await verify(reading, []), true);
        assert.equal(tree.root, tree.leafHash(leafValues(reading)));
      }),
      { seed: SEED, numRuns: 40 },
    );
  });

  it("finds every reading of a batch of any size, and none in another batch or node", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyReading, { minLength: 1, maxLength: 20 }), anyReading, async (readings, stranger) => {
        const tree = await commitTree(readings);
        for (const [index, reading] of readings.entries()) {
          const proof = tree.getProof(index);
          assert.equal(await verify(reading, proof), true);
          assert.equal(await verify(reading, proof, number + 1), false);
          assert.equal(await verify(reading, proof, number, 2), false);
        }
        assert.equal(await verify(stranger, tree.getProof(0)), false);
      }),
      { seed: SEED, numRuns: 12 },
    );
  });

  it("refuses a reading of which any one field is changed", async () => {
    let mutations = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyReading, { minLength: 1, maxLength: 6 }), anyReading, async (readings, other) => {
        const [reading = assert.fail()] = readings;
        const proof = (await commitTree(readings)).getProof(0);
        assert.equal(await verify(reading, proof), true);
        for (const mutation of mutationsOf(reading, other)) {
          assert.equal(await verify(mutation, proof), false, JSON.stringify({ reading, mutation }));
          mutations += 1;
        }
      }),
      { seed: SEED, numRuns: 12 },
    );
    assert.ok(mutations > 12 * (LEAF_TYPES.length - 2), `nearly every field differs in nearly every pair: ${mutations}`);
  });

  it("refuses a proof that is cut, extended or bent", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyReading, { minLength: 2, maxLength: 16 }), fc.nat(), async (readings, pick) => {
        const tree = await commitTree(readings);
        const index = pick % readings.length;
        const reading = readings[index] ?? assert.fail();
        const proof = tree.getProof(index);
        assert.equal(await verify(reading, proof.slice(1)), false);
        assert.equal(await verify(reading, [...proof, tree.root]), false);
        assert.equal(await verify(reading, proof.map((sibling) => keccak256(sibling))), false);
      }),
      { seed: SEED, numRuns: 12 },
    );
  });

  it("finds nothing in a batch without readings or that is not committed", async () => {
    const v = village();
    const [reading] = fc.sample(anyReading, { seed: SEED, numRuns: 1 });
    assert.ok(reading);
    assert.equal(await verify(reading, [], 1), false);
    await v.commit({ root: ZeroHash, checkpoints: [v.checkpoint()] });
    assert.equal(await verify(reading, [], 1), false);
    assert.equal(await verify(reading, [ZeroHash, id("sibling")], 1), false);
  });
});
