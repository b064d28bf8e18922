import assert from "node:assert/strict";
import fc from "fast-check";
import { connectChain } from "#chain/provider.ts";
import { nodeKeyOf } from "#gateway/ledger/node-key.ts";
import { readingProofSchema, verifyReading, type ReadingProof, type VerifierChain, type VerifyCheck } from "#gateway/ledger/verify.ts";
import { verifyReadings } from "#gateway/ledger/verify-many.ts";
import { BOARD_ID } from "./records.ts";
import { CHAIN_ID, openHome, startVillage, untilFinal, wallet, type Home, type Village } from "./village.ts";

describe("proof of a reading", function () {
  let village: Village;
  let home: Home;
  let proof: ReadingProof;
  before(async () => {
    village = await startVillage();
    home = await openHome(village);
    const ledger = home.start();
    await home.measure(0, 2);
    await untilFinal(home.store, 1);
    const found = await ledger.proof({ boardId: BOARD_ID, boot: 1, sequence: 7 });
    // As it comes over HTTP.
    proof = readingProofSchema.parse(JSON.parse(JSON.stringify(found)));
  });
  after(async () => {
    await home.close();
    await village.close();
  });

  const verify = (document: unknown): Promise<VerifyCheck[]> =>
    verifyReading({ proof: document, provider: village.provider, deployment: village.deployment });
  async function failed(document: unknown): Promise<string[]> {
    return (await verify(document)).filter(({ ok }) => !ok).map(({ name }) => name);
  }

  it("holds at every step", async () => {
    const checks = await verify(proof);
    assert.deepEqual(
      checks.map(({ name, ok }) => [name, ok]),
      ["document", "chain", "leaf", "root", "root on chain", "contract", "meter", "transaction"].map((name) => [name, true]),
    );
  });

  it("fails at the leaf, and in the contract's own eyes, when any value of the reading is another", async () => {
    const fields = Object.keys(proof.reading) as (keyof ReadingProof["reading"])[];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...fields), fc.integer({ min: 1, max: 1000 }), async (field, change) => {
        const value = proof.reading[field];
        const other = typeof value === "number" ? (value + change) % 65_536 : `0x${change.toString(16).padStart(64, "0")}`;
        fc.pre(other !== value);
        const names = await failed({ ...proof, reading: { ...proof.reading, [field]: other } });
        assert.ok(["leaf", "root", "contract"].every((name) => names.includes(name)), names.join());
      }),
      { numRuns: 40, seed: 2321 },
    );
  });

  it("fails where it was bent: siblings, root, batch, node, transaction, contract, chain", async () => {
    const other = `0x${"cd".repeat(32)}`;
    assert.deepEqual(await failed({ ...proof, proof: proof.proof.slice(1) }), ["root", "contract"]);
    assert.deepEqual(await failed({ ...proof, proof: [...proof.proof, other] }), ["root", "contract"]);
    assert.deepEqual(await failed({ ...proof, root: other }), ["root", "root on chain"]);
    assert.deepEqual(await failed({ ...proof, leaf: other }), ["leaf"]);
    assert.deepEqual(await failed({ ...proof, batch: 2 }), ["root on chain", "contract", "transaction"]);
    assert.deepEqual(await failed({ ...proof, node: 2 }), ["root on chain", "contract", "meter", "transaction"]);
    assert.deepEqual(await failed({ ...proof, transactionHash: other }), ["transaction"]);
    assert.deepEqual(await failed({ ...proof, chainId: 1 }), ["chain"]);
    assert.deepEqual(await failed({ ...proof, genesisHash: other }), ["chain"]);
    assert.deepEqual(await failed({ ...proof, energyLedger: village.deployment.contracts.meterRegistry.address }), ["chain"]);
  });

  it("tells what was expected and what came", async () => {
    const checks = await verify({ ...proof, node: 2 });
    const meter = checks.find(({ name }) => name === "meter");
    assert.deepEqual([meter?.expected, meter?.actual], ["of node 2", "of node 1"]);
  });

  it("is refused with the field's name when it is no proof", async () => {
    const { root: _root, ...without } = proof;
    for (const document of [null, "proof", {}, without, { ...proof, reading: { ...proof.reading, currentMa: 1.5 } }, { ...proof, proof: ["0x12"] }]) {
      const checks = await verify(document);
      assert.deepEqual(checks.map(({ name, ok }) => [name, ok]), [["document", false]]);
    }
    assert.match((await verify(without))[0]?.actual ?? "", /root/);
  });

  it("is not proven by a chain that does not answer", async () => {
    const provider = connectChain("http://127.0.0.1:9", CHAIN_ID);
    const checks = await verifyReading({ proof, provider, deployment: village.deployment });
    provider.destroy();
    const names = checks.filter(({ ok }) => !ok).map(({ name }) => name);
    assert.deepEqual(names, ["chain", "root on chain", "contract", "meter", "transaction"]);
    assert.match(checks.find(({ name }) => name === "chain")?.actual ?? "", /cannot be reached/);
  });

  it("is there for every reading of a batch, after a restart too, and for no other one", async () => {
    await home.drop();
    const ledger = home.start();
    for (const { boardId, boot, sequence } of await home.store.batchReadings(1)) {
      const document = await ledger.proof({ boardId, boot, sequence });
      assert.deepEqual(await failed(document), []);
    }
    assert.equal(await ledger.proof({ boardId: BOARD_ID, boot: 9, sequence: 7 }), null);
  });

  it("holds for all readings of a period at once, asking the chain once a batch, and names those that were bent or swapped", async () => {
    const { chain, deployment } = village;
    let asked = 0;
    const counting: VerifierChain = { ...chain, batchRoot: (node, batch) => ((asked += 1), chain.batchRoot(node, batch)) };
    await home.drop();
    const ledger = home.start();
    const readings = await home.store.batchReadings(1);
    async function* proofs(bend: boolean): AsyncGenerator<{ reading: string; proof: unknown }> {
      for (const [index, { boardId, boot, sequence }] of readings.entries()) {
        const found = await ledger.proof({ boardId, boot, sequence });
        assert.ok(found);
        const shown = { ...found.reading, importMwh: found.reading.importMwh + (bend && index === 3 ? 1 : 0) };
        yield { reading: `${boardId}-${boot}-${sequence + (bend && index === 5 ? 1 : 0)}`, proof: { ...found, reading: shown } };
      }
    }
    assert.deepEqual(await verifyReadings(proofs(false), counting, deployment), { proven: readings.length, batches: [1], failed: [], failures: 0 });
    assert.equal(asked, 1);
    const bent = await verifyReadings(proofs(true), counting, deployment);
    assert.deepEqual([bent.proven, bent.failures], [readings.length - 2, 2]);
    assert.deepEqual(
      bent.failed.map(({ checks }) => checks.map(({ name }) => name)),
      [["leaf", "root"], ["document"]],
    );
  });

  it("is refused, not made up, when the salts' key is another one", async () => {
    await home.drop();
    const ledger = home.start({ key: nodeKeyOf(wallet("stranger")) });
    await assert.rejects(ledger.proof({ boardId: BOARD_ID, boot: 1, sequence: 7 }), /keystores of replaced keys/);
  });
});
