/**
 * Schema 8: changes of standing orders, transfers of coins, and the exchange's events.
 * @module
 */

// Amounts have up to 63 bits, prices 32, and limits are cut to 48 before they come here: SQLite's integers hold all of them.
export const TRADE = `
CREATE TABLE order_change (
  number INTEGER PRIMARY KEY,
  order_id TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('ask', 'bid')),
  action TEXT NOT NULL CHECK (action IN ('place', 'cancel', 'withdraw', 'restore')),
  price INTEGER NOT NULL,
  max_slot_mwh INTEGER,
  preferred TEXT NOT NULL,
  by TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'final', 'refused', 'superseded')),
  reason TEXT,
  since_slot INTEGER,
  transaction_hash TEXT UNIQUE,
  created_utc_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX order_change_open ON order_change (number) WHERE state = 'open';
CREATE INDEX order_change_by_order ON order_change (order_id, number);

CREATE TABLE transfer (
  number INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('deposit', 'withdraw', 'prepay', 'refund')),
  amount INTEGER NOT NULL CHECK (amount > 0),
  seller INTEGER,
  by TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'final', 'refused')),
  reason TEXT,
  created_utc_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX transfer_open ON transfer (number) WHERE state = 'open';

CREATE TABLE exchange_cursor (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  block_number INTEGER NOT NULL,
  block_hash TEXT NOT NULL
) STRICT;

CREATE TABLE exchange_event (
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  block_hash TEXT NOT NULL,
  transaction_hash TEXT NOT NULL,
  name TEXT NOT NULL,
  slot INTEGER NOT NULL,
  node INTEGER,
  data BLOB NOT NULL,
  PRIMARY KEY (block_number, log_index)
) STRICT, WITHOUT ROWID;
CREATE INDEX exchange_event_by_slot ON exchange_event (name, slot);
`;
