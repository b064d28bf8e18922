import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { check } from "#firmware/build/check.ts";
import { GLOBALS } from "#firmware/build/language.ts";

/** What the board would not take, and what the check says of it. */
const FORBIDDEN: [string, string, RegExp][] = [
  ["async functions", "async function f() {}", /cannot parse/],
  ["await", "await 1;", /cannot parse/],
  ["generators", "var f = function* () {};", /generators/],
  ["yield", "function* f() { yield 1; }", /generators/],
  ["labels", "a: for (;;) break a;", /labels/],
  ["tagged templates", "var f = E.sum; f`x`;", /tagged templates/],
  ["big integers", "var a = 1n;", /cannot parse/],
  ["new.target", "function F() { return new.target; }", /new\.target/],
  ["extended built-ins", "class A extends Error {}", /Error cannot be extended/],
  ["inherited statics", "class A { static f() {} } class B extends A {}", /static members of A/],
  ["cases after default", "switch (1) { default: break; case 1: break; }", /default/],
  ["lookaheads", "var a = /a(?=b)/;", /\(\?/],
  ["groups that are not captured", "var a = /(?:ab)+/;", /\(\?/],
  ["counts in patterns", "var a = /^[0-9]{3}$/;", /counts/],
  ["flags of patterns", "var a = /a/m;", /flags g and i/],
  ["a set length", "var a = []; a.length = 0;", /length cannot be assigned/],
  ["split with a limit", "'a,b'.split(',', 1);", /limit/],
  ["typed arrays from text", "new Uint8Array('abc');", /E\.toUint8Array/],
  ["arguments in arrows", "var f = () => arguments.length;", /arguments/],
  ["Math.trunc", "Math.trunc(1.5);", /Math\.trunc does not exist/],
  ["Object.freeze", "Object.freeze({});", /Object\.freeze/],
  ["Array.from", "Array.from([]);", /Array\.from/],
  ["Uint8Array.from", "Uint8Array.from([]);", /Uint8Array\.from/],
  ["flat", "[].flat();", /\.flat/],
  ["lastIndexOf", "[].lastIndexOf(1);", /\.lastIndexOf/],
  ["default parameters", "function f(a = 1) {}", /default value was not lowered/],
  ["rest parameters", "function f(...a) {}", /rest parameter was not lowered/],
  ["spread", "var a = [...[]];", /spread was not lowered/],
  ["destructured objects", "var { a } = {};", /destructuring was not lowered/],
  ["destructured arrays", "var [a] = [];", /destructuring was not lowered/],
  ["computed keys", "var a = { ['x' + 1]: 1 };", /computed key was not lowered/],
  ["optional chaining", "var a = E?.sum;", /cannot parse/],
  ["exponents", "var a = 2 ** 2;", /cannot parse/],
  ["private fields", "class A { #a = 1; }", /cannot parse/],
  ["functions used above their definition", "f(); function f() {}", /f is used before its definition/],
  ["functions used above their definition in a function", "function g() { f(); function f() {} }", /f is used before its definition/],
  ["variables used above their var", "function f() { a = getTime(); var a; }", /a is used above its var/],
  ["variables read above their var in an arrow", "var f = () => { if (getTime()) console.log('' + a); var a = 1; };", /a is used above its var/],
];

const UNKNOWN = ["Map", "Set", "WeakMap", "Symbol", "Proxy", "Reflect", "BigInt", "Promise", "TextEncoder", "queueMicrotask", "globalThis", "Buffer", "fetch", "setTimeout"];

describe("check of a bundle", () => {
  for (const [what, code, message] of FORBIDDEN) {
    it(`refuses ${what}`, () => {
      const messages = check(code).map((violation) => violation.message);
      assert.ok(
        messages.some((each) => message.test(each)),
        `${code}: ${messages.join("; ")}`,
      );
    });
  }

  for (const name of UNKNOWN) {
    it(`refuses ${name}, which the board or the firmware's declarations lack`, () => {
      assert.deepEqual(check(`var a = 1;\nfunction f() { return ${name}; }`), [{ message: `the board has no ${name}`, line: 2, column: 22 }]);
    });
  }

  it("takes what the board has", () => {
    const code = `class A { constructor() { this.list = []; } get size() { return this.list.length; } }
      class B extends A { add(x) { this.list.push(x); return super.size; } static of() { return new B(); } }
      function twice(x) { return 2 * x; }
      for (const each of [1, 2]) console.log(\`\${twice(each)} \${/^[a-z]+$/gi.test("x")}\`);
      switch (1) { case 1: break; default: break; }
      const o = { B, f() { return () => this; } };
      try { throw new Error("x"); } catch (e) { console.log(e.message); }
      function late() { return soon(); } function soon() { return arguments.length; }
      console.log(o, late(), new Uint8Array(4), "a,b".split(","));`;
    assert.deepEqual(check(code), []);
  });

  it("gives the place of each finding, in order", () => {
    assert.deepEqual(
      check("var a = [];\n  Math.trunc(a);\nSymbol;").map(({ line, column }) => [line, column]),
      [
        [2, 2],
        [3, 0],
      ],
    );
  });

  it("lets through just the globals that the declarations name, and the functions among them", async () => {
    const declarations = await readFile(new URL("../../../firmware/espruino.d.ts", import.meta.url), "utf8");
    const declared = [...declarations.matchAll(/^declare (?:const|function) (\w+)/gm)].map(([, name]) => name ?? "");
    assert.deepEqual([...GLOBALS].toSorted(), [...new Set(declared)].toSorted());
  });
});
