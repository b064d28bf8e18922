import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { transformSync } from "esbuild";
import { createTraceDecoder } from "#tools/board/stack-trace.ts";

const SOURCE = `function fail(text) {
  throw new Error("boom " + text);
}
function start() {
  fail("now");
}
setTimeout(start, 1);
`;

describe("a board's stack trace", () => {
  const { code, map } = transformSync(SOURCE, { sourcefile: "start.ts", sourcemap: "external", minify: true });
  const decode = createTraceDecoder(map);

  it("is told in lines of the source", () => {
    // As the interpreter counts: from 1, just behind the call.
    const column = code.indexOf('"boom ') + 8;
    assert.match(decode(`    at f (.bootcde:1:${column})`), /^ {4}at .*start\.ts:2:\d+\)$/);
    const called = code.indexOf('("now")') + 7;
    assert.match(decode(`    at .bootcde:1:${called}`), /^ {4}at .*start\.ts:5:\d+/);
  });

  it("leaves every other line as it is", () => {
    for (const line of ["Uncaught Error: boom", "    at (.bootcde:x)", "source 1: cause 0", ""]) assert.equal(decode(line), line);
  });

  it("leaves a frame that the map does not know", () => {
    assert.equal(decode("    at f (.bootcde:900:1)"), "    at f (.bootcde:900:1)");
  });

  it("has the map that the build made", async () => {
    const decodeBoard = createTraceDecoder(await readFile(new URL("../../../firmware/dist/board.js.map", import.meta.url), "utf8"));
    const bundle = await readFile(new URL("../../../firmware/dist/board.js", import.meta.url), "utf8");
    const lines = bundle.split("\n");
    const row = lines.findIndex((line) => line.includes("daisee.json"));
    const column = (lines[row] ?? "").indexOf("daisee.json");
    assert.match(decodeBoard(`    at x (.bootcde:${row + 1}:${column + 1})`), /\.ts:\d+:\d+/);
  });
});
