/**
 * The TradeStore in SQLite.
 * @module
 */
import type { Database } from "better-sqlite3";
import type { EventCursor, EventQuery, ExchangeEvent, OrderChange, TradeStore, Transfer } from "../trade.ts";
import type { Synchronous } from "./synchronous.ts";

const CHANGE_COLUMNS = `number, order_id AS orderId, side, action, price, max_slot_mwh AS maxSlotMwh, preferred, by, state, reason,
  since_slot AS sinceSlot, created_utc_ms AS createdUtcMs,
  coalesce(transaction_hash, (SELECT hash FROM outbox WHERE outbox.kind = 'order' AND subject = number)) AS transactionHash`;
const TRANSFER_COLUMNS = `number, kind, amount, seller, by, state, reason,
  (SELECT hash FROM outbox WHERE outbox.kind = 'deposit' AND subject = number) AS transactionHash, created_utc_ms AS createdUtcMs`;
const CURSOR_COLUMNS = "block_number AS blockNumber, block_hash AS blockHash";
const EVENT_COLUMNS = `block_number AS blockNumber, log_index AS logIndex, block_hash AS blockHash, transaction_hash AS transactionHash,
  name, slot, node, data`;

type ChangeRow = Omit<OrderChange, "preferred"> & { preferred: string };
type TransferRow = Omit<Transfer, "amount" | "number" | "seller" | "createdUtcMs"> &
  Record<"amount" | "number" | "createdUtcMs", bigint> & { seller: bigint | null };

// What is in the column was written by this file.
const changeOf = (row: ChangeRow): OrderChange => ({ ...row, preferred: JSON.parse(row.preferred) as number[] });
const transferOf = (row: TransferRow): Transfer => ({
  ...row,
  number: Number(row.number),
  seller: row.seller === null ? null : Number(row.seller),
  createdUtcMs: Number(row.createdUtcMs),
});

/** A row of an INSERT that returns it. */
function stored<Row>(row: Row | undefined, what: string): Row {
  if (row === undefined) throw new Error(`store: ${what} was not stored`);
  return row;
}

function createOrders(database: Database) {
  const supersede = database.prepare(
    `UPDATE order_change SET state = 'superseded' WHERE side = ? AND state = 'open'
     AND NOT EXISTS (SELECT 1 FROM outbox WHERE kind = 'order' AND subject = number)`,
  );
  const insert = database.prepare<unknown[], ChangeRow>(
    `INSERT INTO order_change
       (order_id, side, action, price, max_slot_mwh, preferred, by, state, reason, since_slot, transaction_hash, created_utc_ms)
     VALUES (:orderId, :side, :action, :price, :maxSlotMwh, :preferred, :by, :state, :reason, :sinceSlot, :transactionHash, :createdUtcMs)
     RETURNING ${CHANGE_COLUMNS}`,
  );
  const selectOne = database.prepare<[number], ChangeRow>(`SELECT ${CHANGE_COLUMNS} FROM order_change WHERE number = ?`);
  const selectAll = database.prepare<[number], ChangeRow>(`SELECT ${CHANGE_COLUMNS} FROM order_change ORDER BY number DESC LIMIT ?`);
  const selectOfOrder = database.prepare<[string, number], ChangeRow>(
    `SELECT ${CHANGE_COLUMNS} FROM order_change WHERE order_id = ? ORDER BY number DESC LIMIT ?`,
  );
  const selectOpen = database.prepare<[number], ChangeRow>(
    `SELECT ${CHANGE_COLUMNS} FROM order_change WHERE state = 'open' ORDER BY number LIMIT ?`,
  );
  const update = database.prepare("UPDATE order_change SET state = ?, reason = ?, since_slot = ? WHERE number = ?");
  const add = database.transaction((change: Omit<OrderChange, "number">): OrderChange => {
    supersede.run(change.side);
    return changeOf(stored(insert.get({ ...change, preferred: JSON.stringify(change.preferred) }), "a change of an order"));
  });
  return {
    addOrderChange: (change: Omit<OrderChange, "number">) => add.immediate(change),
    orderChanges: ({ orderId, limit }: { orderId?: string; limit: number }) =>
      (orderId === undefined ? selectAll.all(limit) : selectOfOrder.all(orderId, limit)).map(changeOf),
    openOrderChanges: (limit: number) => selectOpen.all(limit).map(changeOf),
    orderChange(number: number) {
      const row = selectOne.get(number);
      return row === undefined ? null : changeOf(row);
    },
    updateOrderChange(number: number, { state, reason, sinceSlot }: Pick<OrderChange, "state" | "reason" | "sinceSlot">) {
      if (update.run(state, reason, sinceSlot, number).changes === 0) throw new Error(`store: there is no change ${number} of an order`);
    },
  };
}

function createTransfers(database: Database) {
  const prepare = (rest: string) => database.prepare<unknown[], TransferRow>(rest).safeIntegers();
  const insert = prepare(
    `INSERT INTO transfer (kind, amount, seller, by, state, reason, created_utc_ms)
     VALUES (:kind, :amount, :seller, :by, :state, :reason, :createdUtcMs) RETURNING ${TRANSFER_COLUMNS}`,
  );
  const selectNewest = prepare(`SELECT ${TRANSFER_COLUMNS} FROM transfer ORDER BY number DESC LIMIT ?`);
  const selectOpen = prepare(`SELECT ${TRANSFER_COLUMNS} FROM transfer WHERE state = 'open' ORDER BY number LIMIT ?`);
  const selectOne = prepare(`SELECT ${TRANSFER_COLUMNS} FROM transfer WHERE number = ?`);
  const update = database.prepare("UPDATE transfer SET state = ?, reason = ? WHERE number = ?");
  return {
    addTransfer: (transfer: Omit<Transfer, "number" | "transactionHash">) => transferOf(stored(insert.get(transfer), "a transfer")),
    transfers: (limit: number) => selectNewest.all(limit).map(transferOf),
    openTransfers: (limit: number) => selectOpen.all(limit).map(transferOf),
    transfer(number: number) {
      const row = selectOne.get(number);
      return row === undefined ? null : transferOf(row);
    },
    updateTransfer(number: number, { state, reason }: Pick<Transfer, "state" | "reason">) {
      if (update.run(state, reason, number).changes === 0) throw new Error(`store: there is no transfer ${number}`);
    },
  };
}

function newestFirst(a: ExchangeEvent, b: ExchangeEvent): number {
  return b.slot - a.slot || b.blockNumber - a.blockNumber || b.logIndex - a.logIndex;
}

function createExchangeEvents(database: Database) {
  const selectCursor = database.prepare<[], EventCursor>(`SELECT ${CURSOR_COLUMNS} FROM exchange_cursor`);
  const setCursor = database.prepare(
    `INSERT INTO exchange_cursor VALUES (1, :blockNumber, :blockHash)
     ON CONFLICT DO UPDATE SET block_number = excluded.block_number, block_hash = excluded.block_hash`,
  );
  const forgetCursor = database.prepare("DELETE FROM exchange_cursor");
  // A range that was read twice is the same.
  const insert = database.prepare(
    `INSERT OR REPLACE INTO exchange_event VALUES (:blockNumber, :logIndex, :blockHash, :transactionHash, :name, :slot, :node, :data)`,
  );
  const forget = database.prepare("DELETE FROM exchange_event WHERE block_number > ?");
  const selectBlocks = database.prepare<[number, number], EventCursor>(
    `SELECT DISTINCT ${CURSOR_COLUMNS} FROM exchange_event WHERE block_number < ? ORDER BY block_number DESC LIMIT ?`,
  );
  // One name at a time, so that the index gives the order; it ends with the primary key.
  const selectEvents = database.prepare<unknown[], ExchangeEvent>(
    `SELECT ${EVENT_COLUMNS} FROM exchange_event
     WHERE name = :name AND slot >= :fromSlot AND slot < :beforeSlot AND (:node IS NULL OR node = :node)
     ORDER BY slot DESC, block_number DESC, log_index DESC LIMIT :limit`,
  );
  const add = database.transaction((events: ExchangeEvent[], cursor: EventCursor): void => {
    for (const event of events) insert.run(event);
    setCursor.run(cursor);
  });
  const rewind = database.transaction((cursor: EventCursor | null): void => {
    forget.run(cursor?.blockNumber ?? -1);
    if (cursor === null) forgetCursor.run();
    else setCursor.run(cursor);
  });
  return {
    exchangeCursor: () => selectCursor.get() ?? null,
    addExchangeEvents: (events: ExchangeEvent[], cursor: EventCursor) => add.immediate(events, cursor),
    rewindExchange: (cursor: EventCursor | null) => rewind.immediate(cursor),
    exchangeBlocks: (before: number, limit: number) => selectBlocks.all(before, limit),
    exchangeEvents({ names, node, fromSlot = 0, beforeSlot = Number.MAX_SAFE_INTEGER, limit }: EventQuery) {
      const found = names.flatMap((name) => selectEvents.all({ name, node: node ?? null, fromSlot, beforeSlot, limit }));
      return (names.length === 1 ? found : found.sort(newestFirst)).slice(0, limit);
    },
  };
}

export function createTradeStore(database: Database): Synchronous<TradeStore> {
  return { ...createOrders(database), ...createTransfers(database), ...createExchangeEvents(database) };
}
