/**
 * Schema 6: energy that no board of ours metered, and numbers by which other programs know our things.
 * @module
 */

// Nothing here refers to readings, checkpoints or batches, nor they to it: what settles cannot come upon it.
export const EXTERNAL = `
CREATE TABLE external_series (
  series INTEGER PRIMARY KEY,
  series_id TEXT NOT NULL UNIQUE,
  origin TEXT NOT NULL CHECK (origin IN ('citizenwatt', 'imported', 'manual')),
  kind TEXT NOT NULL CHECK (kind IN ('consumption', 'production')),
  name TEXT NOT NULL
) STRICT;

CREATE TABLE external_energy (
  series INTEGER NOT NULL REFERENCES external_series,
  start_utc_ms INTEGER NOT NULL,
  end_utc_ms INTEGER NOT NULL CHECK (end_utc_ms > start_utc_ms),
  energy_mwh INTEGER NOT NULL CHECK (energy_mwh >= 0),
  PRIMARY KEY (series, start_utc_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE external_number (
  space TEXT NOT NULL,
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (space, number),
  UNIQUE (space, name)
) STRICT, WITHOUT ROWID;
`;
