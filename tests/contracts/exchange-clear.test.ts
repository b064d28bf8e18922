import assert from "node:assert/strict";
import { clearSlot } from "#gateway/market/clear.ts";
import { BUS_LIMIT_MWH, useMarket } from "./market.ts";
import { SLOT_SECONDS, TERMS } from "./village.ts";

/** Prices of the fixture's terms per kWh; at 1000 mWh they are a thousandth of that. */
const { importPrice, exportPrice } = TERMS;

describe("EnergyExchange.clear", function () {
  const market = useMarket(4);

  it("sells a buyer what it drew at the seller's price, and the pool takes the rest", async () => {
    const m = market();
    await m.ask(0, 100_000);
    await m.bid(1, 200_000);
    await m.run([0, 0, 0, 0]);
    const { members, trades } = await m.run([-1000, 900, 0, 0]);
    // 100 mWh were lost on the way: nobody pays for them.
    assert.deepEqual(trades, [{ buyer: 1, seller: 0, energyMwh: 900, price: 100_000 }]);
    assert.deepEqual(members.map(({ energyMwh, amount }) => [energyMwh, amount]), [[-1000, 90n], [900, -90n], [0, 0n], [0, 0n]]);
    assert.deepEqual(await m.balances(), [1_000_000_090n, 999_999_910n, 1_000_000_000n, 1_000_000_000n]);
    await m.assertConserved();
  });

  it("charges the community's tariff for imports that nobody sold, and credits it for exports that nobody bought", async () => {
    const m = market();
    const { members, trades } = await m.run([-1000, 1000, 0, 0]);
    assert.deepEqual(trades, []);
    assert.deepEqual(members.map(({ amount }) => amount), [BigInt(exportPrice / 1000), BigInt(-importPrice / 1000), 0n, 0n]);
    assert.equal(await m.pool(), BigInt((importPrice - exportPrice) / 1000));
    await m.assertConserved();
  });

  it("serves preferred sellers first, then the cheapest ask", async () => {
    const m = market();
    await m.ask(0, 100_000);
    await m.ask(2, 150_000);
    await m.bid(1, 200_000, [2]);
    await m.bid(3, 190_000);
    await m.run([0, 0, 0, 0]);
    const { trades } = await m.run([-500, 500, -300, 300]);
    assert.deepEqual(trades, [
      { buyer: 1, seller: 2, energyMwh: 300, price: 150_000 },
      { buyer: 1, seller: 0, energyMwh: 200, price: 100_000 },
      { buyer: 3, seller: 0, energyMwh: 300, price: 100_000 },
    ]);
  });

  it("sells no more in a slot than the ask's limit; the pool buys the rest", async () => {
    const m = market();
    await m.ask(0, 100_000, 400);
    await m.bid(1, 200_000);
    await m.run([0, 0, 0, 0]);
    const { members, trades } = await m.run([-1000, 1000, 0, 0]);
    assert.deepEqual(trades, [{ buyer: 1, seller: 0, energyMwh: 400, price: 100_000 }]);
    // 400 mWh at 0.10 and 600 at the tariffs: 40 + 30, and 40 + 180.
    assert.deepEqual(members.slice(0, 2).map(({ amount }) => amount), [70n, -220n]);
  });

  it("rounds against the member and leaves the rest in the pool", async () => {
    const m = market();
    await m.ask(0, 333_333);
    await m.bid(1, 400_000);
    await m.run([0, 0, 0, 0]);
    const { members } = await m.run([-1, 1, 0, 0]);
    // A third of a millionth: the buyer pays one, the seller gets none.
    assert.deepEqual(members.slice(0, 2).map(({ amount }) => amount), [0n, -1n]);
    assert.equal(await m.pool(), 1n);
  });

  it("settles a member for the difference of its own import and export", async () => {
    const m = market();
    const slot = await m.nextSlot();
    m.home(0).importMwh += 300n;
    await m.meter(slot, [-1000, 700]);
    const { members } = await m.clear(slot);
    assert.deepEqual(members.map(({ energyMwh }) => energyMwh), [-700, 700, 0, 0]);
  });

  it("counts from the baseline on: nothing that was counted before it", async () => {
    const m = market();
    assert.deepEqual(await m.balances(), [1n, 1n, 1n, 1n].map((one) => one * 1_000_000_000n));
    assert.equal(await m.pool(), 0n);
  });

  it("is for anybody, once for each slot, one slot after the other", async () => {
    const m = market();
    const slot = await m.nextSlot();
    await m.meter(slot);
    await m.end(slot + 2);
    for (const wrong of [slot - 1, slot + 1]) await m.refusesClear(wrong, "NotNextSlot", [slot, wrong]);
    const lists = await m.lists(slot);
    await m.clear(slot, m.home(3).gateway);
    await m.refuses(m.village.stranger, "clear", lists, "NotNextSlot", [slot + 1, slot]);
  });

  it("waits for the slot's end, to the second", async () => {
    const m = market();
    const slot = await m.nextSlot();
    await m.end(slot - 1, SLOT_SECONDS - 1);
    const endsAt = (slot + 1) * SLOT_SECONDS;
    await m.refuses(m.village.stranger, "clear", [slot, "0x", "0x"], "SlotNotEnded", [slot, endsAt, endsAt - 1]);
  });

  it("waits for meters that have not reported, until the grace is over", async () => {
    const m = market();
    const slot = await m.nextSlot();
    await m.meter(slot, [-100, 100, null, null]);
    const graceUntil = (slot + 1) * SLOT_SECONDS + TERMS.graceSeconds;
    await m.refusesClear(slot, "MetersMissing", [2, graceUntil]);
    await m.end(slot, TERMS.graceSeconds - 1);
    await m.refusesClear(slot, "MetersMissing", [2, graceUntil]);
    await m.end(slot, TERMS.graceSeconds);
    const { members } = await m.clear(slot);
    assert.deepEqual(members.map(({ energyMwh }) => energyMwh), [-100, 100, 0, 0]);
  });

  it("takes what is missing for what the missing meters may have drawn, and no loss", async () => {
    const m = market();
    const slot = await m.nextSlot();
    await m.meter(slot, [-1000, 100, null, 0]);
    await m.end(slot, TERMS.graceSeconds);
    const { unknownMwh, missing, complete } = await m.book(slot);
    assert.deepEqual([unknownMwh, missing, complete], [BUS_LIMIT_MWH, 1n, false]);
    const { members } = await m.clear(slot);
    // All 1000 mWh arrive somewhere: 50 millionths from a pool that has 30.
    assert.deepEqual(members.map(({ amount }) => amount), [50n, -30n, 0n, 0n]);
    assert.deepEqual([(await m.account(0)).due, await m.pool()], [20n, 0n]);
    await m.assertConserved();
  });

  it("keeps to the orders that held when the slot began", async () => {
    const m = market();
    await m.ask(0, 100_000);
    await m.bid(1, 200_000);
    const first = await m.nextSlot();
    await m.meter(first, [-100, 100]);
    const { trades } = await m.clear(first);
    assert.deepEqual(trades, [], "set in this slot, so it holds from the next one on");
    const slot = first + 1;
    await m.end(first, 1);
    await m.ask(0, 190_000);
    await m.bid(1, 0);
    await m.meter(slot, [-100, 100]);
    assert.deepEqual((await m.clear(slot)).trades, [{ buyer: 1, seller: 0, energyMwh: 100, price: 100_000 }]);
    assert.deepEqual((await m.run([-100, 100])).trades, []);
  });

  it("skips slots whose reports the ledger no longer has", async () => {
    const m = market();
    const slot = await m.nextSlot();
    await m.village.mineAt((slot + 1024) * SLOT_SECONDS);
    assert.equal(await m.nextSlot(), slot);
    await m.village.mineAt((slot + 1025) * SLOT_SECONDS);
    assert.equal(await m.nextSlot(), slot + 1);
    await m.village.mineAt((slot + 2000) * SLOT_SECONDS);
    assert.equal(await m.nextSlot(), slot + 2000 - 1024);
  });

  it("clears real deposits and meters as the gateway computes it", async () => {
    const m = market();
    await m.ask(0, 90_000, 1500);
    await m.ask(2, 90_000);
    await m.bid(1, 120_000, [2, 0]);
    await m.bid(3, 120_000, [2]);
    await m.run([0, 0, 0, 0]);
    for (const energies of [[-2000, 1500, -900, 1300], [-2001, 777, -13, 1107], [-5, 1, -3, 6], [1, -2, 3, -3]]) {
      const slot = await m.nextSlot();
      await m.meter(slot, energies);
      const { members, complete } = await m.book(slot);
      const expected = clearSlot({ slot, importPrice, exportPrice, complete }, members);
      const cleared = await m.clear(slot);
      assert.deepEqual(cleared.trades, expected.trades);
      assert.deepEqual(cleared.members.map(({ amount }) => amount), expected.amounts);
      await m.assertConserved();
    }
  });

  it("refuses lists that are not in order", async () => {
    const m = market();
    await m.ask(0, 100_000);
    await m.ask(2, 50_000);
    await m.run([0, 0, 0, 0]);
    const slot = await m.nextSlot();
    await m.meter(slot, [-100, 100, -100, 100]);
    const [, asks, bids] = await m.lists(slot);
    assert.equal(asks, "0x00020000");
    await m.refuses(m.village.stranger, "clear", [slot, "0x00000002", bids], "NotInOrder", [1]);
    await m.refuses(m.village.stranger, "clear", [slot, "0x0002", bids], "IncompleteOrder", [1, 2]);
    await m.refuses(m.village.stranger, "clear", [slot, asks, "0x00030003"], "NotInOrder", undefined);
    await m.refuses(m.village.stranger, "clear", [slot, "0x00020001", bids], "NotInOrder", [1]);
    await m.refuses(m.village.stranger, "clear", [slot, "0x0002ffff", bids], "NotInOrder", [1]);
  });
});
