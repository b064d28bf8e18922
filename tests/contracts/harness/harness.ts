/**
 * The contracts that only tests have: pure parts of ours by themselves, and a coin that calls back. Compiled when a test first asks.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Interface, type InterfaceAbi } from "ethers";
import { compileContracts } from "#contracts/build/compile.ts";

type Harness = "ClearingHarness" | "CallingCoin";

/** A contract of this folder. */
export function readHarness(name: Harness): { bytecode: string; deployedBytecode: string; abi: Interface } {
  const root = join(import.meta.dirname, "..", "..", "..", "contracts");
  // Each by itself: code for one takes seconds, for the other a quarter of a minute.
  const { dist } = compileContracts({ root, overlay: import.meta.dirname, dist: join(import.meta.dirname, "dist", name), contracts: [name] });
  // The cast: written by our own build.
  const artifact = JSON.parse(readFileSync(join(dist, `${name}.json`), "utf8")) as { bytecode: string; deployedBytecode: string; abi: InterfaceAbi };
  return { ...artifact, abi: new Interface(artifact.abi) };
}
