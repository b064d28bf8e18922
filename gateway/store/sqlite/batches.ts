/**
 * Batches; each is stored together with its transaction in the outbox.
 * @module
 */
import type { Database, Statement } from "better-sqlite3";
import type { NewBatch, OutboxTransaction, RecordKey } from "../store.ts";
import { BATCH_COLUMNS, batchOf, boardNumber } from "./rows.ts";
import type { BatchRow } from "./rows.ts";
import { createOutboxInsert } from "./settlement.ts";
import type { SynchronousStore } from "./synchronous.ts";

type Batches = "addBatch" | "batches" | "batch";

export function createBatches(database: Database): Pick<SynchronousStore, Batches> {
  const nextNumber = database.prepare<[], number>("SELECT coalesce(max(number), 0) + 1 FROM batch").pluck();
  const insertBatch = database.prepare("INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?, ?)");
  const insertTransaction = createOutboxInsert(database);
  const markReading = database.prepare(
    "UPDATE reading SET batch = ?, leaf = ? WHERE board = ? AND boot = ? AND sequence = ? AND batch IS NULL",
  );
  const markCheckpoint = database.prepare(
    "UPDATE checkpoint SET batch = ? WHERE board = ? AND boot = ? AND sequence = ? AND batch IS NULL",
  );
  const selectBatches = database.prepare<[number | null, number], BatchRow>(
    `SELECT ${BATCH_COLUMNS} FROM batch JOIN outbox ON kind = 'commit' AND subject = number WHERE number < coalesce(?, 9e15) ORDER BY number DESC LIMIT ?`,
  );
  const selectBatch = database.prepare<[number], BatchRow>(
    `SELECT ${BATCH_COLUMNS} FROM batch JOIN outbox ON kind = 'commit' AND subject = number WHERE number = ?`,
  );

  function mark(statement: Statement, key: RecordKey, ...marks: number[]): void {
    const { changes } = statement.run(...marks, boardNumber(key.boardId), key.boot, key.sequence);
    if (changes === 0) throw new Error(`store: record ${key.boardId}-${key.boot}-${key.sequence} is unknown or in a batch already`);
  }

  const add = database.transaction(({ batch, readings, checkpoints, transaction }: NewBatch): OutboxTransaction => {
    const next = nextNumber.get();
    if (batch.number !== next) throw new Error(`store: batch ${batch.number} is not the next one, which is ${next}`);
    if (transaction.kind !== "commit" || transaction.subject !== batch.number) {
      throw new Error(`store: the transaction is for ${transaction.kind} ${transaction.subject}, not for commit ${batch.number}`);
    }
    if (batch.readingCount !== readings.length) {
      throw new Error(`store: batch ${batch.number} counts ${batch.readingCount} readings and has ${readings.length}`);
    }
    const { number, root, readingCount, fromUtcMs, toUtcMs, slot, createdUtcMs } = batch;
    insertBatch.run(number, root, readingCount, fromUtcMs, toUtcMs, slot, createdUtcMs);
    for (const [leaf, key] of readings.entries()) mark(markReading, key, number, leaf);
    for (const key of checkpoints) mark(markCheckpoint, key, number);
    return insertTransaction(transaction);
  });

  return {
    addBatch: (batch) => add.immediate(batch),
    batches: ({ before, limit }) => selectBatches.all(before ?? null, limit).map(batchOf),
    batch(number) {
      const row = selectBatch.get(number);
      return row === undefined ? null : batchOf(row);
    },
  };
}
