import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { SourceMap } from "node:module";
import { createContext, runInContext } from "node:vm";
import { buildFirmware, BUDGET_BYTES } from "#firmware/build/bundle.ts";
import { check } from "#firmware/build/check.ts";

describe("firmware build", function () {
  this.timeout(60_000);
  let folder = "";
  before(async () => (folder = await mkdtemp(join(tmpdir(), "daisee-bundle-"))));
  after(async () => rm(folder, { recursive: true, force: true }));

  async function build(source: string, budgetBytes?: number): Promise<string> {
    const entry = join(folder, "entry.ts");
    await writeFile(entry, source);
    const { code } = await buildFirmware({ entry, dist: join(folder, "dist"), ...(budgetBytes === undefined ? {} : { budgetBytes }) });
    return code;
  }

  async function refusal(source: string, budgetBytes?: number): Promise<string> {
    try {
      await build(source, budgetBytes);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    return "built";
  }

  it("makes the firmware one script within its budget that the board would take, with a map to its sources", async () => {
    const dist = join(folder, "own");
    const { code, map, bytes, sizes } = await buildFirmware({ dist });
    assert.equal(await readFile(join(dist, "board.js"), "utf8"), code);
    assert.equal(await readFile(join(dist, "board.js.map"), "utf8"), map);
    assert.equal(Buffer.byteLength(code), bytes);
    assert.ok(bytes <= BUDGET_BYTES);
    assert.deepEqual(check(code), []);
    assert.equal(
      sizes.reduce((sum, [, count]) => sum + count, 0),
      bytes,
    );
    const at = code.indexOf("TelnetServer");
    const entry = new SourceMap(JSON.parse(map)).findEntry(0, at);
    assert.ok("originalSource" in entry && entry.originalSource.endsWith("firmware/main.ts"), JSON.stringify(entry));
  });

  it("shortens our own names, but none of the board's and none that is in quotes", async () => {
    const code = await build(`
      const given = JSON.parse(require("Storage").read("x") || "") as Record<string, unknown>;
      const ours = { longName: given["quotedName"], otherName: E.sum(new Float32Array(2)) };
      require("Wifi").connect("ssid", { password: String_(ours.longName) }, () => console.log("" + ours.otherName));
      function String_(value: unknown): string { return "" + value; }
    `);
    for (const name of ["parse", "quotedName", "sum", "password", "connect", "log"]) assert.ok(code.includes(name), name);
    for (const name of ["longName", "otherName", "given", "ours"]) assert.ok(!code.includes(name), name);
  });

  it("names file and line of what the compiler refuses, such as an interface that the board lacks", async () => {
    const file = relative(process.cwd(), join(folder, "entry.ts"));
    const message = await refusal("const a = 1;\nsetTimeout(() => {}, a);\nconst b = new Map();\nconsole.log(`${a}${b}`);\n");
    assert.ok(message.includes(`${file}(2,1): error TS2304`), message);
    assert.ok(message.includes(`${file}(3,15): error TS`), message);
  });

  it("names file and line of what the compiler takes and the board does not", async () => {
    const file = relative(process.cwd(), join(folder, "entry.ts"));
    const source = "let n = 0;\nouter: while (getTime() > n) {\n  while (n++ < 9) if (getTime() === n) continue outer;\n}\n";
    const message = await refusal(source);
    assert.match(message, /the board would not run this/);
    assert.ok(message.includes(`${file}:2: labels do not exist on the board`), message);
  });

  it("lowers what is newer than ES2015", async () => {
    const code = await build(`
      class A { static count = 2; field = 5; static { A.count **= 3; } }
      const given: { a: number; b?: { c: number } | null } = { a: 1 };
      const more = { ...given, b: null };
      let n: number | null = null;
      let sum = 0;
      for (const each of [1, ...[2, 3]]) sum += each;
      n ??= 4;
      console.log(A.count + "," + new A().field + "," + more.a + "," + given?.b?.c + "," + (more.b ?? 6) + "," + n + "," + sum);
    `);
    const lines: string[] = [];
    runInContext(code, createContext({ console: { log: (text: string) => lines.push(text) } }));
    assert.deepEqual(lines, ["8,5,1,undefined,6,4,6"]);
  });

  for (const [what, source, message] of [
    ["private names", "class A { #a = getTime(); get(): number { return this.#a; } }\nconsole.log(`${new A().get()}`);", /private names or the rest of an object/],
    ["the rest of an object", "const { a, ...rest } = { a: getTime(), b: 2 };\nconsole.log(`${a}${rest.b}`);", /private names or the rest of an object/],
    ["async functions", "async function f(): Promise<void> {}\nf();", /TS\d+/],
    ["generators", "function* f() { yield 1; }\nf();", /TS\d+/],
  ] as const) {
    it(`refuses ${what}`, async () => assert.match(await refusal(source), message));
  }

  it("refuses a bundle above its budget, with the sizes, and writes nothing", async () => {
    await build("console.log('small');");
    const message = await refusal("console.log('this is longer than the budget, by far and without any doubt');", 30);
    assert.match(message, /has \d+ bytes, \d+ above its budget of 30; its heaviest parts:\n {2}\d+ .*entry\.ts/);
    assert.match(await readFile(join(folder, "dist", "board.js"), "utf8"), /small/);
  });
});
