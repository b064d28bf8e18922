/**
 * What the store keeps of the outbox: signed transactions of all kinds, in the order in which they are to be mined.
 * @module
 */

export type TransactionState = "signed" | "mined" | "final" | "reverted";

/** What a transaction does: commits a batch, clears a slot, sets an order, pays in coins. */
export type TransactionKind = "commit" | "clear" | "order" | "deposit";

/** One signature of a transaction: the same bytes at every broadcast. */
export interface Signature {
  nonce: number;
  /** Raw signed transaction, 0x hex. */
  raw: string;
  hash: string;
}

/** A signed transaction that the outbox sees through. Stored, with what it is about, before it is first broadcast. */
export interface OutboxTransaction extends Signature {
  /** Position in the outbox: the order in which they are to be mined. */
  id: number;
  kind: TransactionKind;
  /** Number of the batch, slot, order or deposit that it is about; each has one transaction. */
  subject: number;
  state: TransactionState;
  /** Where it was mined, while it is. */
  blockNumber: number | null;
  blockHash: string | null;
  createdUtcMs: number;
}

export interface SettlementStore {
  /** Puts a transaction, other than a commit, behind all others; an order's change that has one is not superseded. Rejects when its subject has one. */
  addTransaction(transaction: Omit<OutboxTransaction, "id">): Promise<OutboxTransaction>;
  /** Newest first. */
  newestTransactions(limit: number): Promise<OutboxTransaction[]>;
  /** Those that are in a block, highest block first. `before` goes on behind the last one of the page before. */
  minedTransactions(query: { before?: { blockNumber: number; id: number }; limit: number }): Promise<OutboxTransaction[]>;
  transaction(kind: TransactionKind, subject: number): Promise<OutboxTransaction | null>;
  /** Transactions that are not final or reverted, in order. */
  openTransactions(limit: number): Promise<OutboxTransaction[]>;
  /** Commits that a block refused, in order: they have to be signed anew. */
  revertedCommits(limit: number): Promise<OutboxTransaction[]>;
  /** Rejects when there is no such transaction. */
  updateTransaction(id: number, change: Pick<OutboxTransaction, "state" | "blockNumber" | "blockHash">): Promise<void>;
  /** Gives a transaction another signature, state `signed`; the one that it had is kept with the earlier ones. */
  resignTransaction(id: number, signature: Signature): Promise<void>;
  /** Signatures that a transaction had before, newest first. */
  earlierSignatures(id: number): Promise<Signature[]>;
}

/** Its methods by name, for the caller of the database thread. */
export const SETTLEMENT_METHODS: Record<keyof SettlementStore, true> = {
  addTransaction: true,
  newestTransactions: true,
  minedTransactions: true,
  transaction: true,
  openTransactions: true,
  revertedCommits: true,
  updateTransaction: true,
  resignTransaction: true,
  earlierSignatures: true,
};
