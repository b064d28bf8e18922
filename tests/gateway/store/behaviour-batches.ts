/**
 * Batches and the outbox.
 * @module
 */
import assert from "node:assert/strict";
import type { NewBatch, Store } from "#gateway/store/store.ts";
import type { WithStore } from "./store-suite.ts";
import { BOARD_B, BOOT_UTC_MS, admitBoth, checkpoint, key, newBatch, reading, received } from "./samples.ts";

/** Six readings of board A, one a second, and three checkpoints. */
async function fill(store: Store): Promise<void> {
  await admitBoth(store);
  const records = [1, 2, 3, 4, 5, 6].map((second) => reading({ uptimeMs: second * 1000 }));
  await store.commitFrames([received({ records }), received({ records: [9, 8, 7].map((slot) => checkpoint({ slot })) })]);
}

async function unbatched(store: Store, untilUtcMs = Infinity): Promise<{ readings: number[]; slots: (number | null)[] }> {
  return {
    readings: (await store.unbatchedReadings(untilUtcMs, 99)).map(({ sequence }) => sequence),
    slots: (await store.unbatchedCheckpoints(99)).map(({ slot }) => slot),
  };
}

export function describeBatches(withStore: WithStore): void {
  describe("what is in no batch", () => {
    it(
      "is listed up to a time, without what has no time or slot",
      withStore(async (store) => {
        await fill(store);
        await store.commitFrames([received({ boot: 0, frameBoot: 1, bootUtcMs: null })]);
        await store.commitFrames([received({ sequence: 9, records: [checkpoint({ slot: null })] })]);
        await store.commitFrames([received({ boardId: BOARD_B, boot: 3, sequence: 8 })]);
        assert.deepEqual(await unbatched(store), { readings: [1, 2, 3, 4, 5, 6, 8], slots: [7, 8, 9] });
        assert.deepEqual((await unbatched(store, BOOT_UTC_MS + 2000)).readings, [1, 2, 8]);
        assert.equal((await store.unbatchedReadings(Infinity, 2)).length, 2);
        assert.equal((await store.unbatchedCheckpoints(2)).length, 2);
      }),
    );
  });

  describe("a batch", () => {
    it(
      "marks its readings by leaf and its checkpoints, and puts its transaction into the outbox",
      withStore(async (store, reopen) => {
        await fill(store);
        const wanted = newBatch(1, [key(5), key(2), key(4)], [key(3), key(1)]);
        const transaction = await store.addBatch(wanted);
        assert.deepEqual(transaction, { ...wanted.transaction, id: transaction.id });
        const again = await reopen();
        assert.deepEqual(await again.batch(1), { ...wanted.batch, transaction });
        assert.deepEqual(await again.batches({ limit: 9 }), [{ ...wanted.batch, transaction }]);
        assert.deepEqual(await again.openTransactions(9), [transaction]);
        assert.deepEqual(
          (await again.batchReadings(1)).map(({ sequence, batch, leaf }) => [sequence, batch, leaf]),
          [
            [5, 1, 0],
            [2, 1, 1],
            [4, 1, 2],
          ],
        );
        assert.deepEqual(await unbatched(again), { readings: [1, 3, 6], slots: [8] });
        assert.deepEqual(
          (await again.checkpoints({ limit: 9 })).map(({ batch }) => batch),
          [1, null, 1],
        );
      }),
    );

    it(
      "survives that its frames come again",
      withStore(async (store) => {
        await fill(store);
        await store.addBatch(newBatch(1, [key(1)], [key(1)]));
        await fill(store);
        assert.deepEqual(await unbatched(store), { readings: [2, 3, 4, 5, 6], slots: [7, 8] });
        assert.equal((await store.reading(key(1)))?.batch, 1);
      }),
    );

    it(
      "that does not fit is refused and leaves nothing behind",
      withStore(async (store) => {
        await fill(store);
        await store.addBatch(newBatch(1, [key(1)], [key(1)]));
        const good = newBatch(2, [key(2), key(3)], [key(2)]);
        const bad: [RegExp, NewBatch][] = [
          [/not the next one, which is 2/, newBatch(1, [key(2)])],
          [/not the next one, which is 2/, newBatch(3, [key(2)])],
          [/in a batch already/, newBatch(2, [key(2), key(1)])],
          [/in a batch already/, newBatch(2, [key(2), key(2)])],
          [/unknown/, newBatch(2, [key(2), key(7)])],
          [/unknown/, newBatch(2, [key(2, 1, BOARD_B)])],
          [/in a batch already/, newBatch(2, [key(2)], [key(1)])],
          [/unknown/, newBatch(2, [key(2)], [key(4)])],
          [/counts 1 readings and has 2/, { ...good, batch: { ...good.batch, readingCount: 1 } }],
          [/for commit 3, not for commit 2/, { ...good, transaction: { ...good.transaction, subject: 3 } }],
          [/./, { ...good, transaction: { ...good.transaction, hash: newBatch(1, []).transaction.hash } }],
        ];
        for (const [why, batch] of bad) {
          await assert.rejects(store.addBatch(batch), why);
          assert.deepEqual(await unbatched(store), { readings: [2, 3, 4, 5, 6], slots: [7, 8] });
          assert.equal(await store.batch(2), null);
          assert.equal((await store.openTransactions(9)).length, 1);
        }
        await store.addBatch(good);
        assert.deepEqual(await unbatched(store), { readings: [4, 5, 6], slots: [7] });
      }),
    );

    it(
      "may have no readings",
      withStore(async (store) => {
        await fill(store);
        await store.addBatch(newBatch(1, [], [key(1), key(2)]));
        assert.deepEqual(await store.batchReadings(1), []);
        assert.equal((await store.batch(1))?.readingCount, 0);
      }),
    );
  });

  describe("batches", () => {
    it(
      "are listed newest first, page by page",
      withStore(async (store) => {
        await fill(store);
        for (const number of [1, 2, 3, 4]) await store.addBatch(newBatch(number, [key(number)]));
        const numbers = async (query: Parameters<Store["batches"]>[0]) => (await store.batches(query)).map(({ number }) => number);
        assert.deepEqual(await numbers({ limit: 3 }), [4, 3, 2]);
        assert.deepEqual(await numbers({ before: 3, limit: 9 }), [2, 1]);
        assert.deepEqual(await numbers({ before: 1, limit: 9 }), []);
        assert.equal(await store.batch(5), null);
      }),
    );
  });

  describe("the outbox", () => {
    it(
      "lists open transactions in order, through all their states",
      withStore(async (store, reopen) => {
        await fill(store);
        const ids: number[] = [];
        for (const number of [1, 2, 3]) ids.push((await store.addBatch(newBatch(number, [key(number)]))).id);
        const [first = 0, second = 0, third = 0] = ids;
        const mined = { state: "mined", blockNumber: 12, blockHash: "0xabc" } as const;
        await store.updateTransaction(first, mined);
        const open = await store.openTransactions(9);
        assert.deepEqual(
          open.map(({ id, state, blockNumber, blockHash }) => ({ id, state, blockNumber, blockHash })),
          [{ id: first, ...mined }, ...[second, third].map((id) => ({ id, state: "signed", blockNumber: null, blockHash: null }))],
        );
        assert.equal((await store.batch(1))?.transaction.state, "mined");
        await store.updateTransaction(first, { ...mined, state: "final" });
        await store.updateTransaction(second, { ...mined, state: "reverted" });
        await store.updateTransaction(third, { state: "signed", blockNumber: null, blockHash: null });
        const rest = await (await reopen()).openTransactions(9);
        assert.deepEqual(
          rest.map(({ id }) => id),
          [third],
        );
      }),
    );

    it(
      "gives a transaction another signature, and keeps the earlier ones",
      withStore(async (store, reopen) => {
        await fill(store);
        const { id, nonce, raw, hash } = await store.addBatch(newBatch(1, [key(1)]));
        const signed = { nonce: 40, raw: "0xf8aa", hash: "0xaa" };
        await store.updateTransaction(id, { state: "reverted", blockNumber: 12, blockHash: "0xabc" });
        assert.deepEqual((await store.revertedCommits(9)).map((transaction) => transaction.id), [id]);
        await store.resignTransaction(id, signed);
        const kept = await reopen();
        assert.deepEqual(await kept.revertedCommits(9), []);
        const [open] = await kept.openTransactions(9);
        assert.deepEqual({ ...open }, { ...(await kept.batch(1))?.transaction });
        assert.deepEqual({ ...open }, { ...open, ...signed, state: "signed", blockNumber: null, blockHash: null });
        assert.deepEqual(await kept.earlierSignatures(id), [{ nonce, raw, hash }]);
        await kept.resignTransaction(id, { nonce, raw, hash });
        assert.deepEqual(await kept.earlierSignatures(id), [signed]);
        await assert.rejects(kept.resignTransaction(7, signed), /no transaction 7/);
      }),
    );

    it(
      "keeps transactions of all kinds in one order, each subject's once",
      withStore(async (store, reopen) => {
        await fill(store);
        const { id: _id, ...commit } = await store.addBatch(newBatch(1, [key(1)]));
        const clear = { ...commit, kind: "clear" as const, subject: 1, nonce: 50, hash: "0xc1" };
        await store.addTransaction(clear);
        await store.addTransaction({ ...clear, kind: "order", hash: "0xc2" });
        await assert.rejects(store.addTransaction({ ...clear, hash: "0xc3" }), /UNIQUE/);
        await assert.rejects(store.addTransaction({ ...commit, subject: 2, hash: "0xc4" }), /together with its batch/);
        const kept = await reopen();
        assert.deepEqual((await kept.openTransactions(9)).map(({ kind }) => kind), ["commit", "clear", "order"]);
        assert.deepEqual((await kept.newestTransactions(2)).map(({ kind }) => kind), ["order", "clear"]);
        assert.deepEqual({ ...(await kept.transaction("clear", 1)) }, { ...clear, id: 2 });
        assert.equal(await kept.transaction("clear", 2), null);
      }),
    );

    it(
      "pages through what blocks have, highest first",
      withStore(async (store) => {
        await fill(store);
        const { id: _id, ...commit } = await store.addBatch(newBatch(1, [key(1)]));
        for (const [slot, blockNumber] of [[1, 7], [2, 9], [3, 7], [4, null]] as const) {
          await store.addTransaction({ ...commit, kind: "clear", subject: slot, hash: `0xc${slot}`, state: "mined", blockNumber, blockHash: null });
        }
        const [first, second] = await store.minedTransactions({ limit: 2 });
        assert.deepEqual([first?.subject, second?.subject], [2, 3]);
        const rest = await store.minedTransactions({ before: { blockNumber: 7, id: second?.id ?? 0 }, limit: 2 });
        assert.deepEqual(rest.map(({ subject }) => subject), [1]);
      }),
    );

    it(
      "refuses a change of a transaction that is not there",
      withStore(async (store) => {
        await assert.rejects(store.updateTransaction(7, { state: "final", blockNumber: 1, blockHash: "0x1" }), /no transaction 7/);
      }),
    );
  });
}
