import assert from "node:assert/strict";
import { nodeKeyOf } from "#gateway/ledger/node-key.ts";
import type { LedgerChange } from "#gateway/ledger/status.ts";
import { BOARD, SLOT_MS, slotFrames } from "./records.ts";
import { assertSettled, openHome, startVillage, until, untilFinal, wallet, type Home, type Village } from "./village.ts";

describe("ledger", function () {
  let village: Village;
  let home: Home;
  let snapshot: unknown;
  before(async () => {
    village = await startVillage();
  });
  after(() => village.close());
  beforeEach(async () => {
    snapshot = await village.rpc("evm_snapshot");
    home = await openHome(village);
  });
  afterEach(async () => {
    await home.close();
    await village.rpc("evm_revert", [snapshot]);
  });

  it("tells of every state of a batch, of the chain and of the neighbours", async () => {
    const changes: LedgerChange[] = [];
    const ledger = home.start({ onChange: (change) => changes.push(change) });
    assert.deepEqual([ledger.status().state, ledger.status().headNumber], ["starting", null]);
    await home.measure(0, 1);
    await untilFinal(home.store, 1);
    await until(() => ledger.status().openTransactions === 0 && ledger.neighbours()[0]?.batches.length === 1);
    const states = changes.flatMap((change) => (change.type === "batch" ? [change.batch.transaction.state] : []));
    assert.deepEqual([states[0], states.at(-1)], ["signed", "final"]);
    const { state, detail, headNumber, account, node } = ledger.status();
    const head = await village.chain.head();
    assert.deepEqual([state, detail, headNumber, account, node], ["following", null, head.number, village.signer.address, village.node]);
    assert.ok(changes.some(({ type }) => type === "chain") && changes.some(({ type }) => type === "neighbours"));
  });

  it("waits for a slot's end, for the boards' checkpoints, and for the chain's own time", async () => {
    home.start({ graceMs: 5000 });
    const [readings, checkpoints] = slotFrames(village.bootUtcMs, 0, 1);
    assert.ok(readings !== undefined && checkpoints !== undefined);
    const seenBy = async (): Promise<number> => {
      // Two blocks seen are at least one whole look at the chain.
      for (const { number } of [await mineOne(), await mineOne()]) await until(() => (home.head() ?? 0) >= number);
      return (await home.store.batches({ limit: 9 })).length;
    };
    await home.store.commitFrames([readings]);
    home.clock.utcMs = village.bootUtcMs + SLOT_MS - 1;
    assert.equal(await seenBy(), 0, "not ended");
    home.clock.utcMs = village.bootUtcMs + SLOT_MS + 100;
    assert.equal(await seenBy(), 0, "the board has yet to checkpoint");
    home.clock.utcMs = village.bootUtcMs + SLOT_MS + 5000;
    await untilFinal(home.store, 1);
    await home.store.commitFrames([checkpoints, ...slotFrames(village.bootUtcMs, 1, 1)]);
    home.clock.utcMs = village.bootUtcMs + 2 * SLOT_MS + 100;
    await untilFinal(home.store, 2);
    assert.deepEqual(await home.store.unbatchedCheckpoints(9), []);
    const future = (await village.chain.head()).timestampMs + 100 * SLOT_MS;
    const bootUtcMs = Math.ceil(future / SLOT_MS) * SLOT_MS;
    await home.store.commitFrames(slotFrames(bootUtcMs, 2, 1));
    home.clock.utcMs = bootUtcMs + 3 * SLOT_MS + 100;
    assert.equal(await seenBy(), 2, "the chain's time is before the slot's end");
    await assertSettled(village, home.store);
  });

  async function mineOne(): Promise<{ number: number }> {
    await village.rpc("evm_mine");
    return village.chain.head();
  }

  it("commits readings that come late with a later slot, and none twice", async () => {
    home.start();
    await home.measure(1, 1);
    await untilFinal(home.store, 1);
    await home.store.commitFrames(slotFrames(village.bootUtcMs, 0, 1));
    await home.measure(2, 1);
    await untilFinal(home.store, 2);
    await assertSettled(village, home.store);
    const numbers = (await home.store.readings({ limit: 1000 })).map(({ batch }) => batch);
    assert.deepEqual([numbers.length, numbers.filter((batch) => batch === 1).length, numbers.filter((batch) => batch === 2).length], [60, 20, 40]);
    assert.deepEqual(await home.store.unbatchedCheckpoints(9), []);
  });

  it("writes nothing to another chain, and says how to go on", async () => {
    const genesisHash = `0x${"ab".repeat(32)}`;
    const ledger = home.start({ deployment: { ...village.deployment, genesisHash } });
    await home.measure(0, 1);
    await until(() => ledger.status().state === "foreign");
    assert.match(ledger.status().detail ?? "", /Nothing is written to it\. Connect/);
    assert.deepEqual(await home.store.batches({ limit: 9 }), []);
    assert.equal(await village.chain.nextBatch(village.node), 1);
  });

  it("writes nothing for slots of another length than the contract's", async () => {
    const ledger = home.start({ slotMs: 2 * SLOT_MS });
    await home.measure(0, 2);
    await until(() => ledger.status().state === "foreign");
    assert.match(ledger.status().detail ?? "", /slots of 10 s, this gateway is set to 20 s/);
    assert.deepEqual(await home.store.batches({ limit: 9 }), []);
  });

  it("keeps everything while the community has not admitted its key, and says so", async () => {
    const ledger = home.start({ key: nodeKeyOf(wallet("stranger")) });
    await home.measure(0, 1);
    await until(() => /UnknownGateway.*must admit it/.test(ledger.status().detail ?? ""));
    assert.equal((await home.store.unbatchedCheckpoints(9)).length, 1);
  });

  it("leaves a meter out that nobody admitted, counts that, and commits the rest", async () => {
    await home.store.admitBoard({ ...BOARD, boardId: "0f0f0f0f0f0f" });
    const frames = slotFrames(village.bootUtcMs, 0, 1);
    await home.store.commitFrames(frames.map((frame) => ({ ...frame, boardId: "0f0f0f0f0f0f" })));
    const ledger = home.start();
    await home.measure(0, 1);
    await untilFinal(home.store, 1);
    assert.equal(ledger.status().refusedCheckpoints, 2);
    assert.equal((await home.store.batch(1))?.readingCount, 40);
    await assertSettled(village, home.store);
  });

  it("stops at once while the chain leaves a call unanswered", async () => {
    let hanging = 0;
    home.proxy.fate = () => {
      hanging += 1;
      return "hang";
    };
    home.start();
    await until(() => hanging > 0);
    await home.drop();
    const asked = hanging;
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(hanging, asked);
  });

  it("gives up a call that is never answered, and asks again", async () => {
    let hanging = 0;
    home.proxy.fate = () => ((hanging += 1) > 3 ? "pass" : "hang");
    const ledger = home.start({ timeoutMs: 20 });
    await until(() => ledger.status().state === "away");
    assert.equal(ledger.status().detail, "the chain does not answer in time");
    await until(() => ledger.status().state === "following");
  });
});
