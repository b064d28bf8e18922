/**
 * Compiles the contracts with the pinned solc into `contracts/dist/`: an artifact per contract, and all ABIs typed for TypeScript.
 * Nothing is done when the sources, the settings and this compiler are those of the last time.
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import type { Artifact, ContractName } from "../artifact.ts";
import { readSources, type Sources } from "./sources.ts";

/** The only compiler whose output counts as ours. */
export const SOLC_VERSION = "0.8.37+commit.f401782d.Emscripten.clang";

/** Contracts that are deployed, and so get an artifact. */
export const CONTRACTS: readonly ContractName[] = ["DaiseeCoin", "MeterRegistry", "EnergyLedger", "EnergyExchange"];

/** EIP-170: a chain refuses a contract whose code is longer. */
export const MAX_CODE_BYTES = 24_576;

/**
 * `london` because geth 1.13's Clique knows neither PUSH0 nor MCOPY, which newer targets use. `viaIR` because without it the exchange is too
 * long for a chain, and costs a fifth more gas to clear; it makes a first build some fifteen seconds longer. 10,000 runs favour cheap calls
 * over a cheap deployment, which happens once. No metadata hash: the code depends on what the sources mean, so a comment does not change it.
 */
export const SOLC_SETTINGS = {
  evmVersion: "london",
  viaIR: true,
  optimizer: { enabled: true, runs: 10_000 },
  metadata: { appendCBOR: false, bytecodeHash: "none" },
} as const;

export interface CompileOptions {
  /** Folder with the sources; our own by default. */
  root?: string;
  /** Folder with sources to compile in place of the root's, which may import those. */
  overlay?: string;
  /** Folder for the output; `dist` in the root by default. */
  dist?: string;
  /** Contracts to write. */
  contracts?: readonly string[];
  /** Longest code of one of them; what a chain accepts by default. */
  maxCodeBytes?: number;
}

/** Of the named contracts only: code for the others' parts would take as long again. */
const OUTPUT = ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"];

interface SolcOutput {
  errors?: { formattedMessage: string }[];
  contracts?: Record<string, Record<string, SolcContract>>;
}

interface SolcContract {
  abi: unknown[];
  evm: { bytecode: { object: string }; deployedBytecode: { object: string } };
}

/**
 * Compiles all contracts. A warning is an error.
 * @returns whether anything had to be compiled
 * @throws Error with the compiler's messages
 */
export function compileContracts(options: CompileOptions = {}): { compiled: boolean; dist: string } {
  const root = options.root ?? resolve(import.meta.dirname, "..");
  const dist = options.dist ?? join(root, "dist");
  const names = options.contracts ?? CONTRACTS;
  const sources = readSources(root, options.overlay);
  const hash = inputHash(sources, names);
  if (isCurrent(dist, hash, names)) return { compiled: false, dist };

  const artifacts = compileSources(sources, names, options.maxCodeBytes ?? MAX_CODE_BYTES);
  mkdirSync(dist, { recursive: true });
  // The hash goes first and comes back last: an interrupted build is never taken for a whole one.
  rmSync(join(dist, "hash"), { force: true });
  for (const artifact of artifacts) replaceFile(join(dist, `${artifact.contractName}.json`), `${JSON.stringify(artifact, null, 2)}\n`);
  replaceFile(join(dist, "abi.ts"), abiModule(artifacts));
  replaceFile(join(dist, "hash"), hash);
  return { compiled: true, dist };
}

function inputHash(sources: Sources, names: readonly string[]): string {
  const input = [SOLC_VERSION, SOLC_SETTINGS, names, [...sources], readFileSync(import.meta.filename, "utf8")];
  return createHash("sha256").update(JSON.stringify(input)).digest("hex");
}

function isCurrent(dist: string, hash: string, names: readonly string[]): boolean {
  const files = ["hash", "abi.ts", ...names.map((name) => `${name}.json`)];
  return files.every((file) => existsSync(join(dist, file))) && readFileSync(join(dist, "hash"), "utf8") === hash;
}

function compileSources(sources: Sources, names: readonly string[], maxCodeBytes: number): Artifact[] {
  const output = runSolc({
    language: "Solidity",
    sources: Object.fromEntries([...sources].map(([name, content]) => [name, { content }])),
    settings: { ...SOLC_SETTINGS, outputSelection: Object.fromEntries(names.map((name) => [`${name}.sol`, { [name]: OUTPUT }])) },
  });
  const complaints = (output.errors ?? []).map((error) => error.formattedMessage);
  if (complaints.length > 0) throw new Error(`solc refuses or warns; both fail the build:\n\n${complaints.join("\n")}`);
  return names.map((name) => artifactOf(name, output, maxCodeBytes));
}

function runSolc(input: unknown): SolcOutput {
  // Loaded here, not above: it takes a second, and most builds are current.
  // The cast: solc-js has no types for its two functions.
  const solc = createRequire(import.meta.url)("solc") as { version(): string; compile(input: string): string };
  if (solc.version() !== SOLC_VERSION) {
    throw new Error(`solc is ${solc.version()}, but the contracts are pinned to ${SOLC_VERSION}; run "npm ci" to install it`);
  }
  // The cast: the compiler's own documented output format.
  return JSON.parse(solc.compile(JSON.stringify(input))) as SolcOutput;
}

function artifactOf(name: string, output: SolcOutput, maxCodeBytes: number): Artifact {
  const contract = output.contracts?.[`${name}.sol`]?.[name];
  if (contract === undefined) throw new Error(`${name}.sol does not define a contract ${name}`);
  const codeBytes = contract.evm.deployedBytecode.object.length / 2;
  if (codeBytes > maxCodeBytes) {
    throw new Error(`${name} has ${codeBytes} bytes of code, more than the ${maxCodeBytes} that a chain accepts`);
  }
  return {
    contractName: name,
    abi: contract.abi,
    bytecode: `0x${contract.evm.bytecode.object}`,
    deployedBytecode: `0x${contract.evm.deployedBytecode.object}`,
    compiler: { version: SOLC_VERSION, settings: SOLC_SETTINGS },
  };
}

function abiModule(artifacts: Artifact[]): string {
  const constants = artifacts.map(({ contractName, abi }) => {
    const name = `${contractName.charAt(0).toLowerCase()}${contractName.slice(1)}Abi`;
    return `export const ${name} = ${JSON.stringify(abi, null, 2)} as const;\n`;
  });
  return `/**\n * ABIs of the contracts, generated by \`contracts/build/compile.ts\`.\n * @module\n */\n${constants.join("\n")}`;
}

/** Readers see the old file or the new one, never half of it. */
function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}
