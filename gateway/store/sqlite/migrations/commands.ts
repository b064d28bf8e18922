/**
 * Schema 3: commands to boards, what they said of their health, and bounds of boots that never met the gateway.
 * @module
 */

// Commands and diagnostics are JSON: they are looked up whole, and grow fields as boards learn more.
export const COMMANDS = `
CREATE TABLE command (
  board INTEGER NOT NULL REFERENCES board,
  command_id INTEGER NOT NULL,
  command TEXT NOT NULL,
  "by" TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'applied', 'refused', 'expired')),
  reason TEXT,
  created_utc_ms INTEGER NOT NULL,
  sent_utc_ms INTEGER,
  done_utc_ms INTEGER,
  PRIMARY KEY (board, command_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX command_open ON command (board, command_id) WHERE state IN ('pending', 'sent');

CREATE TABLE diagnostics (
  board INTEGER NOT NULL REFERENCES board,
  frame_boot INTEGER NOT NULL,
  frame_number INTEGER NOT NULL,
  received_utc_ms INTEGER NOT NULL,
  command_id INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (board, frame_boot, frame_number)
) STRICT, WITHOUT ROWID;

CREATE TABLE boot_bounds (
  board INTEGER NOT NULL REFERENCES board,
  boot INTEGER NOT NULL,
  earliest_utc_ms INTEGER,
  latest_utc_ms INTEGER NOT NULL,
  PRIMARY KEY (board, boot)
) STRICT, WITHOUT ROWID;
`;
