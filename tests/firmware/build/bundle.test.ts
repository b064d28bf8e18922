import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { SourceMap } from "node:module";
import { parse } from "acorn";
import { createContext, runInContext } from "node:vm";
import { buildFirmware, BUDGET_BYTES } from "#firmware/build/bundle.ts";
import { check } from "#firmware/build/check.ts";
import { LAZY_UNITS } from "#firmware/build/lazy.ts";
import { ownBundle } from "./own-bundle.ts";

describe("firmware build", function () {
  let folder = "";
  before(async () => (folder = await mkdtemp(join(tmpdir(), "daisee-bundle-"))));
  after(async () => rm(folder, { recursive: true, force: true }));

  async function build(source: string, budgetBytes = BUDGET_BYTES, dist = join(folder, "dist")): Promise<string> {
    const entry = join(folder, "entry.ts");
    await writeFile(entry, source);
    return (await buildFirmware({ entry, dist, budgetBytes })).code;
  }

  async function refusal(...values: Parameters<typeof build>): Promise<string> {
    try {
      await build(...values);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    return "built";
  }

  it("makes the firmware one script within its budget that the board would take, with a map to its sources", async () => {
    const { code, map } = await ownBundle();
    assert.ok(Buffer.byteLength(code) <= BUDGET_BYTES);
    assert.deepEqual(check(code), []);
    const at = code.indexOf("TelnetServer");
    const entry = new SourceMap(JSON.parse(map)).findEntry(0, at);
    assert.ok("originalSource" in entry && entry.originalSource.endsWith("/main.ts"), JSON.stringify(entry));
  });

  it("leaves in memory no class of a module that is put off", async () => {
    const { code, map } = await ownBundle();
    const sources = new SourceMap(JSON.parse(map));
    const lazy = Object.values(LAZY_UNITS).flat();
    const classes = parse(code, { ecmaVersion: 2015 }).body.filter(({ type }) => type === "ClassDeclaration");
    const modules = classes.map(({ start }) => {
      // The map knows the class by its name.
      const entry = sources.findEntry(0, start + "class ".length);
      return "originalSource" in entry ? entry.originalSource : "";
    });
    assert.ok(modules.length > 10);
    assert.deepEqual(modules.filter((module) => lazy.some((each) => module.endsWith(each))), []);
  });

  it("writes what it gives, and weighs it by source", async () => {
    const dist = join(folder, "written");
    const entry = join(folder, "written.ts");
    await writeFile(entry, "console.log('written');");
    const { code, map, bytes, sizes } = await buildFirmware({ entry, dist });
    assert.equal(await readFile(join(dist, "board.js"), "utf8"), code);
    assert.equal(await readFile(join(dist, "board.js.map"), "utf8"), map);
    assert.equal(Buffer.byteLength(code), bytes);
    assert.deepEqual(sizes, [[relative(process.cwd(), entry), bytes]]);
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

  it("names file and line of what the compiler refuses: interfaces and syntax that the board lacks", async () => {
    const file = relative(process.cwd(), join(folder, "entry.ts"));
    const message = await refusal(
      "const a = 1;\nsetTimeout(() => {}, a);\nconst b = new Map();\nconsole.log(`${a}${b}`);\nasync function f(): Promise<void> {}\nf();\nfunction* g() { yield 1; }\ng();\n",
    );
    assert.ok(message.includes(`${file}(2,1): error TS2304`), message);
    for (const place of ["(3,15)", "(5,21)"]) assert.ok(message.includes(`${file}${place}: error TS`), message);
    // A generator's type is missing everywhere.
    assert.ok(message.includes("Cannot find global type 'IterableIterator'"), message);
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
  ] as const) {
    it(`refuses ${what}`, async () => assert.match(await refusal(source), message));
  }

  it("refuses a bundle above its budget, with the sizes, and writes nothing", async () => {
    const dist = join(folder, "none");
    const message = await refusal("console.log('this is longer than the budget, by far and without any doubt');", 30, dist);
    assert.match(message, /has \d+ bytes, \d+ above its budget of 30; its heaviest parts:\n {2}\d+ .*entry\.ts/);
    await assert.rejects(readdir(dist), { code: "ENOENT" });
  });
});
