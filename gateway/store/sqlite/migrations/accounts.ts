/**
 * Schema 4: people, their sessions, tokens and what they changed; tariffs; what boards are set to.
 * @module
 */

export const ACCOUNTS = `
CREATE TABLE account (
  account_id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  role TEXT NOT NULL CHECK (role IN ('owner', 'member', 'guest')),
  password_hash TEXT NOT NULL,
  created_utc_ms INTEGER NOT NULL,
  last_login_utc_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  session_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES account ON DELETE CASCADE,
  secret_hash TEXT NOT NULL UNIQUE,
  created_utc_ms INTEGER NOT NULL,
  rotated_utc_ms INTEGER NOT NULL,
  seen_utc_ms INTEGER NOT NULL,
  expires_utc_ms INTEGER NOT NULL,
  address TEXT NOT NULL,
  client TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_account ON session (account_id);

CREATE TABLE token (
  token_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES account ON DELETE CASCADE,
  name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('read', 'control', 'admin')),
  secret_hash TEXT NOT NULL UNIQUE,
  created_utc_ms INTEGER NOT NULL,
  expires_utc_ms INTEGER,
  last_used_utc_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX token_by_account ON token (account_id);

CREATE TABLE audit (
  entry INTEGER PRIMARY KEY AUTOINCREMENT,
  utc_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  address TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL
) STRICT;

CREATE TABLE tariff (
  tariff_id TEXT PRIMARY KEY,
  valid_from TEXT NOT NULL UNIQUE,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE board_setting (
  board INTEGER PRIMARY KEY REFERENCES board,
  body TEXT NOT NULL
) STRICT;
`;
