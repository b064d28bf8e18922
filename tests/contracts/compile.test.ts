import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readArtifact } from "#contracts/artifact.ts";
import { CONTRACTS, MAX_CODE_BYTES, SOLC_SETTINGS, SOLC_VERSION, compileContracts } from "#contracts/build/compile.ts";
import * as abi from "#contracts/dist/abi.ts";

/** EVM opcodes that came after London. */
const PUSH0 = 0x5f;
const MCOPY = 0x5e;
const PUSH1 = 0x60;
const PUSH32 = 0x7f;

/** Opcodes of a code, without the data of its PUSH instructions. */
function opcodesOf(code: string): Set<number> {
  const bytes = Buffer.from(code.slice(2), "hex");
  const opcodes = new Set<number>();
  for (let at = 0; at < bytes.length; at += 1) {
    const opcode = bytes.readUInt8(at);
    opcodes.add(opcode);
    if (opcode >= PUSH1 && opcode <= PUSH32) at += opcode - PUSH1 + 1;
  }
  return opcodes;
}

describe("compiled contracts", () => {
  for (const name of CONTRACTS) {
    describe(name, () => {
      const artifact = readArtifact(name);

      it("says which compiler and settings made it", () => {
        assert.deepEqual(artifact.compiler, { version: SOLC_VERSION, settings: SOLC_SETTINGS });
      });

      it("fits a chain, and runs on one that knows nothing after London", () => {
        assert.ok(artifact.deployedBytecode.length / 2 - 1 <= MAX_CODE_BYTES);
        const opcodes = opcodesOf(artifact.deployedBytecode);
        assert.deepEqual([opcodes.has(PUSH0), opcodes.has(MCOPY)], [false, false]);
      });

      it("has its ABI in the typed module", () => {
        const typed = Object.entries(abi).find(([key]) => key.toLowerCase() === `${name}Abi`.toLowerCase())?.[1];
        assert.deepEqual(typed, artifact.abi);
      });
    });
  }
});

describe("our contracts", () => {
  it("compile without a warning: the build takes none, and what it left is of these sources", () => {
    const { dist } = compileContracts();
    assert.ok(readdirSync(dist).includes("hash"));
  }).timeout(120_000);
});

describe("compileContracts", () => {
  let root: string;
  const contracts = ["Greeter"];
  const greeter = (body: string): string =>
    `// SPDX-License-Identifier: Apache-2.0\npragma solidity 0.8.37;\ncontract Greeter { ${body} }\n`;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "daisee-contracts-"));
    writeFileSync(join(root, "Greeter.sol"), greeter("uint256 public count;"));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it("compiles once, and again only when a source has changed or output is missing", () => {
    const isCompiled = (): boolean => compileContracts({ root, contracts }).compiled;
    assert.deepEqual([isCompiled(), isCompiled()], [true, false]);
    writeFileSync(join(root, "Greeter.sol"), greeter("uint256 public total;"));
    assert.deepEqual([isCompiled(), isCompiled()], [true, false]);
    rmSync(join(root, "dist", "Greeter.json"));
    assert.deepEqual([isCompiled(), isCompiled()], [true, false]);
    assert.match(readFileSync(join(root, "dist", "abi.ts"), "utf8"), /export const greeterAbi = \[[^]*"total"[^]*\] as const;/);
    assert.deepEqual(readdirSync(join(root, "dist")).sort(), ["Greeter.json", "abi.ts", "hash"]);
  });

  it("fails on a warning, with the compiler's words, and leaves the last good output", () => {
    compileContracts({ root, contracts });
    writeFileSync(join(root, "Greeter.sol"), greeter("function greet() external { uint256 unused; }"));
    assert.throws(() => compileContracts({ root, contracts }), /Unused local variable/);
    assert.match(readFileSync(join(root, "dist", "abi.ts"), "utf8"), /"count"/);
  });

  it("fails on an error and on a contract that is not there", () => {
    writeFileSync(join(root, "Greeter.sol"), greeter("uint256 public count"));
    assert.throws(() => compileContracts({ root, contracts }), /Expected ';'/);
    writeFileSync(join(root, "Greeter.sol"), greeter(""));
    assert.throws(() => compileContracts({ root, contracts: ["Parter"] }), /Parter\.sol does not define a contract Parter/);
  });

  it("fails on a contract that no chain would take", () => {
    assert.throws(() => compileContracts({ root, contracts, maxCodeBytes: 10 }), /Greeter has \d+ bytes of code, more than the 10/);
  });
});
