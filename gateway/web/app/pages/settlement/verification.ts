/**
 * What a check of a reading's proof found, step by step. Pure: the hashing is handed in.
 * @module
 */
import type { LedgerReading } from "#contracts/leaf.ts";
import type { Reading } from "#gateway/api/schemas/records.ts";
import type { ReadingProof } from "#gateway/ledger/verify.ts";

/** `merkle.ts`. */
export interface Hashing {
  leafOf: (reading: LedgerReading) => string;
  rootOf: (leaf: string, siblings: readonly string[]) => string;
}

export interface Check {
  name: "values" | "leaf" | "root" | "batch" | "chain";
  /** untold: there is nothing to hold it against. */
  result: "ok" | "wrong" | "untold";
  expected: string;
  actual: string;
}

export interface Claims {
  /** The reading as it is shown. */
  reading: Reading;
  proof: ReadingProof;
  /** Root of the batch as the gateway keeps it. */
  batchRoot: string;
  /** Root that the gateway read from the contract's event; null when it no longer has that. */
  eventRoot: string | null;
}

/** Values that are shown and hashed alike. */
const SHARED = ["boot", "sequence", "uptimeMs", "endUtcMs", "currentMa", "minCurrentMa", "maxCurrentMa", "voltageMv", "importMwh", "exportMwh"] as const;

const compare = (name: Check["name"], expected: string, actual: string): Check => ({
  name,
  result: expected === actual ? "ok" : "wrong",
  expected,
  actual,
});

/** The checks, in order: from the values that are shown up to the root on the chain. */
export function verify({ reading, proof, batchRoot, eventRoot }: Claims, { leafOf, rootOf }: Hashing): Check[] {
  const shown = SHARED.map((name) => `${name} ${reading[name]}`).join(", ");
  const hashed = SHARED.map((name) => `${name} ${proof.reading[name]}`).join(", ");
  const leaf = leafOf(proof.reading);
  const root = rootOf(leaf, proof.proof);
  return [
    compare("values", shown, hashed),
    compare("leaf", proof.leaf, leaf),
    compare("root", proof.root, root),
    compare("batch", batchRoot, root),
    eventRoot === null ? { name: "chain", result: "untold", expected: "", actual: root } : compare("chain", eventRoot, root),
  ];
}

/** All that could be checked is right, something is wrong, or the chain's word is missing. */
export function verdictOf(checks: readonly Check[]): "proven" | "consistent" | "wrong" {
  if (checks.some(({ result }) => result === "wrong")) return "wrong";
  return checks.every(({ result }) => result === "ok") ? "proven" : "consistent";
}
