import assert from "node:assert/strict";
import { SOURCE } from "#firmware/wire/records.ts";
import { turnOf } from "#gateway/ledger/exchange/clearer.ts";
import { ordersOf, type WaitingChange } from "#gateway/ledger/exchange/order-view.ts";
import { givingOf, reserveAction } from "#gateway/ledger/exchange/reserve.ts";

let number = 0;
const change = (fields: Partial<WaitingChange>): WaitingChange => ({
  number: ++number,
  orderId: "a",
  side: "ask",
  action: "place",
  price: 100,
  maxSlotMwh: null,
  preferred: [],
  by: "ann",
  state: "final",
  reason: null,
  sinceSlot: 7,
  transactionHash: "0xa",
  createdUtcMs: 1,
  waits: null,
  ...fields,
});

/** Orders of changes that are given oldest first. */
const orders = (...changes: Partial<WaitingChange>[]) => ordersOf(changes.map(change).toReversed());
const states = (...changes: Partial<WaitingChange>[]) => orders(...changes).map(({ orderId, state }) => `${orderId} ${state}`);

describe("an order", () => {
  it("is pending, active, cancelling and cancelled as its changes go", () => {
    const open = { state: "open", sinceSlot: null } as const;
    assert.deepEqual(states(open), ["a pending"]);
    assert.deepEqual(states({}), ["a active"]);
    assert.deepEqual(states({}, { ...open, action: "cancel" }), ["a cancelling"]);
    assert.deepEqual(states({}, { action: "cancel" }), ["a cancelled"]);
    assert.deepEqual(states({ state: "refused" }), ["a refused"]);
    assert.deepEqual(states({ state: "superseded" }, {}), ["a active"]);
  });

  it("shows the change that is under way, and what it waits for", () => {
    const [order] = orders({ price: 100 }, { price: 200, state: "open", waits: "slot 9 is not cleared" });
    assert.deepEqual([order?.price, order?.state, order?.reason], [200, "pending", "slot 9 is not cleared"]);
  });

  it("stays as it was when a change of it is refused, and says why that was", () => {
    const [order] = orders({ price: 100 }, { price: 200, state: "refused", reason: "no" });
    assert.deepEqual([order?.price, order?.state, order?.reason], [100, "active", "no"]);
  });

  it("ends when another one of its side takes its place", () => {
    assert.deepEqual(states({}, { orderId: "b" }), ["b active", "a cancelled"]);
    assert.deepEqual(states({}, { orderId: "b", side: "bid" }), ["b active", "a active"]);
    assert.deepEqual(states({}, { orderId: "b", state: "open" }), ["b pending", "a active"]);
  });

  it("stays active while it is withdrawn", () => {
    const [order] = orders({}, { action: "withdraw" });
    assert.deepEqual([order?.state, order?.isWithdrawn], ["active", true]);
    assert.equal(orders({}, { action: "withdraw" }, { action: "restore" })[0]?.isWithdrawn, false);
  });
});

describe("a producer below its reserve", () => {
  const event = (boardId: string, source: 0 | 1 | 2 | 3 | 4, utcMs: number | null) => ({ boardId, source, utcMs });

  it("gives as long as one of its boards does", () => {
    const producers = new Set(["a", "b"]);
    const events = [event("a", SOURCE.keep, 10), event("b", SOURCE.give, 20), event("c", SOURCE.give, 5)];
    assert.deepEqual(givingOf(events, producers), { isGiving: true, sinceUtcMs: 20 });
    assert.deepEqual(givingOf([event("a", SOURCE.keep, 10), event("b", SOURCE.off, 20)], producers), { isGiving: false, sinceUtcMs: 20 });
    assert.equal(givingOf([event("c", SOURCE.keep, 10), event("a", SOURCE.keep, null)], producers), null);
  });

  it("takes its ask back, and puts it back, once that has lasted: a change of mind costs no transaction", () => {
    const keeps = { isGiving: false, sinceUtcMs: 1000 };
    const gives = { isGiving: true, sinceUtcMs: 1000 };
    assert.equal(reserveAction(keeps, true, 2999, 2000), null);
    assert.equal(reserveAction(keeps, true, 3000, 2000), "withdraw");
    assert.equal(reserveAction(keeps, false, 9000, 2000), null);
    assert.equal(reserveAction(gives, false, 2999, 2000), null);
    assert.equal(reserveAction(gives, false, 3000, 2000), "restore");
    assert.equal(reserveAction(gives, true, 9000, 2000), null);
    assert.equal(reserveAction(null, true, 9000, 2000), null);
  });
});

describe("turns at clearing", () => {
  it("are each home's once, another one's first in each slot; strangers come last, and nobody waits for more than eight", () => {
    const members = [4, 9, 2];
    for (const slot of [0, 1, 2, 179_540_589]) assert.deepEqual(members.map((node) => turnOf(members, node, slot)).sort((a, b) => a - b), [0, 1, 2]);
    assert.deepEqual([0, 1, 2].map((slot) => members[members.findIndex((node) => turnOf(members, node, slot) === 0)]), [4, 9, 2]);
    assert.equal(turnOf(members, 7, 0), 3);
    assert.equal(Math.max(...Array.from({ length: 30 }, (_, node) => turnOf(Array.from({ length: 30 }, (__, i) => i), node, 3))), 8);
  });
});
