/**
 * What the store keeps of trading: what this home asked of the exchange, and what the exchange told on the chain, event by event.
 * @module
 */

export type OrderSide = "ask" | "bid";

/** place: sets the order; cancel: ends it; withdraw and restore: takes an ask back for as long as the home is below its reserve. */
export type OrderAction = "place" | "cancel" | "withdraw" | "restore";

/** open: not final on the chain; superseded: a newer change came before this one was signed. */
export type ChangeState = "open" | "final" | "refused" | "superseded";

/** A change of a standing order. The order is what its changes make of it. */
export interface OrderChange {
  /** From 1; subject of its transaction in the outbox. */
  number: number;
  orderId: string;
  side: OrderSide;
  action: OrderAction;
  /** Millionths of a coin per kWh. */
  price: number;
  /** An ask's most energy in a slot; null for as much as is metered, and for a bid. */
  maxSlotMwh: number | null;
  /** A bid's preferred nodes. */
  preferred: number[];
  by: string;
  state: ChangeState;
  reason: string | null;
  /** First slot in which it holds; null until it is final. */
  sinceSlot: number | null;
  /** Of its transaction in the outbox, or of one that was not made here; null while it is not signed. */
  transactionHash: string | null;
  createdUtcMs: number;
}

export type TransferKind = "deposit" | "withdraw" | "prepay" | "refund";

/** Coins moved between the node's own address, its account at the exchange, and what it paid sellers in advance. */
export interface Transfer {
  /** From 1; subject of its transaction in the outbox. */
  number: number;
  kind: TransferKind;
  /** Millionths of a coin. */
  amount: bigint;
  seller: number | null;
  by: string;
  state: Exclude<ChangeState, "superseded">;
  reason: string | null;
  /** Of its transaction in the outbox; null while it is not signed. */
  transactionHash: string | null;
  createdUtcMs: number;
}

/** An event of the exchange as its block has it. */
export interface ExchangeEvent {
  blockNumber: number;
  logIndex: number;
  blockHash: string;
  transactionHash: string;
  name: string;
  /** The slot that it is about, or from which on it holds. */
  slot: number;
  node: number | null;
  /** Arguments that are not indexed, ABI-encoded. */
  data: Uint8Array;
}

/** A block up to which the exchange's events are stored. */
export interface EventCursor {
  blockNumber: number;
  blockHash: string;
}

/** Newest slot first, and within a slot the newest event. `fromSlot` is within, `beforeSlot` is not. */
export interface EventQuery {
  names: string[];
  node?: number;
  fromSlot?: number;
  beforeSlot?: number;
  limit: number;
}

export interface TradeStore {
  /**
   * Adds a change, with a transaction's hash only where that was not made here. Earlier ones of its side that are open and have no
   * transaction are superseded by it.
   */
  addOrderChange(change: Omit<OrderChange, "number">): Promise<OrderChange>;
  /** Newest first. */
  orderChanges(query: { orderId?: string; limit: number }): Promise<OrderChange[]>;
  /** Oldest first. */
  openOrderChanges(limit: number): Promise<OrderChange[]>;
  orderChange(number: number): Promise<OrderChange | null>;
  /** Rejects when there is no such change. */
  updateOrderChange(number: number, change: Pick<OrderChange, "state" | "reason" | "sinceSlot">): Promise<void>;

  addTransfer(transfer: Omit<Transfer, "number" | "transactionHash">): Promise<Transfer>;
  /** Newest first. */
  transfers(limit: number): Promise<Transfer[]>;
  /** Oldest first. */
  openTransfers(limit: number): Promise<Transfer[]>;
  transfer(number: number): Promise<Transfer | null>;
  /** Rejects when there is no such transfer. */
  updateTransfer(number: number, change: Pick<Transfer, "state" | "reason">): Promise<void>;

  /** How far the exchange's events are stored; null before the first. */
  exchangeCursor(): Promise<EventCursor | null>;
  /** Stores events, and the block up to which they are complete, in one transaction. */
  addExchangeEvents(events: ExchangeEvent[], cursor: EventCursor): Promise<void>;
  /** Forgets the events of blocks above one, or all; the cursor stands there then. */
  rewindExchange(cursor: EventCursor | null): Promise<void>;
  /** Blocks that have events, newest first, below a number. */
  exchangeBlocks(before: number, limit: number): Promise<EventCursor[]>;
  exchangeEvents(query: EventQuery): Promise<ExchangeEvent[]>;
}

/** Its methods by name, for the caller of the database thread. */
export const TRADE_METHODS: Record<keyof TradeStore, true> = {
  addOrderChange: true,
  orderChanges: true,
  openOrderChanges: true,
  orderChange: true,
  updateOrderChange: true,
  addTransfer: true,
  transfers: true,
  openTransfers: true,
  transfer: true,
  updateTransfer: true,
  exchangeCursor: true,
  addExchangeEvents: true,
  rewindExchange: true,
  exchangeBlocks: true,
  exchangeEvents: true,
};
