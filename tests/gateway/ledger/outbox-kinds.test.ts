import assert from "node:assert/strict";
import { Interface, Transaction } from "ethers";
import { energyLedgerAbi } from "#contracts/dist/abi.ts";
import { signCall } from "#gateway/ledger/sign.ts";
import type { OutboxTransaction, TransactionKind } from "#gateway/store/settlement.ts";
import { SLOT_MS } from "./records.ts";
import { assertSettled, CHAIN_ID, openHome, startVillage, until, untilFinal, type Home, type Village } from "./village.ts";

/** Slots of a chain's absence that are drained afterwards; four weeks of quarter-hours are 2688. */
const AWAY_SLOTS = Number(process.env["AWAY_SLOTS"] ?? 48);

describe("outbox of several kinds", function () {
  this.timeout(30_000 + AWAY_SLOTS * 200);
  let village: Village;
  let home: Home;
  beforeEach(async () => {
    village = await startVillage();
    home = await openHome(village);
  });
  afterEach(async () => {
    await home.close();
    await village.close();
  });

  const contract = new Interface(energyLedgerAbi);
  /** A call that the ledger takes, and one that it refuses: only the community may pause it. */
  const HARMLESS = contract.encodeFunctionData("slotSeconds");
  const REFUSED = contract.encodeFunctionData("pause");

  async function enqueue(kind: TransactionKind, subject: number, nonce: number, data = HARMLESS): Promise<void> {
    const call = { to: village.deployment.contracts.energyLedger.address, data, gasLimit: 100_000n };
    const signature = await signCall(village.signer, CHAIN_ID, nonce, call);
    await home.store.addTransaction({ kind, subject, ...signature, state: "signed", blockNumber: null, blockHash: null, createdUtcMs: 0 });
  }

  async function outbox(): Promise<OutboxTransaction[]> {
    return (await home.store.newestTransactions(100)).toReversed();
  }

  const settled = () => until(async () => (await outbox()).every(({ state }) => state === "final" || state === "reverted"));

  /** Each in the block that the store says, later ones not before earlier ones, each nonce once. */
  async function assertOrdered(): Promise<void> {
    const all = await outbox();
    const nonces = all.map(({ nonce }) => nonce);
    assert.deepEqual(nonces, [...new Set(nonces)].sort((a, b) => a - b));
    for (const { hash, blockHash } of all) assert.equal((await village.provider.getTransactionReceipt(hash))?.blockHash, blockHash);
    assert.equal(await village.chain.nextNonce(village.signer.address), nonces.length);
  }

  /** Commits two slots, then stops with these two batches mined, and not final. */
  async function mineTwo(): Promise<void> {
    home.start({ finalityDepth: 50 });
    for (const slot of [0, 1]) {
      await home.measure(slot, 1);
      await until(async () => (await home.store.batch(slot + 1))?.transaction.state === "mined");
    }
    await home.drop();
  }

  async function pause(paused: boolean): Promise<void> {
    const { registrar, provider, deployment } = village;
    const nonce = await provider.getTransactionCount(registrar.address, "latest");
    const call = { to: deployment.contracts.energyLedger.address, data: contract.encodeFunctionData(paused ? "pause" : "unpause"), gasLimit: 100_000n };
    await village.rpc("eth_sendRawTransaction", [(await signCall(registrar, CHAIN_ID, nonce, call)).raw]);
  }

  it("mines all kinds in their order, and again in that order after a reorganisation", async () => {
    home.start();
    await home.measure(0, 1);
    await untilFinal(home.store, 1);
    await enqueue("order", 1, 1);
    await enqueue("clear", 7, 2);
    await enqueue("deposit", 1, 3);
    await settled();
    await assertOrdered();
    const before = await outbox();
    await village.rpc("anvil_reorg", [4, []]);
    await until(async () => (await outbox()).every(({ state, blockHash }, i) => state === "final" && blockHash !== before[i]?.blockHash));
    await assertOrdered();
    assert.deepEqual((await outbox()).map(({ raw }) => raw), before.map(({ raw }) => raw));
    await assertSettled(village, home.store);
  });

  it("sends what a contract refuses by now all the same, so that what is behind it goes on; it is not signed anew", async () => {
    await enqueue("clear", 7, 0, REFUSED);
    await enqueue("order", 1, 1);
    home.start();
    await settled();
    assert.deepEqual((await outbox()).map(({ kind, state }) => [kind, state]), [["clear", "reverted"], ["order", "final"]]);
    await assertOrdered();
  });

  it("signs several refused batches anew, in order, behind what took the nonces after theirs", async () => {
    await mineTwo();
    await village.rpc("evm_setAutomine", [false]);
    await village.rpc("anvil_reorg", [2, []]);
    await village.rpc("anvil_dropAllTransactions");
    await village.rpc("evm_setAutomine", [true]);
    await pause(true);
    for (const { raw } of await outbox()) await village.rpc("eth_sendRawTransaction", [raw]);
    await enqueue("order", 1, 2);
    const ledger = home.start();
    await until(async () => (await home.store.transaction("order", 1))?.state === "final");
    await until(() => /paused/.test(ledger.status().detail ?? ""));
    assert.deepEqual((await outbox()).map(({ state }) => state), ["reverted", "reverted", "final"]);
    await pause(false);
    await untilFinal(home.store, 2);
    assert.deepEqual((await outbox()).map(({ nonce }) => nonce), [3, 4, 2]);
    await assertSettled(village, home.store);
  });

  it("signs with the nonces that are free again when the chain came back older than a refusal", async () => {
    const older = await village.rpc("evm_snapshot");
    await mineTwo();
    // As if both had been refused once and signed anew.
    for (const { id, raw, nonce } of await outbox()) {
      const { to, data, gasLimit } = Transaction.from(raw);
      await home.store.resignTransaction(id, await signCall(village.signer, CHAIN_ID, nonce + 2, { to: to ?? assert.fail(), data, gasLimit }));
    }
    await village.rpc("evm_revert", [older]);
    home.start();
    await untilFinal(home.store, 2);
    assert.deepEqual((await outbox()).map(({ nonce }) => nonce), [0, 1]);
    await assertSettled(village, home.store);
  });

  it("knows a transaction again that was mined under an earlier signature", async () => {
    await mineTwo();
    const before = await outbox();
    for (const { id, raw, nonce } of before) {
      const { to, data, gasLimit } = Transaction.from(raw);
      await home.store.resignTransaction(id, await signCall(village.signer, CHAIN_ID, nonce + 2, { to: to ?? assert.fail(), data, gasLimit }));
    }
    home.start();
    await untilFinal(home.store, 2);
    assert.deepEqual((await outbox()).map(({ hash }) => hash), before.map(({ hash }) => hash));
    await assertSettled(village, home.store);
  });

  it(`drains ${AWAY_SLOTS} slots of the chain's absence, several in a batch, within the block's gas, one transaction under way at a time`, async () => {
    await home.close();
    village.bootUtcMs -= AWAY_SLOTS * SLOT_MS;
    home = await openHome(village);
    home.proxy.target = null;
    let most = 0;
    const { store } = home;
    const ledger = home.start({
      store: {
        ...store,
        async addBatch(batch) {
          const added = await store.addBatch(batch);
          most = Math.max(most, (await store.openTransactions(9)).filter(({ state }) => state === "signed").length);
          return added;
        },
      },
    });
    for (let slot = 0; slot < AWAY_SLOTS; slot += 24) await home.measure(slot, Math.min(24, AWAY_SLOTS - slot));
    await until(() => ledger.status().state === "away");
    assert.deepEqual(await outbox(), []);
    home.proxy.target = village.anvil.rpcUrl;
    await until(async () => (await store.unbatchedCheckpoints(1)).length === 0 && (await store.unbatchedReadings(Infinity, 1)).length === 0);
    await settled();
    assert.equal(most, 1);
    const { gasLimit } = await village.chain.head();
    const batches = (await outbox()).length;
    assert.ok(batches < AWAY_SLOTS / 2, `${batches} batches`);
    for (const { raw } of await outbox()) assert.ok(Transaction.from(raw).gasLimit <= gasLimit);
    await assertSettled(village, home.store);
  });
});
