import assert from "node:assert/strict";
import type { Rpc } from "#chain/rpc.ts";
import { createFinality } from "#gateway/ledger/finality.ts";

const address = (name: string): string => `0x${name.charCodeAt(0).toString(16).padStart(40, "0")}`;

/** A node's answers: its program's name, its authorities' letters, and who sealed each block from 1 on. */
function node(version: string, chain: { authorities?: string; sealers?: string } = {}): { rpc: Rpc; calls: string[] } {
  const calls: string[] = [];
  const rpc: Rpc = async (method, params = []) => {
    calls.push(method);
    if (method === "web3_clientVersion") return version;
    if (method === "clique_getSigners" || method === "qbft_getValidatorsByBlockNumber") {
      if (chain.authorities === undefined) throw new Error(`${method}: not allowed`);
      return chain.authorities.split("").map(address);
    }
    assert.equal(method, "eth_getBlockByNumber");
    const sealer = chain.sealers?.[Number(params[0]) - 1];
    return sealer === undefined ? null : { number: params[0], hash: `0x${"ab".repeat(32)}`, timestamp: "0x1", miner: address(sealer) };
  };
  return { rpc, calls };
}

describe("finality of a gateway's chain", () => {
  /** Depths at which block 10 is final and not yet final. */
  async function turnsFinalAt(rpc: Rpc, leastDepth = 1): Promise<number> {
    const finality = createFinality({ rpc, leastDepth });
    await finality.follow(10);
    for (let depth = 1; ; depth++) if (await finality.isFinal(10, 10 + depth - 1)) return depth;
  }

  it("is the engine's, for as many authorities as there are", async () => {
    assert.equal(await turnsFinalAt(node("Geth/v1.13.15-stable", { authorities: "abc" }).rpc), 4);
    assert.equal(await turnsFinalAt(node("Geth/v1.13.15-stable", { authorities: "abcd" }).rpc), 6);
    assert.equal(await turnsFinalAt(node("besu/v25.1", { authorities: "abcd" }).rpc), 1);
    assert.equal(await turnsFinalAt(node("anvil/v1.7.1").rpc), 1);
  });

  it("follows the votes: each newest block asks once who the authorities are", async () => {
    const chain = { authorities: "abc" };
    const { rpc, calls } = node("Geth/v1.13.15-stable", chain);
    const finality = createFinality({ rpc, leastDepth: 1 });
    await finality.follow(1);
    await finality.follow(1);
    assert.deepEqual([finality.depth(), calls.filter((call) => call === "clique_getSigners").length], [4, 1]);
    chain.authorities = "abcd";
    await finality.follow(2);
    assert.deepEqual([finality.depth(), finality.authorities()], [6, 4]);
    chain.authorities = "a";
    await finality.follow(3);
    assert.equal(finality.depth(), 2);
  });

  it("is never below what the settings say, which is all that holds where the node does not tell", async () => {
    assert.equal(await turnsFinalAt(node("Geth/v1.13.15-stable", { authorities: "abc" }).rpc, 9), 9);
    assert.equal(await turnsFinalAt(node("Geth/v1.13.15-stable").rpc, 6), 6);
    assert.equal(await turnsFinalAt(node("other/v1").rpc, 5), 5);
  });

  it("keeps what it knew while the node does not say", async () => {
    const chain: { authorities?: string } = { authorities: "abcd" };
    const finality = createFinality({ rpc: node("Geth/v1.13.15-stable", chain).rpc, leastDepth: 1 });
    await finality.follow(1);
    delete chain.authorities;
    await finality.follow(2);
    assert.equal(finality.depth(), 6);
  });

  it("of AuRa waits for more than half of the authorities among a block's successors, however many blocks the others make", async () => {
    // Three authorities, as the settings say; block 10 is the first of "a" alone.
    const sealers = `${"abc".repeat(3)}${"a".repeat(40)}b`;
    const { rpc } = node("Nethermind/v1.36", { sealers });
    assert.equal(await turnsFinalAt(rpc, 3), 41);
    assert.equal(await turnsFinalAt(node("Nethermind/v1.36", { sealers: "abc".repeat(9) }).rpc, 3), 3);
  });

  it("names who may seal and who sealed the newest block, where the node tells", async () => {
    const sealing = async (rpc: Rpc) => {
      const finality = createFinality({ rpc, leastDepth: 1 });
      await finality.follow(2);
      const { validators, headSealer } = finality.sealing();
      return [validators.map((one) => one.toLowerCase()), headSealer?.toLowerCase() ?? null];
    };
    assert.deepEqual(await sealing(node("besu/v25.1", { authorities: "abc", sealers: "ab" }).rpc), [["a", "b", "c"].map(address), address("b")]);
    assert.deepEqual(await sealing(node("besu/v25.1", { sealers: "ab" }).rpc), [[], address("b")]);
    assert.deepEqual(await sealing(node("anvil/v1.7.1", { sealers: "ab" }).rpc), [[], null]);
  });
});
