/**
 * The compiled contracts, as `build/compile.ts` leaves them in `dist/`.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A compiled contract. Byte codes are 0x hex; the deployed one still has zeros for its immutables. */
export interface Artifact {
  contractName: string;
  abi: unknown[];
  bytecode: string;
  deployedBytecode: string;
  compiler: { version: string; settings: unknown };
}

/** Contracts that are deployed. */
export type ContractName = "DaiseeCoin" | "MeterRegistry" | "EnergyLedger" | "EnergyExchange";

/**
 * Reads a compiled contract.
 * @throws Error when the contracts are not compiled
 */
export function readArtifact(name: ContractName): Artifact {
  try {
    // The cast: written by our own build.
    return JSON.parse(readFileSync(join(import.meta.dirname, "dist", `${name}.json`), "utf8")) as Artifact;
  } catch (cause) {
    throw new Error(`the contracts are not compiled; run "npm run build"`, { cause });
  }
}
