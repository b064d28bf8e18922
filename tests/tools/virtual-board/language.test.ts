import assert from "node:assert/strict";
import { evaluate, run } from "./bench.ts";

describe("virtual-board/fake: language", () => {
  it("has nothing of Node and nothing of a modern engine", () => {
    const absent = (
      "Map Set WeakMap Symbol Proxy Reflect BigInt TextEncoder TextDecoder queueMicrotask setImmediate structuredClone Buffer global " +
      "Array.from Array.of Object.freeze Object.is Object.hasOwn Number.isInteger Math.trunc Math.imul Math.hypot Uint8Array.from " +
      "Promise.race [].at [].flat [].lastIndexOf ''.matchAll ''.at (1).toPrecision process.version WebAssembly Date"
    ).split(" ");
    assert.deepEqual(
      evaluate(...absent.map((name) => `typeof ${name}`)),
      absent.map(() => '"undefined"'),
    );
  });

  it("gives no way out through its own functions or errors", () => {
    assert.deepEqual(
      evaluate(
        'print.constructor("return typeof process.exit")()',
        'require("Storage").read.constructor("return typeof process.binding")()',
        `(function () {
          try { require("fs"); } catch (error) { return error.constructor.constructor("return typeof process.exit")(); }
        })()`,
        '(function () { try { require("fs"); } catch (error) { return error instanceof Error; } })()',
      ),
      ['"undefined"', '"undefined"', '"undefined"', "true"],
    );
  });

  it("throws for what the board has not: libraries, names, functions", () => {
    assert.deepEqual(
      evaluate('require("fs")', 'require("http")', "digitalPulse(D2)", "analogWrite", "E.dumpStr()", "[].at(0)"),
      Array(6).fill("throws"),
    );
  });

  it("makes no typed array of a string, and keeps 8 bits of a character", () => {
    assert.deepEqual(
      evaluate(
        'new Uint8Array("abc")',
        "String.fromCharCode(300).charCodeAt(0)",
        "new Uint8Array([1, 2, 3]).subarray(1) instanceof Uint8Array",
      ),
      ["throws", "44", "true"],
    );
  });

  it("prints an uncaught error and goes on, interval and all", () => {
    const { lines } = run(
      `let turns = 0; setInterval(() => { turns++; if (turns === 2) throw new Error("two"); if (turns === 4) console.log("four"); }, 100);`,
    );
    assert.deepEqual(lines, ["Uncaught Error: two", "four"]);
  });
});
