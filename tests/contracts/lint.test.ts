import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

interface Report {
  line: number;
  message: string;
  ruleId: string;
}

// The cast: solhint has no types for the function that lints a text.
const { processStr } = createRequire(import.meta.url)("solhint") as { processStr: (text: string, config: unknown, file: string) => { reports: Report[] } };
const CONTRACTS = join(import.meta.dirname, "..", "..", "contracts");
const config: unknown = JSON.parse(readFileSync(join(CONTRACTS, ".solhint.json"), "utf8"));

/** Complaints by our rules: `file:line rule: message`. */
function lint(text: string, file: string): string[] {
  return processStr(text, config, file).reports.map(({ line, ruleId, message }) => `${file}:${line} ${ruleId}: ${message}`);
}

describe("solhint, by the rules of contracts/.solhint.json", function () {

  it("finds nothing in the contracts", () => {
    const files = readdirSync(CONTRACTS, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".sol"));
    assert.ok(files.length > 20, `${files.length} files`);
    assert.deepEqual(files.flatMap((file) => lint(readFileSync(join(CONTRACTS, file), "utf8"), join(CONTRACTS, file))), []);
  });

  it("would find what is dangerous", () => {
    const bad = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.0;
contract Bad {
    mapping(address => uint256) balances;
    function take() external {
        require(tx.origin == msg.sender, "no");
        (bool ok, ) = msg.sender.call{value: balances[msg.sender]}("");
        balances[msg.sender] = 0;
        assembly { selfdestruct(0) }
    }
}`;
    const rules = new Set(lint(bad, "Bad.sol").map((complaint) => complaint.split(" ")[1]));
    for (const rule of ["avoid-tx-origin:", "no-inline-assembly:", "compiler-version:", "gas-custom-errors:", "state-visibility:"]) {
      assert.ok(rules.has(rule), `${rule} of ${[...rules].join(" ")}`);
    }
  });
});
