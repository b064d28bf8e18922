import assert from "node:assert/strict";
import fc from "fast-check";
import { Wallet, id } from "ethers";
import { startAnvil, type Anvil } from "#chain/anvil.ts";
import { ENGINES } from "#chain/description.ts";
import { finalityDepth, isFinal, majority, stalledAfterMs } from "#chain/finality.ts";
import { connectChain } from "#chain/provider.ts";
import { createRpc, type Rpc } from "#chain/rpc.ts";
import { transact } from "#chain/transact.ts";

const authorities = fc.integer({ min: 1, max: 25 });

describe("finality", () => {
  it("is as deep as each engine needs", () => {
    const depths = (engine: (typeof ENGINES)[number]): number[] => [1, 2, 3, 4, 5, 7].map((count) => finalityDepth(engine, count));
    assert.deepEqual(depths("clique"), [2, 4, 4, 6, 6, 8]);
    assert.deepEqual(depths("aura"), [1, 2, 3, 4, 5, 7]);
    assert.deepEqual(depths("qbft"), [1, 1, 1, 1, 1, 1]);
    assert.deepEqual(depths("anvil"), [1, 1, 1, 1, 1, 1]);
  });

  it("of Clique holds the signatures of a majority twice over, however its authorities take turns", () => {
    fc.assert(
      fc.property(authorities, fc.infiniteStream(fc.nat()), (count, choices) => {
        // EIP-225: one who signed one of the last ⌊n/2⌋ blocks cannot sign the next.
        const sealers: string[] = [];
        for (let block = 0; block < finalityDepth("clique", count); block++) {
          const recent = sealers.slice(-Math.floor(count / 2) || sealers.length);
          const free = Array.from({ length: count }, (_, index) => `v${index}`).filter((name) => !recent.includes(name));
          sealers.push(free[(choices.next().value ?? 0) % free.length] ?? "");
        }
        const half = sealers.length / 2;
        assert.ok(new Set(sealers.slice(0, half)).size >= majority(count));
        assert.ok(new Set(sealers.slice(half)).size >= majority(count));
        assert.equal(isFinal("clique", count, sealers), true);
        assert.equal(isFinal("clique", count, sealers.slice(1)), false);
      }),
    );
  });

  it("of AuRa waits until more than half built on the block, also when some are away", () => {
    assert.equal(isFinal("aura", 3, ["a", "b", "c"]), true);
    assert.equal(isFinal("aura", 3, ["a", "b"]), false, "fewer blocks than authorities");
    assert.equal(isFinal("aura", 3, ["a", "b", "a"]), true, "two of three");
    assert.equal(isFinal("aura", 5, ["a", "b", "a", "b", "a", "b", "a"]), false, "two of five make blocks for ever, and none is final");
    assert.equal(isFinal("aura", 4, ["a", "b", "a", "b"]), false, "half is not more than half");
  });

  it("never comes back: a block that is final stays so with every block more", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ENGINES), authorities, fc.array(fc.nat({ max: 24 }), { maxLength: 80 }), (engine, count, names) => {
        const sealers = names.map((name) => `v${name % count}`);
        const answers = sealers.map((_, index) => isFinal(engine, count, sealers.slice(0, index + 1)));
        assert.deepEqual(answers, answers.toSorted((a, b) => Number(a) - Number(b)));
      }),
    );
  });

  it("lets no turn of an absent authority count as a stall", () => {
    fc.assert(
      fc.property(authorities, fc.integer({ min: 1, max: 60 }), (count, periodSeconds) => {
        assert.ok(stalledAfterMs(periodSeconds, count) > count * periodSeconds * 1000);
      }),
    );
  });

  describe("under reorganisations", function () {
    let anvil: Anvil;
    let rpc: Rpc;
    before(async () => {
      anvil = await startAnvil({ port: 0 });
      rpc = createRpc(anvil.rpcUrl);
    });
    after(() => anvil.stop());

    it("of three Clique authorities outlasts every one that is less deep than it, and no shallower depth would", async () => {
      const provider = connectChain(anvil.rpcUrl, 0x2323);
      const signer = new Wallet(id("finality"));
      const depth = finalityDepth("clique", 3);
      for (let deep = 1; deep < depth; deep++) {
        for (const blocksAfter of [deep - 1, depth - 1]) {
          const { hash, blockHash, blockNumber } = await transact({ provider, signer, to: signer.address, data: "0x", gasLimit: 30_000 });
          for (let block = 0; block < blocksAfter; block++) await rpc("evm_mine");
          // The cast: the standard's block.
          const sealers = ["a", "b", "c", "a"].slice(0, blocksAfter + 1);
          await rpc("anvil_reorg", [deep, []]);
          const receipt = await provider.getTransactionReceipt(hash);
          const stands = receipt?.blockHash === blockHash;
          assert.equal(stands, blocksAfter >= deep, `${deep} deep, ${blocksAfter} blocks after block ${blockNumber}`);
          if (isFinal("clique", 3, sealers)) assert.ok(stands, "it was final");
          // What was thrown out is not in the pool any more: the next one begins at the same nonce.
          await rpc("evm_mine");
        }
      }
      provider.destroy();
    });
  });
});
