/**
 * Schema 7: frames that are kept and not filed yet.
 * @module
 */

// A row for each commit: its frames as `transfer.ts` packs them. A board's are filed up to the commit `filed.number`.
export const JOURNAL = `
CREATE TABLE journal (
  number INTEGER PRIMARY KEY,
  frames BLOB NOT NULL
) STRICT;

CREATE TABLE filed (
  board INTEGER PRIMARY KEY REFERENCES board,
  number INTEGER NOT NULL
) STRICT;
`;
