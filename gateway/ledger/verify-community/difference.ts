/**
 * Where what is on the chain differs from what follows from everything before it.
 * @module
 */

/** What is compared: a batch, a slot, an account. */
export interface Difference {
  /** As in `slot 1234` or `account of node 3`. */
  subject: string;
  /** What of it. */
  what: string;
  expected: string;
  actual: string;
  /** Where the chain says so; null for a state at the newest block, or what a gateway answered. */
  transactionHash: string | null;
}

/** Notes what differs. */
export type Note = (difference: Difference) => void;

/** Compares two values by their text. */
export function compare(note: Note, place: Pick<Difference, "subject" | "what" | "transactionHash">, expected: unknown, actual: unknown): void {
  if (String(expected) !== String(actual)) note({ ...place, expected: String(expected), actual: String(actual) });
}
