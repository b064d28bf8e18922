/**
 * Changes of orders, transfers of coins, and the exchange's events.
 * @module
 */
import assert from "node:assert/strict";
import type { ExchangeEvent, OrderChange, Transfer } from "#gateway/store/trade.ts";
import type { WithStore } from "./store-suite.ts";

const change = (fields: Partial<OrderChange> = {}): Omit<OrderChange, "number"> => ({
  orderId: "a",
  side: "ask",
  action: "place",
  price: 150_000,
  maxSlotMwh: 2 ** 47,
  preferred: [],
  by: "ann",
  state: "open",
  reason: null,
  sinceSlot: null,
  transactionHash: null,
  createdUtcMs: 1,
  ...fields,
});

const transfer = (fields: Partial<Transfer> = {}): Omit<Transfer, "number" | "transactionHash"> => ({
  kind: "deposit",
  amount: 2n ** 62n + 1n,
  seller: null,
  by: "ann",
  state: "open",
  reason: null,
  createdUtcMs: 1,
  ...fields,
});

const event = (blockNumber: number, logIndex: number, fields: Partial<ExchangeEvent> = {}): ExchangeEvent => ({
  blockNumber,
  logIndex,
  blockHash: `0x${blockNumber}`,
  transactionHash: `0x${blockNumber}-${logIndex}`,
  name: "SlotCleared",
  slot: blockNumber,
  node: null,
  data: Uint8Array.of(1, 2, 255),
  ...fields,
});

/** SQLite's driver gives blobs as Buffers. */
const plain = (events: ExchangeEvent[]): ExchangeEvent[] => events.map((one) => ({ ...one, data: Uint8Array.from(one.data) }));

export function describeTrade(withStore: WithStore): void {
  describe("a change of an order", () => {
    it(
      "is kept with its number, and supersedes what waits on its side unless that is signed",
      withStore(async (store, reopen) => {
        const first = await store.addOrderChange(change());
        assert.deepEqual(first, { ...change(), number: first.number });
        const signed = { nonce: 0, raw: "0x00", hash: "0xa1", state: "signed", blockNumber: null, blockHash: null, createdUtcMs: 1 } as const;
        await store.addTransaction({ kind: "order", subject: first.number, ...signed });
        const second = await store.addOrderChange(change({ price: 4_294_967_295 }));
        const bid = await store.addOrderChange(change({ orderId: "b", side: "bid", maxSlotMwh: null, preferred: [7, 2] }));
        const third = await store.addOrderChange(change({ action: "cancel" }));
        const again = await reopen();
        assert.deepEqual(await again.openOrderChanges(9), [{ ...first, transactionHash: "0xa1" }, bid, third]);
        assert.deepEqual(await again.orderChange(second.number), { ...second, state: "superseded" });
        assert.deepEqual((await again.orderChanges({ orderId: "a", limit: 2 })).map(({ number }) => number), [third.number, second.number]);
        assert.deepEqual((await again.orderChanges({ limit: 9 })).map(({ number }) => number), [third, bid, second, first].map(({ number }) => number));
        assert.equal(await again.orderChange(99), null);
      }),
    );

    it(
      "that was signed while a newer one came is not superseded: both go to the chain, in their order",
      withStore(async (store) => {
        const first = await store.addOrderChange(change());
        const second = await store.addOrderChange(change({ price: 7 }));
        const signed = { nonce: 0, raw: "0x00", hash: "0xa1", state: "signed", blockNumber: null, blockHash: null, createdUtcMs: 1 } as const;
        await store.addTransaction({ kind: "order", subject: first.number, ...signed });
        assert.deepEqual(await store.openOrderChanges(9), [{ ...first, transactionHash: "0xa1" }, second]);
      }),
    );

    it(
      "takes what became of it",
      withStore(async (store) => {
        const { number } = await store.addOrderChange(change());
        const became = { state: "refused", reason: "no", sinceSlot: null } as const;
        await store.updateOrderChange(number, became);
        assert.deepEqual(await store.orderChange(number), { ...change(), number, ...became });
        assert.deepEqual(await store.openOrderChanges(9), []);
        await assert.rejects(store.updateOrderChange(99, became), /no change 99/);
      }),
    );

    it(
      "that was made elsewhere is there once",
      withStore(async (store) => {
        await store.addOrderChange(change({ state: "final", transactionHash: "0xc0" }));
        await assert.rejects(store.addOrderChange(change({ state: "final", transactionHash: "0xc0" })), /UNIQUE/);
        assert.equal((await store.orderChanges({ limit: 9 })).length, 1);
      }),
    );
  });

  describe("a transfer", () => {
    it(
      "keeps its amount to the last unit, and is open until it is final or refused",
      withStore(async (store, reopen) => {
        const first = await store.addTransfer(transfer());
        const signed = { nonce: 0, raw: "0x00", hash: "0xa1", state: "signed", blockNumber: null, blockHash: null, createdUtcMs: 1 } as const;
        await store.addTransaction({ kind: "deposit", subject: first.number, ...signed });
        const second = await store.addTransfer(transfer({ kind: "prepay", amount: 1n, seller: 4 }));
        assert.deepEqual(first, { ...transfer(), number: first.number, transactionHash: null });
        await store.updateTransfer(first.number, { state: "final", reason: null });
        const again = await reopen();
        assert.deepEqual(await again.openTransfers(9), [second]);
        assert.deepEqual(await again.transfers(9), [second, { ...first, state: "final", transactionHash: "0xa1" }]);
        assert.deepEqual(await again.transfer(second.number), second);
        assert.equal(await again.transfer(99), null);
        await assert.rejects(again.updateTransfer(99, { state: "final", reason: null }), /no transfer 99/);
      }),
    );
  });

  describe("the exchange's events", () => {
    it(
      "are found by name, node and slot, newest slot first; those of a range that was read twice are there once",
      withStore(async (store, reopen) => {
        assert.equal(await store.exchangeCursor(), null);
        const events = [event(5, 0), event(6, 1), event(6, 0, { name: "AskSet", slot: 9, node: 2 }), event(7, 0, { name: "Deposited", slot: 7, node: 2 })];
        const cursor = { blockNumber: 8, blockHash: "0x8" };
        await store.addExchangeEvents(events, cursor);
        await store.addExchangeEvents(events.slice(1), cursor);
        const again = await reopen();
        assert.deepEqual({ ...(await again.exchangeCursor()) }, cursor);
        const found = async (query: Parameters<typeof store.exchangeEvents>[0]) => plain(await again.exchangeEvents(query));
        const [five, six, ask, deposited] = events;
        assert.deepEqual(await found({ names: ["SlotCleared"], limit: 9 }), [six, five]);
        assert.deepEqual(await found({ names: ["SlotCleared"], limit: 1 }), [six]);
        assert.deepEqual(await found({ names: ["SlotCleared", "AskSet"], fromSlot: 6, limit: 9 }), [ask, six]);
        assert.deepEqual(await found({ names: ["SlotCleared", "AskSet"], beforeSlot: 9, limit: 9 }), [six, five]);
        assert.deepEqual(await found({ names: ["AskSet", "Deposited"], node: 2, limit: 9 }), [ask, deposited]);
        assert.deepEqual(await found({ names: ["AskSet"], node: 3, limit: 9 }), []);
      }),
    );

    it(
      "of blocks that are gone are forgotten",
      withStore(async (store) => {
        await store.addExchangeEvents([event(5, 0), event(6, 0), event(6, 1), event(9, 0)], { blockNumber: 9, blockHash: "0x9" });
        const blocks = async (before: number, limit: number) => (await store.exchangeBlocks(before, limit)).map((one) => ({ ...one }));
        assert.deepEqual(await blocks(9, 5), [
          { blockNumber: 6, blockHash: "0x6" },
          { blockNumber: 5, blockHash: "0x5" },
        ]);
        assert.deepEqual(await blocks(10, 1), [{ blockNumber: 9, blockHash: "0x9" }]);
        const cursor = { blockNumber: 5, blockHash: "0x5" };
        await store.rewindExchange(cursor);
        assert.deepEqual({ ...(await store.exchangeCursor()) }, cursor);
        assert.deepEqual((await store.exchangeEvents({ names: ["SlotCleared"], limit: 9 })).map(({ slot }) => slot), [5]);
        await store.rewindExchange(null);
        assert.equal(await store.exchangeCursor(), null);
        assert.deepEqual(await store.exchangeEvents({ names: ["SlotCleared"], limit: 9 }), []);
      }),
    );
  });
}
