/**
 * The SettlementStore in SQLite.
 * @module
 */
import type { Database } from "better-sqlite3";
import type { OutboxTransaction, SettlementStore, Signature, TransactionKind } from "../settlement.ts";
import type { Synchronous } from "./synchronous.ts";

export const TRANSACTION_COLUMNS = `id, kind, subject, nonce, raw, hash, state, block_number AS blockNumber, block_hash AS blockHash,
  created_utc_ms AS createdUtcMs`;

/** Puts transactions into the outbox, alone or in a larger database transaction. */
export function createOutboxInsert(database: Database): (transaction: Omit<OutboxTransaction, "id">) => OutboxTransaction {
  const insert = database.prepare<unknown[], OutboxTransaction>(
    `INSERT INTO outbox (kind, subject, nonce, raw, hash, state, block_number, block_hash, created_utc_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     RETURNING ${TRANSACTION_COLUMNS}`,
  );
  return ({ kind, subject, nonce, raw, hash, state, blockNumber, blockHash, createdUtcMs }) => {
    const stored = insert.get(kind, subject, nonce, raw, hash, state, blockNumber, blockHash, createdUtcMs);
    if (stored === undefined) throw new Error(`store: ${kind} ${subject} got no place in the outbox`);
    return stored;
  };
}

export function createSettlementStore(database: Database): Synchronous<SettlementStore> {
  const insert = createOutboxInsert(database);
  const select = (where: string): string => `SELECT ${TRANSACTION_COLUMNS} FROM outbox WHERE ${where}`;
  const selectNewest = database.prepare<[number], OutboxTransaction>(`${select("true")} ORDER BY id DESC LIMIT ?`);
  const selectMined = database.prepare<[number, number, number], OutboxTransaction>(
    `${select("block_number IS NOT NULL AND (block_number, id) < (?, ?)")} ORDER BY block_number DESC, id DESC LIMIT ?`,
  );
  const selectOne = database.prepare<[TransactionKind, number], OutboxTransaction>(select("kind = ? AND subject = ?"));
  const selectOpen = database.prepare<[number], OutboxTransaction>(`${select("state IN ('signed', 'mined')")} ORDER BY id LIMIT ?`);
  const selectReverted = database.prepare<[number], OutboxTransaction>(
    `${select("state = 'reverted' AND kind = 'commit'")} ORDER BY id LIMIT ?`,
  );
  const update = database.prepare("UPDATE outbox SET state = ?, block_number = ?, block_hash = ? WHERE id = ?");
  const forgetEarlier = database.prepare("DELETE FROM outbox_earlier WHERE hash = ?");
  const keepEarlier = database.prepare("INSERT INTO outbox_earlier (id, nonce, raw, hash) SELECT id, nonce, raw, hash FROM outbox WHERE id = ?");
  const sign = database.prepare(
    "UPDATE outbox SET nonce = ?, raw = ?, hash = ?, state = 'signed', block_number = NULL, block_hash = NULL WHERE id = ?",
  );
  const selectEarlier = database.prepare<[number], Signature>("SELECT nonce, raw, hash FROM outbox_earlier WHERE id = ? ORDER BY number DESC");

  const resign = database.transaction((id: number, { nonce, raw, hash }: Signature): void => {
    // An earlier signature may become the current one again.
    forgetEarlier.run(hash);
    if (keepEarlier.run(id).changes === 0) throw new Error(`store: there is no transaction ${id}`);
    sign.run(nonce, raw, hash, id);
  });

  const keepChange = database.prepare("UPDATE order_change SET state = 'open' WHERE number = ? AND state = 'superseded'");
  const add = database.transaction((transaction: Omit<OutboxTransaction, "id">): OutboxTransaction => {
    // Another change of its side may have come while it was being signed.
    if (transaction.kind === "order") keepChange.run(transaction.subject);
    return insert(transaction);
  });

  return {
    addTransaction(transaction) {
      if (transaction.kind === "commit") throw new Error("store: a commit is stored together with its batch");
      return add.immediate(transaction);
    },
    newestTransactions: (limit) => selectNewest.all(limit),
    minedTransactions: ({ before, limit }) => selectMined.all(before?.blockNumber ?? Number.MAX_SAFE_INTEGER, before?.id ?? 0, limit),
    transaction: (kind, subject) => selectOne.get(kind, subject) ?? null,
    openTransactions: (limit) => selectOpen.all(limit),
    revertedCommits: (limit) => selectReverted.all(limit),
    updateTransaction(id, { state, blockNumber, blockHash }) {
      const { changes } = update.run(state, blockNumber, blockHash, id);
      if (changes === 0) throw new Error(`store: there is no transaction ${id}`);
    },
    resignTransaction: (id, signature) => resign.immediate(id, signature),
    earlierSignatures: (id) => selectEarlier.all(id),
  };
}
