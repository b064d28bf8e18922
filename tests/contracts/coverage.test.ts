/** That no function and no error of the contracts is without a test: each is named in one. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { CONTRACTS } from "#contracts/build/compile.ts";
import { readArtifact } from "#contracts/artifact.ts";

/** OpenZeppelin's, which no call of ours can reach: they guard against callers that do not exist here. */
const UNREACHABLE = new Set(["ECDSAInvalidSignatureLength", "ERC20InvalidApprover", "ERC20InvalidSender", "InvalidAccountNonce", "SafeERC20FailedOperation"]);

describe("the contracts' tests", () => {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".ts") && file !== "coverage.test.ts");
  const text = files.map((file) => readFileSync(join(import.meta.dirname, file), "utf8")).join("\n");

  for (const contract of CONTRACTS) {
    it(`name every function and every error of ${contract}`, () => {
      // The cast: the compiler's ABI.
      const entries = readArtifact(contract).abi as { type: string; name: string }[];
      const names = entries.filter(({ type }) => type === "function" || type === "error").map(({ name }) => name);
      const missing = names.filter((name) => !UNREACHABLE.has(name) && !new RegExp(`"${name}"|\\.${name}\\b`).test(text));
      assert.deepEqual(missing, []);
    });
  }
});
