import assert from "node:assert/strict";
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { ZeroHash } from "ethers";
import fc from "fast-check";
import { LEAF_TYPES, leafValues } from "#contracts/leaf.ts";
import { batchPeriod, readingTree } from "#gateway/ledger/batch.ts";
import { leafHash, leafSalt, ledgerReading, saltKeyOf } from "#gateway/ledger/leaf.ts";
import type { StoredReading } from "#gateway/store/store.ts";

const SALT_KEY = saltKeyOf(`0x${"11".repeat(32)}`);
const int32 = fc.integer({ min: -0x80000000, max: 0x7fffffff });
const counter = fc.maxSafeNat();

const reading: fc.Arbitrary<StoredReading> = fc
  .record(
    {
      boardId: fc.stringMatching(/^[0-9a-f]{12}$/),
      boot: fc.integer({ min: 1, max: 0xffffff }),
      sequence: fc.integer({ min: 0, max: 0xffffffff }),
      meter: fc.integer({ min: 0, max: 7 }),
      uptimeMs: fc.integer({ min: 0, max: 0xffffffffffff }),
      endUtcMs: fc.integer({ min: 0, max: 0xffffffffffff }),
      currentMa: int32,
      minCurrentMa: int32,
      maxCurrentMa: int32,
      voltageMv: int32,
      importMwh: counter,
      exportMwh: counter,
      relays: fc.nat(15),
      flags: fc.nat(31),
      chargePermille: fc.nat(1000),
    },
    { noNullPrototype: true },
  )
  .chain((whole) => {
    const { chargePermille, ...without } = whole;
    const stored = { kind: "reading" as const, batch: null, leaf: null };
    return fc.constantFrom<StoredReading>({ ...stored, ...without, chargePermille }, { ...stored, ...without });
  });
const readings = fc.uniqueArray(reading, { minLength: 1, maxLength: 12, selector: ({ boardId, boot, sequence }) => `${boardId} ${boot} ${sequence}` });

describe("batch", () => {
  it("has the root and the proofs of OpenZeppelin's StandardMerkleTree", () => {
    fc.assert(
      fc.property(readings, (batch) => {
        const values = batch.map((one) => leafValues(ledgerReading(one, SALT_KEY)));
        const standard = StandardMerkleTree.of(values, LEAF_TYPES);
        const tree = readingTree(batch, SALT_KEY);
        assert.equal(tree.root, standard.root);
        for (const [index, value] of values.entries()) {
          assert.deepEqual(tree.proof(index), standard.getProof(index));
          assert.ok(StandardMerkleTree.verify(tree.root, LEAF_TYPES, value, tree.proof(index)));
        }
      }),
      { numRuns: 25, seed: 2309 },
    );
  });

  it("hashes a reading as OpenZeppelin does, and never two different ones alike", () => {
    fc.assert(
      fc.property(reading, reading, (one, other) => {
        const value = leafValues(ledgerReading(one, SALT_KEY));
        assert.equal(leafHash(ledgerReading(one, SALT_KEY)), StandardMerkleTree.of([value], LEAF_TYPES).leafHash(value));
        const [leaf, otherLeaf] = [one, other].map((each) => leafHash(ledgerReading(each, SALT_KEY)));
        assert.equal(leaf === otherLeaf, JSON.stringify(one) === JSON.stringify(other));
      }),
      { numRuns: 50, seed: 2310 },
    );
  });

  it("is the same when it is made again from the same readings, and another one under another key", () => {
    fc.assert(
      fc.property(readings, (batch) => {
        const again = batch.map((one) => ({ ...one, batch: 5, leaf: 2 }));
        assert.equal(readingTree(again, SALT_KEY).root, readingTree(batch, SALT_KEY).root);
        assert.notEqual(readingTree(batch, saltKeyOf(`0x${"22".repeat(32)}`)).root, readingTree(batch, SALT_KEY).root);
      }),
      { numRuns: 25, seed: 2311 },
    );
  });

  it("has a zero root without readings, as the contract demands", () => {
    assert.equal(readingTree([], SALT_KEY).root, ZeroHash);
  });

  it("salts each record with 32 bytes of its own", () => {
    const key = fc.record({ boardId: fc.stringMatching(/^[0-9a-f]{12}$/), boot: fc.nat(), sequence: fc.nat() }, { noNullPrototype: true });
    fc.assert(
      fc.property(key, key, (one, other) => {
        assert.match(leafSalt(SALT_KEY, one), /^0x[0-9a-f]{64}$/);
        assert.equal(leafSalt(SALT_KEY, one) === leafSalt(SALT_KEY, other), JSON.stringify(one) === JSON.stringify(other));
      }),
      { seed: 2307 },
    );
  });

  it("never takes a reading whose time nobody knows", () => {
    const refused = fc.property(reading, (one) => assert.throws(() => ledgerReading({ ...one, endUtcMs: null }, SALT_KEY), /no UTC time/));
    fc.assert(refused, { seed: 2320 });
  });

  it("spans its readings or, without any, its slots' ends", () => {
    fc.assert(
      fc.property(readings, (batch) => {
        const ends = batch.map(({ endUtcMs }) => Number(endUtcMs));
        assert.deepEqual(batchPeriod(batch, [], 1000), { fromUtcMs: Math.min(...ends), toUtcMs: Math.max(...ends) });
      }),
      { seed: 2308 },
    );
    const checkpoints = [4, 2, 3].map((slot) => ({ meterId: "", slot, importMwh: 0, exportMwh: 0 }));
    assert.deepEqual(batchPeriod([], checkpoints, 1000), { fromUtcMs: 3000, toUtcMs: 5000 });
    assert.throws(() => batchPeriod([], [], 1000), /neither/);
  });
});
