/**
 * Reads an engine's log for its operator.
 * @module
 */

/**
 * Makes a reader of lines.
 * @param tell told, once per cause, what a line means and what to do
 */
export function explainLog(tell: (meaning: string) => void): (line: string) => void {
  const told = new Set<string>();
  return (line) => {
    const meaning = meaningOf(line);
    if (meaning === null || told.has(meaning)) return;
    told.add(meaning);
    tell(meaning);
  };
}

/** What a line means; null for most. */
function meaningOf(line: string): string | null {
  const [, mismatch] = /genesis mismatch: ([0-9a-f]+)/i.exec(line) ?? [];
  if (mismatch !== undefined) {
    return (
      `a peer has another block 0 (0x${mismatch}): its description, or this one, is not the community's. Compare chain.json and the block 0 that ` +
      '"daisee chain status" shows on both; take the right one over with "daisee chain export"'
    );
  }
  return /No space left|low disk space/i.test(line) ? "the disk is full: make room, else the node stops" : null;
}
