import assert from "node:assert/strict";
import { Transaction } from "ethers";
import { meterIdOf } from "#contracts/meter-id.ts";
import type { OutboxTransaction } from "#gateway/store/store.ts";
import type { Fate } from "./proxy.ts";
import { BOARD_ID, countersAt, SLOT_MS } from "./records.ts";
import { assertSettled, CHAIN_ID, openHome, startVillage, until, untilFinal, type Home, type Village } from "./village.ts";

describe("outbox", function () {
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

  /** Measures and settles slots one by one: a batch each. */
  async function settleSlots(from: number, to: number): Promise<void> {
    for (let slot = from; slot < to; slot++) {
      await home.measure(slot, 1);
      await untilFinal(home.store, slot + 1);
    }
  }

  async function pooled(): Promise<number> {
    // The cast: what anvil answers.
    return Number(((await village.rpc("txpool_status")) as { pending: string }).pending);
  }

  it("puts each slot's readings and checkpoints on the chain, once and in order", async () => {
    home.start();
    await settleSlots(0, 3);
    await assertSettled(village, home.store);
    assert.deepEqual(await home.store.unbatchedReadings(Infinity, 10), []);
    assert.deepEqual(await home.store.unbatchedCheckpoints(10), []);
    for (const [meter, counters] of countersAt(3 * SLOT_MS).entries()) {
      const { slot, counters: onChain } = (await village.chain.meterOf(village.node, meterIdOf(BOARD_ID, meter))) ?? {};
      assert.deepEqual([slot, onChain], [(village.bootUtcMs + 3 * SLOT_MS) / SLOT_MS - 1, counters]);
    }
  });

  it("gives a commit gas to spare, even a node's and its meters' first one, which is the dearest", async () => {
    home.start();
    await settleSlots(0, 1);
    const { transaction } = (await home.store.batch(1)) ?? assert.fail();
    const receipt = await village.provider.getTransactionReceipt(transaction.hash);
    assert.ok(receipt !== null && receipt.gasUsed * 5n < Transaction.from(transaction.raw).gasLimit * 4n, `${receipt?.gasUsed} gas`);
  });

  it("cuts a backlog into several batches and commits all of it", async () => {
    await home.measure(0, 5);
    home.start({ limits: { readings: 30, checkpoints: 4 } });
    await until(async () => (await home.store.unbatchedReadings(Infinity, 1)).length === 0);
    const batches = await home.store.batches({ limit: 100 });
    await untilFinal(home.store, batches.length);
    await assertSettled(village, home.store);
    assert.ok(batches.length >= 4 && batches.every(({ readingCount }) => readingCount <= 30));
    assert.deepEqual(await home.store.unbatchedCheckpoints(10), []);
  });

  for (const fate of ["lose request", "lose answer"] as const) {
    it(`mines each batch exactly once over a line that may ${fate} of any call`, async () => {
      // One of six, at places that are the same in every run but in step with nothing.
      let state = 1;
      home.proxy.fate = () => ((state = (state * 48_271) % 0x7fffffff) % 6 === 0 ? fate : "pass");
      home.start();
      await settleSlots(0, 3);
      await assertSettled(village, home.store);
    });

    it(`sends the same bytes until they are mined when the line does ${fate} of a broadcast`, async () => {
      let broadcasts = 0;
      home.proxy.fate = (method): Fate => (method === "eth_sendRawTransaction" && (broadcasts += 1) <= 3 ? fate : "pass");
      await village.rpc("evm_setAutomine", [false]);
      home.start();
      await home.measure(0, 1);
      await until(() => broadcasts > 5);
      assert.equal(await pooled(), 1);
      await village.rpc("evm_mine");
      await untilFinal(home.store, 1);
      await assertSettled(village, home.store);
    });
  }

  it("goes on after a crash at any step, before or after the step took effect", async () => {
    let batches = 0;
    for (const effect of [false, true]) {
      for (let step = 1, crashed = true; crashed; step++) {
        crashed = await crashAt(step, effect, batches);
        batches += 1;
      }
    }
    await assertSettled(village, home.store);
    assert.ok(batches >= 10, `${batches} steps were tried`);
  });

  /** Calls between which nothing changes anywhere; to die at another call is to die at the next of these. */
  const STEPS = ["eth_sendRawTransaction", "eth_getTransactionReceipt"];

  /** Measures one slot and lets the process die at its n-th step: a store write or one of those calls. @returns whether it came that far. */
  async function crashAt(step: number, effect: boolean, batches: number): Promise<boolean> {
    const { store, proxy } = home;
    let steps = 0;
    // The step itself may take effect; nothing after it does.
    const dead = (): boolean => steps >= step;
    async function writeOrDie<T>(write: () => Promise<T>): Promise<T> {
      const alive = !dead();
      steps += 1;
      if (alive && !dead()) return write();
      if (alive && effect) await write();
      throw new Error("the process is dead");
    }
    proxy.fate = (method) => {
      const alive = !dead();
      if (alive && !STEPS.includes(method)) return "pass";
      steps += 1;
      if (!dead()) return "pass";
      return alive && effect ? "lose answer" : "lose request";
    };
    await home.measure(batches, 1);
    let finished = false;
    home.start({
      store: {
        ...store,
        addBatch: (batch) => writeOrDie(() => store.addBatch(batch)),
        updateTransaction: (id, change) => writeOrDie(() => store.updateTransaction(id, change)),
      },
    });
    await until(async () => {
      finished = (await store.batch(batches + 1))?.transaction.state === "final";
      return dead() || finished;
    });
    await home.drop();
    proxy.fate = () => "pass";
    home.start();
    await untilFinal(store, batches + 1);
    await home.drop();
    return !finished;
  }

  it("broadcasts again what a wiped pool has lost", async () => {
    await village.rpc("evm_setAutomine", [false]);
    home.start();
    await home.measure(0, 1);
    for (let wiped = 0; wiped < 3; wiped++) {
      await until(async () => (await pooled()) === 1);
      await village.rpc("anvil_dropAllTransactions");
    }
    await until(async () => (await pooled()) === 1);
    await village.rpc("evm_mine");
    await untilFinal(home.store, 1);
    await assertSettled(village, home.store);
  });

  it("sends what cannot have been mined, and takes nothing for lost, while the chain's node still indexes its transactions", async () => {
    await village.rpc("evm_setAutomine", [false]);
    home.proxy.error = (method) => (method === "eth_getTransactionReceipt" ? "transaction indexing is in progress" : null);
    const ledger = home.start();
    await home.measure(0, 1);
    await until(async () => (await pooled()) === 1);
    await village.rpc("evm_mine");
    await until(() => /still indexes/.test(ledger.status().detail ?? ""));
    assert.equal((await home.store.batch(1))?.transaction.state, "signed");
    home.proxy.error = () => null;
    await untilFinal(home.store, 1);
    await assertSettled(village, home.store);
  });

  it("puts back, in order, what a reorganisation removed, even if it was final", async () => {
    home.start();
    await settleSlots(0, 3);
    await village.rpc("anvil_reorg", [2, []]);
    await until(async () => (await village.chain.nextBatch(village.node)) === 4);
    await untilFinal(home.store, 3);
    await settleSlots(3, 4);
    await assertSettled(village, home.store);
  });

  it("counts a transaction as final only so many blocks deep, and as signed again when its block goes before", async () => {
    home.start({ finalityDepth: 3 });
    const stateOf = async (): Promise<OutboxTransaction["state"] | undefined> => (await home.store.batch(1))?.transaction.state;
    await home.measure(0, 1);
    await until(async () => (await stateOf()) === "mined");
    const mined = (await home.store.batch(1))?.transaction;
    await village.rpc("evm_setAutomine", [false]);
    await village.rpc("anvil_reorg", [1, []]);
    await until(async () => (await stateOf()) === "signed" && (await pooled()) === 1);
    await village.rpc("anvil_mine", ["0x2"]);
    await until(async () => (await stateOf()) === "mined");
    await village.rpc("evm_mine");
    await untilFinal(home.store, 1);
    await assertSettled(village, home.store);
    const final = (await home.store.batch(1))?.transaction;
    assert.deepEqual([final?.raw, final?.nonce], [mined?.raw, mined?.nonce]);
    assert.notEqual(final?.blockHash, mined?.blockHash);
  });

  it("waits while the chain is away, and settles everything when it is back", async () => {
    const ledger = home.start();
    await settleSlots(0, 1);
    home.proxy.target = null;
    await home.measure(1, 1);
    await home.measure(2, 1);
    await until(() => ledger.status().state === "away");
    assert.match(ledger.status().detail ?? "", /cannot be reached/);
    assert.equal((await home.store.batches({ limit: 9 })).length, 1);
    home.proxy.target = village.anvil.rpcUrl;
    await until(async () => (await home.store.unbatchedCheckpoints(1)).length === 0);
    await untilFinal(home.store, 2);
    assert.equal(ledger.status().state, "following");
    await assertSettled(village, home.store);
  });

  it("puts back, in order, what a chain that came back older has forgotten", async () => {
    home.start();
    await settleSlots(0, 1);
    const older = await village.rpc("evm_snapshot");
    await settleSlots(1, 4);
    home.proxy.target = null;
    await village.rpc("evm_revert", [older]);
    home.proxy.target = village.anvil.rpcUrl;
    await until(async () => (await village.chain.nextBatch(village.node)) === 5);
    await untilFinal(home.store, 4);
    await settleSlots(4, 5);
    await assertSettled(village, home.store);
  });

  it("puts it back as well when the gateway was down meanwhile", async () => {
    const older = await village.rpc("evm_snapshot");
    home.start();
    await settleSlots(0, 3);
    await home.drop();
    await village.rpc("evm_revert", [older]);
    home.start();
    await until(async () => (await village.chain.nextBatch(village.node)) === 4);
    await untilFinal(home.store, 3);
    await assertSettled(village, home.store);
  });

  it("says so, and signs nothing more, when another program has used its key", async () => {
    home.proxy.fate = (method) => (method === "eth_sendRawTransaction" ? "lose request" : "pass");
    const ledger = home.start();
    await home.measure(0, 1);
    await until(async () => (await home.store.batch(1)) !== null);
    const { signer } = village;
    const raw = await signer.signTransaction({ type: 0, chainId: CHAIN_ID, nonce: 0, gasPrice: 0n, gasLimit: 21_000n, to: signer.address });
    await village.rpc("eth_sendRawTransaction", [raw]);
    home.proxy.fate = () => "pass";
    await home.measure(1, 1);
    await until(() => /another gateway/.test(ledger.status().detail ?? ""));
    assert.equal((await home.store.batches({ limit: 9 })).length, 1);
    assert.equal((await home.store.batch(1))?.transaction.state, "signed");
  });

  it("shows a batch that the contract refused in a block, and settles it once the contract would take it", async () => {
    home.proxy.fate = (method) => (method === "eth_sendRawTransaction" ? "lose request" : "pass");
    const ledger = home.start();
    await home.measure(0, 1);
    await until(async () => (await home.store.batch(1)) !== null);
    // The ledger tries each call on the newest block first, so only a change between that and the block can make it fail.
    const { transaction } = (await home.store.batch(1)) ?? assert.fail();
    await pause(true);
    await village.rpc("eth_sendRawTransaction", [transaction.raw]);
    await until(() => ledger.status().revertedTransactions === 1);
    await home.measure(1, 1);
    await until(() => /paused/.test(ledger.status().detail ?? ""));
    assert.equal((await home.store.batch(1))?.transaction.state, "reverted");
    assert.equal((await home.store.batches({ limit: 9 })).length, 1);

    home.proxy.fate = () => "pass";
    await pause(false);
    await untilFinal(home.store, 2);
    const settled = (await home.store.batch(1))?.transaction ?? assert.fail();
    assert.equal(settled.nonce, transaction.nonce + 1);
    assert.notEqual(settled.hash, transaction.hash);
    await until(() => ledger.status().detail === null);
  });

  it("keeps a batch back while the contract would refuse it, and says why", async () => {
    const ledger = home.start();
    await settleSlots(0, 1);
    await pause(true);
    await home.measure(1, 1);
    await until(() => /paused/.test(ledger.status().detail ?? ""));
    assert.equal((await home.store.batches({ limit: 9 })).length, 1);
    await pause(false);
    await untilFinal(home.store, 2);
    await until(() => ledger.status().detail === null);
    await assertSettled(village, home.store);
  });

  async function pause(paused: boolean): Promise<void> {
    const { registrar, provider, deployment } = village;
    const nonce = await provider.getTransactionCount(registrar.address, "latest");
    const data = paused ? "0x8456cb59" : "0x3f4ba83a";
    const to = deployment.contracts.energyLedger.address;
    const raw = await registrar.signTransaction({ type: 0, chainId: CHAIN_ID, nonce, gasPrice: 0n, gasLimit: 100_000n, to, data });
    await village.rpc("eth_sendRawTransaction", [raw]);
  }
});
