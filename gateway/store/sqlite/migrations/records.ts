/**
 * Schema 2: rollups, packed readings, and the store's settings.
 * @module
 */

// `rollup.resolution` is the index in RESOLUTIONS. `rolled_up` has each meter's first number and newest reading. A `block` has readings
// of one board; blocks of a board do not overlap in (boot, sequence), and none spans more than BLOCK_SPAN_MS of time. What was dropped
// for its age leaves its last number in `dropped`, and each meter's last reading in `dropped_meter`: the next pair begins there.
export const RECORDS = `
CREATE TABLE rollup (
  board INTEGER NOT NULL,
  meter INTEGER NOT NULL,
  resolution INTEGER NOT NULL,
  start_utc_ms INTEGER NOT NULL,
  import_mwh INTEGER NOT NULL,
  export_mwh INTEGER NOT NULL,
  estimated_mwh INTEGER NOT NULL,
  covered_ms INTEGER NOT NULL,
  estimated_ms INTEGER NOT NULL,
  readings INTEGER NOT NULL,
  power_sum_mw INTEGER NOT NULL,
  min_power_mw INTEGER,
  max_power_mw INTEGER,
  voltage_sum_mv INTEGER NOT NULL,
  charge_utc_ms INTEGER,
  charge_permille INTEGER,
  PRIMARY KEY (board, meter, resolution, start_utc_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE rolled_up (
  board INTEGER NOT NULL,
  meter INTEGER NOT NULL,
  first_boot INTEGER NOT NULL,
  first_sequence INTEGER NOT NULL,
  boot INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  end_utc_ms INTEGER NOT NULL,
  import_mwh INTEGER NOT NULL,
  export_mwh INTEGER NOT NULL,
  PRIMARY KEY (board, meter)
) STRICT, WITHOUT ROWID;

CREATE TABLE block (
  id INTEGER PRIMARY KEY,
  board INTEGER NOT NULL REFERENCES board,
  first_boot INTEGER NOT NULL,
  first_sequence INTEGER NOT NULL,
  last_boot INTEGER NOT NULL,
  last_sequence INTEGER NOT NULL,
  readings INTEGER NOT NULL,
  from_utc_ms INTEGER,
  to_utc_ms INTEGER,
  data BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX block_by_key ON block (board, first_boot, first_sequence, last_boot, last_sequence);
CREATE INDEX block_by_time ON block (from_utc_ms, to_utc_ms, board, readings) WHERE from_utc_ms IS NOT NULL;

CREATE TABLE block_batch (
  batch INTEGER NOT NULL REFERENCES batch,
  block INTEGER NOT NULL REFERENCES block,
  PRIMARY KEY (batch, block)
) STRICT, WITHOUT ROWID;
CREATE INDEX block_batch_by_block ON block_batch (block);

CREATE TABLE dropped (
  board INTEGER PRIMARY KEY REFERENCES board,
  boot INTEGER NOT NULL,
  sequence INTEGER NOT NULL
) STRICT;

CREATE TABLE dropped_meter (
  board INTEGER NOT NULL,
  meter INTEGER NOT NULL,
  boot INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  end_utc_ms INTEGER NOT NULL,
  import_mwh INTEGER NOT NULL,
  export_mwh INTEGER NOT NULL,
  PRIMARY KEY (board, meter)
) STRICT, WITHOUT ROWID;

CREATE TABLE store_setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO store_setting VALUES ('rolledUp', 'false');
`;
