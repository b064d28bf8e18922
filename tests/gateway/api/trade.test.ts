/** Orders, settlements and the home's account over the API, with a real exchange behind it. */
import assert from "node:assert/strict";
import type { z } from "zod";
import { createTradingPorts, presentTrading } from "#gateway/api/trading.ts";
import { exchangeAccount, exchangeTerms, sellerList, transfer, transferList } from "#gateway/api/schemas/exchange.ts";
import { estimate, flows, order, orderList, preview, settlement as settlementSchema, settlementPage, slotPage, slot as slotSchema } from "#gateway/api/schemas/trade.ts";
import { COINS, settled, SLOT_MS, startNeighbours, TERMS, type Neighbours, type TradingHome } from "../ledger/exchange/neighbours.ts";
import { until } from "../ledger/village.ts";
import { createTestClock } from "./clock.ts";
import { createHousehold, type Household } from "./household.ts";

const ASK = { side: "ask", pricePerKwh: "150000", maxSlotMwh: 4000, preferred: [] };

describe("trade over the API", function () {
  this.timeout(120_000);
  let village: Neighbours;
  let home: TradingHome;
  let household: Household;
  /** Why the key is locked; null while it is not. */
  let problem: string | null = null;

  before(async () => {
    village = await startNeighbours(1);
    home = village.home(0);
    home.start();
    const key = {
      address: home.wallet.address,
      get problem() {
        return problem;
      },
    };
    const ports = createTradingPorts({ trading: home.trading(), key, node: { id: home.node, slotMs: SLOT_MS }, boards: () => home.store.boards() });
    household = await createHousehold(createTestClock(), "accounts", () => ports);
    await until(() => home.trading().account() !== null);
  });
  after(async () => {
    await household.close();
    await village.close();
  });

  /** What a path answers, as its schema has it and nothing besides. */
  async function get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> {
    const answer = await household.ask("guest", "GET", path);
    assert.equal(answer.status, 200, `${path}: ${await answer.clone().text()}`);
    return schema.parse(await answer.json());
  }

  const problemOf = async (answer: Response) => (await answer.json()) as { type: string; detail: string; errors?: { name: string; expected: string }[] };

  it("places an order once for each side, pending until the chain confirmed it, and only for who may trade", async () => {
    assert.equal((await household.ask("guest", "POST", "/orders", ASK)).status, 403);
    const placed = await household.ask("member", "POST", "/orders", ASK);
    assert.equal(placed.status, 202);
    const { orderId, state, by } = order.parse(await placed.json());
    assert.deepEqual([state, by], ["pending", "member"]);
    await until(async () => (await get(`/orders/${orderId}`, order)).state === "active");
    assert.deepEqual((await get("/orders", orderList)).items.map(({ pricePerKwh, maxSlotMwh }) => [pricePerKwh, maxSlotMwh]), [["150000", 4000]]);
    const second = await household.ask("member", "POST", "/orders", ASK);
    assert.equal(second.status, 409);
    assert.match((await problemOf(second)).detail, new RegExp(`replace or cancel ${orderId}`));
    assert.deepEqual((await get("/exchange/sellers", sellerList)).items.map(({ node }) => node), []);
  });

  it("refuses what the exchange would not take, and says what it expected", async () => {
    const refusals: [object, string, RegExp][] = [
      [{ ...ASK, pricePerKwh: "4294967296" }, "pricePerKwh", /at most 4294967295/],
      [{ ...ASK, pricePerKwh: "0.15" }, "pricePerKwh", /whole number/],
      [{ ...ASK, preferred: [2] }, "preferred", /none for an ask/],
      [{ ...ASK, side: "bid" }, "maxSlotMwh", /null for a bid/],
      [{ ...ASK, side: "bid", maxSlotMwh: null, preferred: [3, 3] }, "preferred", /once/],
      [{ ...ASK, side: "bid", maxSlotMwh: null, preferred: [2, 3, 4, 5, 6, 7] }, "preferred", /5/],
    ];
    for (const [body, name, expected] of refusals) {
      const answer = await household.ask("member", "POST", "/orders", body);
      assert.equal(answer.status, 400, JSON.stringify(body));
      const [error] = (await problemOf(answer)).errors ?? [];
      assert.equal(error?.name.split(".")[0], name);
      assert.match(error?.expected ?? "", expected);
    }
    const itself = await household.ask("member", "POST", "/orders", { ...ASK, side: "bid", maxSlotMwh: null, preferred: [home.node] });
    assert.equal(itself.status, 409);
  });

  /** The exchange takes a change in the slot of the one before it, or after that one's slot is cleared. */
  const clearSlot = async () => settled(home, await village.pass([0]));

  it("replaces an order that is as it was read, and cancels it", async () => {
    await clearSlot();
    const [before] = (await get("/orders", orderList)).items;
    const path = `/orders/${before?.orderId}`;
    const read = await household.ask("member", "GET", path);
    const next = { ...ASK, pricePerKwh: "120000" };
    assert.equal((await household.ask("member", "PUT", path, next, { "If-Match": '"another"' })).status, 412);
    const replaced = await household.ask("member", "PUT", path, next, { "If-Match": read.headers.get("ETag") ?? "" });
    assert.deepEqual([replaced.status, order.parse(await replaced.json()).state], [202, "pending"]);
    await until(async () => (await get(path, order)).state === "active");
    assert.equal((await get(path, order)).pricePerKwh, "120000");
    await clearSlot();
    const cancelled = await household.ask("member", "DELETE", path);
    assert.deepEqual([cancelled.status, order.parse(await cancelled.json()).state], [202, "cancelling"]);
    await until(async () => (await get(path, order)).state === "cancelled");
    const late = await household.ask("member", "GET", path);
    assert.equal((await household.ask("member", "PUT", path, next, { "If-Match": late.headers.get("ETag") ?? "" })).status, 409);
  });

  it("shows slots, settlements, flows, an estimate, a preview and the account, each as its schema says", async () => {
    await clearSlot();
    // More would be in dispute: nobody gave it.
    const slot = await village.pass([50]);
    await settled(home, slot);
    const page = await get("/settlements?limit=1", settlementPage);
    const [settlement] = page.items;
    assert.deepEqual([settlement?.slot, settlement?.amount], [slot, "-15"]);
    assert.deepEqual(settlement?.lines, [{ seller: 0, buyer: home.node, energyMwh: 50, pricePerKwh: "300000", amount: "15", why: "pool" }]);
    assert.equal((await get(`/settlements?limit=1&cursor=${page.nextCursor}`, settlementPage)).items[0]?.slot, slot - 1);
    assert.deepEqual([(await get("/slots?limit=2", slotPage)).items.map(({ state }) => state), (await get(`/slots/${slot}`, slotSchema)).state], [["open", "final"], "final"]);
    assert.deepEqual((await get("/trades", flows)).items, [{ seller: 0, buyer: home.node, energyMwh: 50, amount: "15" }]);
    assert.equal((await get("/trades/estimate", estimate)).basisSlot, slot);
    assert.deepEqual((await get("/trades/preview?side=bid&pricePerKwh=1", preview)).withOrder.amount, "-15");
    assert.equal((await household.ask("guest", "GET", "/trades/preview?side=ask&pricePerKwh=1&preferred=2")).status, 400);
    const { importPrice, exportPrice } = await get("/exchange/terms", exchangeTerms);
    assert.deepEqual([importPrice, exportPrice], [String(TERMS.importPrice), String(TERMS.exportPrice)]);
    await until(async () => (await get("/exchange/account", exchangeAccount)).settledSlot === slot);
    const account = await get("/exchange/account", exchangeAccount);
    assert.deepEqual([account.deposit, account.canWithdraw], [String(COINS - 15n), true]);
    assert.equal(BigInt(account.free) + BigInt(account.held), COINS - 15n);
  });

  it("shows a slot whose ends do not agree as disputed, and nothing paid for it", async () => {
    const slot = await village.pass([7000]);
    await settled(home, slot, "disputed");
    const [settlement] = (await get("/settlements?limit=1", settlementPage)).items;
    assert.deepEqual([settlement?.slot, settlement?.state, settlement?.amount], [slot, "disputed", "0"]);
    assert.deepEqual(settlement?.lines.map(({ energyMwh, amount, why }) => [energyMwh, amount, why]), [[7000, "0", "disputed"]]);
    assert.equal((await get(`/slots/${slot}`, slotSchema)).state, "disputed");
  });

  it("withdraws what is free and refuses more, each request once", async () => {
    const post = (amount: string, key: string) => household.ask("member", "POST", "/exchange/transfers", { kind: "withdraw", amount, seller: null }, { "Idempotency-Key": key });
    const first = transfer.parse(await (await post("1000", "key-of-the-first")).json());
    assert.equal(transfer.parse(await (await post("1000", "key-of-the-first")).json()).transferId, first.transferId);
    const stateOf = async (id: number) => (await get("/exchange/transfers", transferList)).items.find(({ transferId }) => transferId === id);
    await until(async () => (await stateOf(first.transferId))?.state === "final");
    await until(async () => (await get("/exchange/account", exchangeAccount)).coins === "1000");
    const more = transfer.parse(await (await post(String(COINS), "key-of-the-second")).json());
    await until(async () => (await stateOf(more.transferId))?.state === "refused");
    assert.match((await stateOf(more.transferId))?.reason ?? "", /InsufficientFunds/);
    assert.equal((await household.ask("member", "POST", "/exchange/transfers", { kind: "prepay", amount: "1", seller: null })).status, 400);
  });

  it("has told the live stream of every change, in the words of the routes", () => {
    const told = new Set<string>();
    for (const change of home.changes) {
      const notification = presentTrading(change, SLOT_MS);
      told.add(notification.type);
      if (notification.type === "order") order.parse(notification.order);
      else if (notification.type === "transfer") transfer.parse(notification.transfer);
      else if (notification.type === "settlement") settlementSchema.parse(notification.settlement);
      else assert.fail(notification.type);
    }
    assert.deepEqual([...told].sort(), ["order", "settlement", "transfer"]);
  });

  it("refuses every change while the key is locked, and says what to do; all can be read", async () => {
    problem = "The node's key is locked: start the gateway again with its password.";
    try {
      for (const [method, path, body] of [["POST", "/orders", ASK], ["POST", "/exchange/transfers", { kind: "deposit", amount: "1", seller: null }]] as const) {
        const answer = await household.ask("member", method, path, body);
        assert.equal(answer.status, 503);
        assert.deepEqual(await problemOf(answer), { type: "urn:daisee:problem:locked", title: "Service Unavailable", status: 503, detail: problem });
      }
      await get("/orders", orderList);
      await get("/settlements", settlementPage);
    } finally {
      problem = null;
    }
  });
});
