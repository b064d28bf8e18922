/**
 * Schema 5: the outbox for transactions of all kinds, with every signature that one ever had.
 * @module
 */

// A nonce may occur twice: what was signed anew leaves its old one to another transaction.
export const SETTLEMENT = `
ALTER TABLE outbox RENAME TO outbox_of_commits;
DROP INDEX outbox_open;
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('commit', 'clear', 'order', 'deposit')),
  subject INTEGER NOT NULL,
  nonce INTEGER NOT NULL,
  raw TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('signed', 'mined', 'final', 'reverted')),
  block_number INTEGER,
  block_hash TEXT,
  created_utc_ms INTEGER NOT NULL,
  UNIQUE (kind, subject)
) STRICT;
INSERT INTO outbox SELECT id, kind, batch, nonce, raw, hash, state, block_number, block_hash, created_utc_ms FROM outbox_of_commits;
DROP TABLE outbox_of_commits;
CREATE INDEX outbox_open ON outbox (id) WHERE state IN ('signed', 'mined');
CREATE INDEX outbox_reverted_commit ON outbox (id) WHERE state = 'reverted' AND kind = 'commit';
CREATE INDEX outbox_by_block ON outbox (block_number, id) WHERE block_number IS NOT NULL;

CREATE TABLE outbox_earlier (
  number INTEGER PRIMARY KEY,
  id INTEGER NOT NULL REFERENCES outbox,
  nonce INTEGER NOT NULL,
  raw TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX outbox_earlier_by_id ON outbox_earlier (id, number);
`;
