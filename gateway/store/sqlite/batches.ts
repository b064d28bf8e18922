/**
 * Batches and the outbox of their transactions.
 * @module
 */
import type { Database, Statement } from "better-sqlite3";
import type { NewBatch, OutboxTransaction, RecordKey } from "../store.ts";
import { BATCH_COLUMNS, TRANSACTION_COLUMNS, batchOf, boardNumber } from "./rows.ts";
import type { BatchRow } from "./rows.ts";
import type { SynchronousStore } from "./synchronous.ts";

type Batches = "addBatch" | "batches" | "batch" | "openTransactions" | "updateTransaction" | "replaceTransaction" | "nextNonce";

export function createBatches(database: Database): Pick<SynchronousStore, Batches> {
  const nextNumber = database.prepare<[], number>("SELECT coalesce(max(number), 0) + 1 FROM batch").pluck();
  const insertBatch = database.prepare("INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?, ?)");
  const insertTransaction = database.prepare<unknown[], OutboxTransaction>(
    `INSERT INTO outbox (kind, batch, nonce, raw, hash, state, block_number, block_hash, created_utc_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     RETURNING ${TRANSACTION_COLUMNS}`,
  );
  const markReading = database.prepare(
    "UPDATE reading SET batch = ?, leaf = ? WHERE board = ? AND boot = ? AND sequence = ? AND batch IS NULL",
  );
  const markCheckpoint = database.prepare(
    "UPDATE checkpoint SET batch = ? WHERE board = ? AND boot = ? AND sequence = ? AND batch IS NULL",
  );
  const selectBatches = database.prepare<[number | null, number], BatchRow>(
    `SELECT ${BATCH_COLUMNS} FROM batch JOIN outbox ON outbox.batch = number WHERE number < coalesce(?, 9e15) ORDER BY number DESC LIMIT ?`,
  );
  const selectBatch = database.prepare<[number], BatchRow>(
    `SELECT ${BATCH_COLUMNS} FROM batch JOIN outbox ON outbox.batch = number WHERE number = ?`,
  );
  const selectOpen = database.prepare<[number], OutboxTransaction>(
    `SELECT ${TRANSACTION_COLUMNS} FROM outbox WHERE state IN ('signed', 'mined') ORDER BY id LIMIT ?`,
  );
  const update = database.prepare("UPDATE outbox SET state = ?, block_number = ?, block_hash = ? WHERE id = ?");
  const replace = database.prepare(
    `UPDATE outbox SET nonce = ?, raw = ?, hash = ?, state = 'signed', block_number = NULL, block_hash = NULL
     WHERE id = ? AND state = 'reverted'`,
  );
  const selectNonce = database.prepare<[], number | null>("SELECT max(nonce) + 1 FROM outbox").pluck();

  function mark(statement: Statement, key: RecordKey, ...marks: number[]): void {
    const { changes } = statement.run(...marks, boardNumber(key.boardId), key.boot, key.sequence);
    if (changes === 0) throw new Error(`store: record ${key.boardId}-${key.boot}-${key.sequence} is unknown or in a batch already`);
  }

  const add = database.transaction(({ batch, readings, checkpoints, transaction }: NewBatch): OutboxTransaction => {
    const next = nextNumber.get();
    if (batch.number !== next) throw new Error(`store: batch ${batch.number} is not the next one, which is ${next}`);
    if (transaction.batch !== batch.number) {
      throw new Error(`store: the transaction commits batch ${transaction.batch}, not ${batch.number}`);
    }
    if (batch.readingCount !== readings.length) {
      throw new Error(`store: batch ${batch.number} counts ${batch.readingCount} readings and has ${readings.length}`);
    }
    const { number, root, readingCount, fromUtcMs, toUtcMs, slot, createdUtcMs } = batch;
    insertBatch.run(number, root, readingCount, fromUtcMs, toUtcMs, slot, createdUtcMs);
    for (const [leaf, key] of readings.entries()) mark(markReading, key, number, leaf);
    for (const key of checkpoints) mark(markCheckpoint, key, number);
    const stored = insertTransaction.get(
      transaction.kind,
      number,
      transaction.nonce,
      transaction.raw,
      transaction.hash,
      transaction.state,
      transaction.blockNumber,
      transaction.blockHash,
      transaction.createdUtcMs,
    );
    if (stored === undefined) throw new Error(`store: batch ${number} got no place in the outbox`);
    return stored;
  });

  return {
    addBatch: (batch) => add.immediate(batch),
    batches: ({ before, limit }) => selectBatches.all(before ?? null, limit).map(batchOf),
    batch(number) {
      const row = selectBatch.get(number);
      return row === undefined ? null : batchOf(row);
    },
    openTransactions: (limit) => selectOpen.all(limit),
    updateTransaction(id, { state, blockNumber, blockHash }) {
      const { changes } = update.run(state, blockNumber, blockHash, id);
      if (changes === 0) throw new Error(`store: there is no transaction ${id}`);
    },
    replaceTransaction(id, { nonce, raw, hash }) {
      const { changes } = replace.run(nonce, raw, hash, id);
      if (changes === 0) throw new Error(`store: there is no reverted transaction ${id}`);
    },
    nextNonce: () => selectNonce.get() ?? null,
  };
}
