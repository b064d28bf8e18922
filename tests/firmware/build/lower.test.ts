import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { check } from "#firmware/build/check.ts";
import { lower, minify } from "#firmware/build/lower.ts";
import { reservedNames } from "#firmware/build/reserved.ts";
import { runOnInterpreter } from "./interpreter.ts";

const EMPTY_MAP = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });

const RESERVED = reservedNames(fileURLToPath(new URL("../../../firmware/espruino.d.ts", import.meta.url)));

/** Each prints its result as text. */
const CONSTRUCTS: [string, string, string][] = [
  ["default parameters", "const f = (a, b = a + 1) => a * b; console.log(f(2) + ' ' + f(2, 5));", "6 10"],
  ["rest parameters", "function f(a, ...more) { return more.length + ':' + more.join(); } console.log(f(1, 2, 3));", "2:2,3"],
  ["spread in calls", "console.log('' + Math.max(...[1, 9, 3]));", "9"],
  ["spread in arrays", "const a = [1, 2]; console.log([0, ...a, 3].join());", "0,1,2,3"],
  ["array destructuring", "const [a, , b = 5] = [1, 2]; console.log(a + ',' + b);", "1,5"],
  ["object destructuring", "const { x, y: { z }, w = 4 } = { x: 1, y: { z: 2 } }; console.log(x + ',' + z + ',' + w);", "1,2,4"],
  ["destructured parameters", "const f = ({ a, b = 2 }, [c]) => a + b + c; console.log('' + f({ a: 1 }, [3]));", "6"],
  ["computed keys", "const k = 'na' + 'me'; const o = { [k]: 7 }; console.log('' + o['name']);", "7"],
  ["closures over loop variables", "const f = []; for (let i = 0; i < 3; i++) f.push(() => i); console.log(f.map((g) => g()).join());", "0,1,2"],
  ["functions used above their definition", "console.log('' + f()); function f() { return 8; }", "8"],
];

async function lowered(code: string): Promise<string> {
  const { code: out } = await minify(await lower({ code, map: EMPTY_MAP }), "test.js", RESERVED);
  return out;
}

function runHere(code: string): string {
  const lines: string[] = [];
  runInContext(code, createContext({ console: { log: (text: string) => lines.push(text) } }));
  return lines.join("\n");
}

describe("lowering", () => {
  for (const [what, code, expected] of CONSTRUCTS) {
    it(`makes ${what} something that the board parses, with the same result`, async () => {
      const out = await lowered(code);
      assert.deepEqual(check(out), []);
      assert.equal(runHere(out), expected);
    });
  }

  it("gives the same results on the interpreter itself", async function () {
    const scripts = await Promise.all(CONSTRUCTS.map(async ([, code]) => lowered(code)));
    const lines = await runOnInterpreter(this, scripts.map((script) => `(function(){${script}})();`).join("\n"));
    assert.deepEqual(
      lines,
      CONSTRUCTS.map(([, , expected]) => expected),
    );
  });
});
