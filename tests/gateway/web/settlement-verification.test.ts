import assert from "node:assert/strict";
import { SimpleMerkleTree, StandardMerkleTree } from "@openzeppelin/merkle-tree";
import fc from "fast-check";
import { LEAF_TYPES, leafValues } from "#contracts/leaf.ts";
import type { LedgerReading } from "#contracts/leaf.ts";
import type { Reading } from "#gateway/api/schemas/records.ts";
import type { ReadingProof } from "#gateway/ledger/verify.ts";
import * as merkle from "#gateway/web/app/pages/settlement/merkle.ts";
import { verdictOf, verify } from "#gateway/web/app/pages/settlement/verification.ts";

const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const int32 = fc.integer({ min: -0x80000000, max: 0x7fffffff });
const uint16 = fc.integer({ min: 0, max: 0xffff });
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);
const reading: fc.Arbitrary<LedgerReading> = fc.record({
  meterId: bytes32,
  boot: uint32,
  sequence: uint32,
  uptimeMs: fc.maxSafeNat(),
  endUtcMs: fc.maxSafeNat(),
  currentMa: int32,
  minCurrentMa: int32,
  maxCurrentMa: int32,
  voltageMv: int32,
  importMwh: fc.maxSafeNat(),
  exportMwh: fc.maxSafeNat(),
  state: uint16,
  chargePermille: uint16,
  salt: bytes32,
});
const batch = fc.array(reading, { minLength: 1, maxLength: 20 });

describe("the proof of a reading, checked in the browser", () => {
  it("hashes leaf and root as OpenZeppelin's trees do", () => {
    fc.assert(
      fc.property(batch, fc.nat(), (readings, pick) => {
        const values = readings.map(leafValues);
        const tree = StandardMerkleTree.of(values, LEAF_TYPES);
        const index = pick % readings.length;
        const one = readings[index];
        assert.ok(one !== undefined);
        const leaf = merkle.leafOf(one);
        assert.equal(leaf, tree.leafHash(leafValues(one)));
        assert.equal(merkle.rootOf(leaf, tree.getProof(index)), tree.root);
      }),
      { numRuns: 8 },
    );
  });

  /** A reading as the API shows it, its proof, and the root of its batch. */
  function claims(readings: readonly LedgerReading[]) {
    const [one] = readings;
    assert.ok(one !== undefined);
    const tree = SimpleMerkleTree.of(readings.map(merkle.leafOf));
    const { salt: _salt, meterId: _meterId, state: _state, ...shared } = one;
    const shown: Reading = { ...shared, id: "24a160aabbcc-1-1", boardId: "24a160aabbcc", meter: 0, powerMw: 0, closedRelays: [], flags: [], batchNumber: 1 };
    const proof: ReadingProof = {
      version: 1,
      chainId: 8995,
      genesisHash: tree.root,
      energyLedger: `0x${"b2".repeat(20)}`,
      node: 1,
      batch: 1,
      root: tree.root,
      transactionHash: tree.root,
      reading: one,
      leaf: merkle.leafOf(one),
      proof: tree.getProof(0),
    };
    return { reading: shown, proof, batchRoot: tree.root, eventRoot: tree.root };
  }

  it("proves what fits at every step, and says so only then", () => {
    fc.assert(
      fc.property(batch, (readings) => {
        const all = claims(readings);
        assert.equal(verdictOf(verify(all, merkle)), "proven");
        assert.equal(verdictOf(verify({ ...all, eventRoot: null }, merkle)), "consistent");
      }),
      { numRuns: 8 },
    );
  });

  it("refuses a reading, a leaf, a sibling or a root that is another, and names that step", () => {
    fc.assert(
      fc.property(batch, bytes32, (readings, other) => {
        const all = claims([...readings, ...readings.map((one) => ({ ...one, boot: one.boot ^ 1, salt: other }))]);
        const { proof } = all;
        const wrongAt = (change: Partial<typeof all>) =>
          verify({ ...all, ...change }, merkle)
            .filter(({ result }) => result === "wrong")
            .map(({ name }) => name);
        assert.deepEqual(wrongAt({ reading: { ...all.reading, importMwh: all.reading.importMwh + 1 } }), ["values"]);
        const more = { ...proof.reading, exportMwh: proof.reading.exportMwh + 1 };
        assert.deepEqual(wrongAt({ proof: { ...proof, reading: more } }), ["values", "leaf", "root", "batch", "chain"]);
        assert.deepEqual(wrongAt({ proof: { ...proof, leaf: other } }), ["leaf"]);
        assert.deepEqual(wrongAt({ proof: { ...proof, proof: [other, ...proof.proof.slice(1)] } }), ["root", "batch", "chain"]);
        assert.deepEqual(wrongAt({ batchRoot: other }), ["batch"]);
        assert.deepEqual(wrongAt({ eventRoot: other }), ["chain"]);
      }),
      { numRuns: 8 },
    );
  });
});
