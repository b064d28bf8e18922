/**
 * What calls of the contracts cost: a snapshot that `tests/contracts/gas.test.ts` holds the contracts to.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type snapshot from "./gas.json";

/** What is measured, in plain words. */
export type GasKey = keyof typeof snapshot;

export const GAS_SNAPSHOT_PATH = join(import.meta.dirname, "gas.json");

/** Gas by what costs it. */
export function readGasSnapshot(): Record<GasKey, number> {
  // The cast: the type is that of the file itself.
  return JSON.parse(readFileSync(GAS_SNAPSHOT_PATH, "utf8")) as Record<GasKey, number>;
}
