/**
 * Schema 1: boards, their records, batches and the outbox.
 * @module
 */

// Boards are stored as their 48-bit EUI. Readings and events are numbered together (fine stream), checkpoints apart (coarse stream).
export const FOUNDATION = `
CREATE TABLE board (
  board INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('consumer', 'producer')),
  wrapped_secret BLOB NOT NULL,
  admitted_utc_ms INTEGER NOT NULL,
  frame_boot INTEGER,
  frame_number INTEGER
) STRICT;

CREATE TABLE meter (
  board INTEGER NOT NULL REFERENCES board,
  meter INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('load', 'generation', 'battery', 'bus')),
  name TEXT NOT NULL,
  rated_power_w INTEGER NOT NULL,
  PRIMARY KEY (board, meter)
) STRICT, WITHOUT ROWID;

CREATE TABLE boot (
  board INTEGER NOT NULL REFERENCES board,
  boot INTEGER NOT NULL,
  boot_utc_ms INTEGER NOT NULL,
  PRIMARY KEY (board, boot)
) STRICT, WITHOUT ROWID;

CREATE TABLE batch (
  number INTEGER PRIMARY KEY,
  root TEXT NOT NULL,
  reading_count INTEGER NOT NULL,
  from_utc_ms INTEGER NOT NULL,
  to_utc_ms INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  created_utc_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE reading (
  board INTEGER NOT NULL REFERENCES board,
  boot INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  meter INTEGER NOT NULL,
  uptime_ms INTEGER NOT NULL,
  end_utc_ms INTEGER,
  current_ma INTEGER NOT NULL,
  min_current_ma INTEGER NOT NULL,
  max_current_ma INTEGER NOT NULL,
  voltage_mv INTEGER NOT NULL,
  import_mwh INTEGER NOT NULL,
  export_mwh INTEGER NOT NULL,
  relays INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  charge_permille INTEGER,
  batch INTEGER REFERENCES batch,
  leaf INTEGER,
  PRIMARY KEY (board, boot, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX reading_by_time ON reading (end_utc_ms, board, boot, sequence);
CREATE INDEX reading_by_meter ON reading (board, meter, end_utc_ms, boot, sequence);
CREATE INDEX reading_unbatched ON reading (board, boot, sequence, end_utc_ms) WHERE batch IS NULL AND end_utc_ms IS NOT NULL;
CREATE INDEX reading_by_batch ON reading (batch, leaf) WHERE batch IS NOT NULL;

CREATE TABLE newest_reading (
  board INTEGER NOT NULL REFERENCES board,
  meter INTEGER NOT NULL,
  boot INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (board, meter)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  board INTEGER NOT NULL REFERENCES board,
  boot INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  uptime_ms INTEGER NOT NULL,
  utc_ms INTEGER,
  cause INTEGER NOT NULL,
  source INTEGER NOT NULL,
  value INTEGER NOT NULL,
  limit_value INTEGER NOT NULL,
  PRIMARY KEY (board, boot, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_by_time ON event (utc_ms, board, boot, sequence);

CREATE TABLE checkpoint (
  board INTEGER NOT NULL REFERENCES board,
  boot INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  uptime_ms INTEGER NOT NULL,
  utc_ms INTEGER,
  slot INTEGER,
  flags INTEGER NOT NULL,
  batch INTEGER REFERENCES batch,
  PRIMARY KEY (board, boot, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX checkpoint_by_slot ON checkpoint (slot IS NULL, slot, board, boot, sequence);
CREATE INDEX checkpoint_unbatched ON checkpoint (slot, board, boot, sequence) WHERE batch IS NULL AND slot IS NOT NULL;

CREATE TABLE checkpoint_counter (
  board INTEGER NOT NULL,
  boot INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  meter INTEGER NOT NULL,
  import_mwh INTEGER NOT NULL,
  export_mwh INTEGER NOT NULL,
  PRIMARY KEY (board, boot, sequence, meter),
  FOREIGN KEY (board, boot, sequence) REFERENCES checkpoint
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('commit')),
  batch INTEGER NOT NULL UNIQUE REFERENCES batch,
  nonce INTEGER NOT NULL UNIQUE,
  raw TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('signed', 'mined', 'final', 'reverted')),
  block_number INTEGER,
  block_hash TEXT,
  created_utc_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_open ON outbox (id) WHERE state IN ('signed', 'mined');

CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
