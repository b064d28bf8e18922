import assert from "node:assert/strict";
import { Transaction } from "ethers";
import { contractAt } from "#chain/contract.ts";
import { daiseeCoinAbi, energyExchangeAbi } from "#contracts/dist/abi.ts";
import { packPreferred } from "#contracts/settlement.ts";
import { SOURCE } from "#firmware/wire/records.ts";
import { nodeKeyOf } from "#gateway/ledger/node-key.ts";
import { until } from "../village.ts";
import { COINS, confirmed, settled, SLOT_MS, startNeighbours, type Neighbours, type TradingHome } from "./neighbours.ts";

const ASK = { side: "ask", price: 150_000, maxSlotMwh: null, preferred: [] } as const;

describe("trading through the gateway", function () {
  this.timeout(120_000);
  let village: Neighbours;
  let producer: TradingHome;
  let consumer: TradingHome;

  before(async () => {
    village = await startNeighbours(2);
    [producer, consumer] = [village.home(0), village.home(1)];
    for (const home of village.homes) home.start();
  });
  after(() => village.close());

  const bid = () => ({ side: "bid", price: 200_000, maxSlotMwh: null, preferred: [producer.node] }) as const;
  const clearedTimes = async (slot: number) => (await consumer.store.exchangeEvents({ names: ["SlotCleared"], fromSlot: slot, beforeSlot: slot + 1, limit: 9 })).length;

  const committed = (home: TradingHome, slot: number) =>
    until(async () => (await home.store.batches({ limit: 1 })).some((batch) => batch.slot >= slot && batch.transaction.state === "final"));

  it("sets orders from the next slot on, and clears and explains what they came to, to the last unit", async () => {
    const ask = await producer.trading().desk.place({ ...ASK, preferred: [] }, "ann");
    assert.deepEqual([ask.state, ask.sinceSlot], ["pending", null]);
    const wanted = await consumer.trading().desk.place({ ...bid(), preferred: [producer.node] }, "bob");
    const active = await confirmed(producer, ask.orderId);
    await confirmed(consumer, wanted.orderId);
    assert.deepEqual(
      producer.changes.flatMap((change) => (change.type === "order" ? change.order.state : [])).filter((state, i, all) => state !== all[i - 1]),
      ["pending", "active"],
    );

    // The first checkpoint of a meter is its baseline.
    const baseline = await village.pass([0, 0]);
    await settled(consumer, baseline);
    while (village.slot() < (active.sinceSlot ?? Infinity)) await settled(consumer, await village.pass([0, 0]));
    const slot = await village.pass([-5101, 5001]);
    const [bought, sold] = [await settled(consumer, slot), await settled(producer, slot)];
    assert.deepEqual(bought.lines, [{ seller: producer.node, buyer: consumer.node, energyMwh: 5001, price: 150_000, amount: 751n, why: "preferred" }]);
    assert.deepEqual([bought.energyMwh, bought.amount], [5001, -751n]);
    assert.deepEqual(sold.lines, [
      { seller: producer.node, buyer: consumer.node, energyMwh: 5001, price: 150_000, amount: 750n, why: "preferred" },
      { seller: producer.node, buyer: 0, energyMwh: 100, price: null, amount: 0n, why: "loss" },
    ]);
    assert.deepEqual([sold.energyMwh, sold.amount], [-5101, 750n]);
    // Both gateways wanted to clear it.
    assert.equal(await clearedTimes(slot), 1);
    await until(() => consumer.trading().account()?.settledSlot === slot);
    assert.equal(consumer.trading().account()?.deposit, COINS - 751n);
    const flows = await producer.trading().settlements.flows({});
    assert.deepEqual([flows.toSlot, flows.items], [slot, [{ seller: producer.node, buyer: consumer.node, energyMwh: 5001, amount: 750n }]]);
  });

  it("tells what another order would have done, and what the running slot comes to so far", async () => {
    const { settlements } = consumer.trading();
    const boards = [consumer.board];
    const low = await settlements.preview({ side: "bid", price: 100_000, maxSlotMwh: null, preferred: [] }, {});
    // All of it from the pool, at 0.30.
    assert.deepEqual([low.slots, low.meteredMwh, low.asSettled.amount, low.asSettled.neighboursMwh], [1, 5001, -751n, 5001]);
    assert.deepEqual(low.withOrder, { amount: -1501n, neighboursMwh: 0, poolMwh: 5001, lostMwh: 0 });

    const before = village.slot();
    await consumer.measure(before, 1000);
    village.clock.utcMs = (before + 1) * SLOT_MS - 5;
    const estimate = await settlements.estimate(boards);
    assert.deepEqual([estimate.slot, estimate.energyMwh, estimate.amount, estimate.poolAmount], [before, 1000, -150n, -300n]);
    await producer.measure(before, -1000);
    await village.end(before);
    assert.equal((await settled(consumer, before)).amount, -150n);
    const slots = await consumer.trading().slotList.slots({ limit: 3 }, boards);
    assert.deepEqual(slots.map(({ slot, state }) => [slot, state]), [[before + 1, "open"], [before, "final"], [before - 1, "final"]]);
    assert.deepEqual(slots[1]?.meters.map(({ importMwh, exportMwh }) => [importMwh, exportMwh]), [[1000, 0]]);
  });

  it("settles what a meter counted while it did not report with the pool, and says so", async () => {
    const silent = await village.pass([-400, null]);
    await committed(producer, silent);
    await village.end(silent + 1);
    // Its grace is over; nobody reported the one after it.
    const alone = await settled(producer, silent);
    assert.deepEqual(alone.lines.map(({ why, energyMwh, amount }) => [why, energyMwh, amount]), [["pool", 400, 32n]]);
    await village.end(silent + 2);
    await until(async () => (await clearedTimes(silent + 1)) === 1);
    const back = await village.pass([0, 333]);
    const late = await settled(consumer, back);
    assert.deepEqual([late.energyMwh, late.amount], [0, -100n]);
    assert.deepEqual(late.lines, [{ seller: 0, buyer: consumer.node, energyMwh: 333, price: 300_000, amount: 100n, why: "late" }]);
  });

  it("takes an ask back while the home keeps its energy, and puts it back when it has given for a while", async () => {
    const [ask] = await producer.trading().desk.list();
    const orderId = ask?.orderId ?? assert.fail("there is no ask");
    const shown = async () => (await producer.trading().desk.list()).find((order) => order.orderId === orderId);
    await producer.event(SOURCE.keep);
    await village.end(village.slot());
    assert.equal((await shown())?.isWithdrawn, false);
    await village.end(village.slot() + 1);
    await until(async () => (await shown())?.isWithdrawn === true);
    await village.end(village.slot());
    await until(() => consumer.trading().sellers().length === 0);
    await producer.event(SOURCE.give);
    await village.end(village.slot() + 2);
    await until(async () => (await shown())?.isWithdrawn === false);
    assert.equal((await shown())?.state, "active");
  });

  it("deposits by permit and withdraws, each once", async () => {
    const { treasurer, provider, deployment } = village;
    const coin = contractAt({ provider, name: "DaiseeCoin", address: deployment.contracts.daiseeCoin.address, abi: daiseeCoinAbi });
    await coin.change(treasurer, "mint", [consumer.wallet.address, 7_000n]);
    const { transfers } = consumer.trading();
    const before = consumer.trading().account()?.deposit ?? 0n;
    const state = async (number: number) => (await consumer.store.transfer(number))?.state;
    const deposit = await transfers.add({ kind: "deposit", amount: 7_000n, seller: null }, "bob");
    await until(async () => (await state(deposit.number)) === "final");
    await until(() => consumer.trading().account()?.deposit === before + 7_000n);
    assert.equal(consumer.trading().account()?.allowance, 0n);

    // Under a second signature it moves nothing: its permit is used.
    const { data, to, gasLimit } = Transaction.from((await consumer.store.transaction("deposit", deposit.number))?.raw);
    const nonce = await provider.getTransactionCount(consumer.wallet.address);
    const again = await consumer.wallet.signTransaction({ type: 0, chainId: deployment.chainId, nonce, gasPrice: 0n, gasLimit, to, data });
    await coin.change(treasurer, "mint", [consumer.wallet.address, 7_000n]);
    const { hash } = await provider.broadcastTransaction(again);
    await until(async () => (await provider.getTransactionReceipt(hash)) !== null);
    assert.equal((await provider.getTransactionReceipt(hash))?.status, 0);
    await transfers.add({ kind: "withdraw", amount: 7_000n, seller: null }, "bob");
    await until(() => consumer.trading().account()?.deposit === before && consumer.trading().account()?.coins === 14_000n);

    const more = await transfers.add({ kind: "deposit", amount: 14_001n, seller: null }, "bob");
    await until(async () => (await state(more.number)) === "refused");
    assert.match((await consumer.store.transfer(more.number))?.reason ?? "", /fewer coins/);
  });

  it("pays a seller in advance, shows what is left of it, and takes it back", async () => {
    const { transfers } = consumer.trading();
    const credits = () => consumer.trading().account()?.credits;
    await transfers.add({ kind: "prepay", amount: 500n, seller: producer.node }, "bob");
    await until(() => credits()?.length === 1);
    assert.deepEqual(credits(), [{ seller: producer.node, paid: 500n, remaining: 500n }]);
    await transfers.add({ kind: "refund", amount: 500n, seller: producer.node }, "bob");
    await until(() => credits()?.length === 0);
  });

  it("keeps what is asked while the chain is away, and does it once when that is back", async () => {
    consumer.proxy.target = null;
    await until(() => consumer.ledger().status().state === "away");
    const before = consumer.trading().account()?.coins ?? 0n;
    const transfer = await consumer.trading().transfers.add({ kind: "withdraw", amount: 11n, seller: null }, "bob");
    const { orderId } = await consumer.trading().desk.place({ ...ASK, preferred: [] }, "bob");
    assert.equal((await consumer.store.newestTransactions(1))[0]?.state, "final");
    consumer.proxy.target = village.anvil.rpcUrl;
    await confirmed(consumer, orderId);
    await until(async () => (await consumer.store.transfer(transfer.number))?.state === "final");
    await until(() => consumer.trading().account()?.coins === before + 11n);
  });

  it("keeps a change back until the exchange takes it, and says what it waits for", async () => {
    const find = async () => (await consumer.trading().desk.list()).find(({ side }) => side === "bid") ?? assert.fail("there is no bid");
    const { orderId } = await find();
    const state = async () => (await find()).state;
    await consumer.trading().desk.replace(orderId, { ...bid(), price: 210_000, preferred: [] }, "bob");
    await until(async () => (await state()) === "active" && (await find()).price === 210_000);
    const slot = village.slot();
    await village.end(slot);
    // That slot waits for meters: two versions of an order are all that the exchange keeps.
    await consumer.trading().desk.replace(orderId, { ...bid(), price: 220_000, preferred: [] }, "bob");
    await until(async () => /OrderPending/.test((await find()).reason ?? ""));
    assert.deepEqual([await state(), (await find()).price], ["pending", 220_000]);
    await village.end(slot + 1);
    await until(async () => (await state()) === "active" && (await find()).price === 220_000);
    assert.equal((await find()).reason, null);
  });

  it("takes over an order that the member set past the gateway", async () => {
    await village.end(village.slot() + 1);
    await until(async () => (await clearedTimes(village.slot() - 2)) === 1);
    const { address } = village.deployment.contracts.energyExchange;
    const exchange = contractAt({ provider: village.provider, name: "EnergyExchange", address, abi: energyExchangeAbi });
    await exchange.change(consumer.wallet, "setBid", [consumer.node, 230_000, packPreferred([producer.node])]);
    await until(async () => (await consumer.trading().desk.list())[0]?.price === 230_000);
    const [order] = await consumer.trading().desk.list();
    assert.deepEqual([order?.state, order?.by, order?.preferred], ["active", "the chain", [producer.node]]);
  });

  it("shows everything and signs nothing while the key is locked", async () => {
    await consumer.drop();
    consumer.start({ key: { ...nodeKeyOf(consumer.wallet), wallet: null, problem: "locked" } });
    await until(() => consumer.trading().account() !== null);
    assert.notDeepEqual(await consumer.trading().settlements.list({ limit: 3 }, [consumer.board]), []);
    assert.notEqual(consumer.trading().terms(), null);
    const nonce = await village.provider.getTransactionCount(consumer.wallet.address);
    const wanted = await consumer.trading().desk.place({ ...bid(), preferred: [] }, "bob");
    await village.end(village.slot());
    assert.equal((await consumer.trading().desk.list()).find(({ orderId }) => orderId === wanted.orderId)?.state, "pending");
    assert.equal(await village.provider.getTransactionCount(consumer.wallet.address), nonce);
  });
});
