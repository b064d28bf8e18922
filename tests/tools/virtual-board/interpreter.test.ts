/**
 * What the fake claims, held against a real interpreter: the environment's `ESPRUINO` names the binary of a Linux build.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { GLOBALS, METHODS, STATICS } from "#tools/virtual-board/fake/language.ts";
import { createBench, evaluate, GATEWAY_ADDRESS, printing } from "./bench.ts";

const binary = process.env["ESPRUINO"] ?? "";
const skipped = binary === "" ? " (skipped: ESPRUINO names no interpreter)" : "";

/** Prints around what a script prints, to tell it from the interpreter's banner. */
const BEGIN = "-- begin --";
const END = "-- end --";

let dir: string;

async function interpret(script: string): Promise<string[]> {
  const path = join(dir, "script.js");
  await writeFile(path, `console.log("${BEGIN}");\n${script}\n`);
  const running = promisify(execFile)(resolve(binary), [path], { cwd: dir, timeout: 8000 });
  const { stdout } = await running;
  // oxlint-disable-next-line no-control-regex
  const lines = stdout.replaceAll(/\u001b\[[0-9;]*[A-Za-z]|\r|^>+/gm, "").split("\n");
  const last = lines.indexOf(END);
  return lines.slice(lines.indexOf(BEGIN) + 1, last === -1 ? undefined : last).filter((line) => line !== "");
}

function evaluateReally(expressions: readonly string[]): Promise<string[]> {
  return interpret(`${printing(expressions)}\nconsole.log("${END}");`);
}

const INSTANCES: Readonly<Record<string, string>> = {
  Object: "({})",
  Function: "(function () {})",
  Array: "[1]",
  Number: "(1)",
  Boolean: "true",
  String: '"a"',
  Promise: "Promise.resolve(1)",
  RegExp: "/a/",
  Error: 'new Error("a")',
  ArrayBuffer: "new ArrayBuffer(8)",
  DataView: "new DataView(new ArrayBuffer(8))",
  Uint8Array: "new Uint8Array(4)",
};

/** Expressions for every name that the fake's language has. */
function allNames(): string[] {
  const members = (roots: Readonly<Record<string, string>>, owner: (name: string) => string): string[] =>
    Object.entries(roots).flatMap(([name, list]) =>
      list
        .split(" ")
        .filter((member) => member !== "")
        .map((member) => `${owner(name)}.${member}`),
    );
  return [
    ...GLOBALS.filter((name) => name !== "undefined"),
    ...members(STATICS, (name) => name),
    ...members(METHODS, (name) => INSTANCES[name] ?? name),
  ];
}

const bytes = (list: string): string => `new Uint8Array([${list}])`;
const aes = (data: string, options: string): string =>
  `new Uint8Array(require("crypto").AES.encrypt(${data}, ${bytes("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16")}, ${options}))`;

/** Each gives the same on both. */
const COMPARED = [
  "E.variance(new Uint16Array([1, 2, 3, 4]), 2.5)",
  "E.sum([1.5, 2])",
  "E.convolve(new Float32Array([1, 2, 3]), new Float32Array([1, 10, 100]), 0)",
  "E.convolve([1, 2, 3], [1, 10, 100], -2)",
  "E.convolve(new Float32Array([1, 2, 3]).subarray(1, 3), new Float32Array([1, 10, 100, 1000]).subarray(2, 4), 0)",
  "E.variance(new Float32Array([0.5, 1, 1.5]).subarray(1, 3), 1)",
  "E.sum(new Float32Array([0.5, 0.25]))",
  'E.CRC32("123456789")',
  `E.CRC32(${bytes("49, 50")})`,
  `E.toString(${bytes("0, 128, 255")}).length`,
  'E.toUint8Array("\\x00\\x80\\xff")',
  'E.toUint8Array([1, 2], "a", 300, new Uint8Array([9]))',
  'new Uint8Array(require("crypto").SHA256("abc"))',
  `new Uint8Array(require("crypto").SHA256(${bytes("97, 98, 99")}))`,
  aes("new Uint8Array(32)", '{ mode: "ECB" }'),
  aes("new Uint8Array(16)", '{ mode: "CBC", iv: new Uint8Array([9,8,7,6,5,4,3,2,1,0,1,2,3,4,5,6]) }'),
  aes("new Uint8Array(20)", '{ mode: "CTR" }'),
  aes("new Uint8Array(20)", '{ mode: "CTR", iv: new Uint8Array([9,8,7,6,5,4,3,2,1,0,1,2,3,4,5,6]) }'),
  'require("crypto").AES.encrypt("0123456789abcdef", "0123456789abcdef", { mode: "XYZ" })',
  'new Uint8Array("abc")',
  "String.fromCharCode(300).charCodeAt(0)",
  '"a,b,c".split(",", 2)',
  "[Math.round(-0.5), Math.round(-1.5), Math.round(-2.4), Math.round(0.5), Math.round(2.5)]",
  "Array.isArray(new Uint8Array(3).slice(1))",
  "new Uint8Array([3, 1, 2]).slice(1)",
  "Array.isArray(new Uint8Array(3).filter((x) => x === 0))",
  "new Uint8Array(3).map((x) => x + 300) instanceof Uint8Array",
  "new Uint8Array(3).subarray(1) instanceof Uint8Array",
  "{ bytes: new Uint8Array([1, 2]) }",
  'require("Storage").write("a", "hello")',
  'require("Storage").read("a")',
  'require("Storage").write("b", { a: [1] })',
  'require("Storage").readJSON("b")',
  'require("Storage").write("c", new Uint8Array([1, 255]))',
  'E.toUint8Array(require("Storage").read("c"))',
  'require("Storage").write("d", "")',
  'require("Storage").read("missing") === undefined',
  'require("Storage").readJSON("missing", true) === undefined',
  'require("Storage").readJSON("a", true) === undefined',
  'require("Storage").readJSON("a")',
  'require("fs_missing")',
  "clearInterval(undefined)",
  "clearInterval(99) === undefined",
  "setInterval(1, 2)",
  '(function () { try { require("fs_missing"); } catch (error) { return error instanceof Error; } })()',
];

describe(`virtual-board: the fake and a real interpreter${skipped}`, () => {
  before(async function () {
    if (binary === "") this.skip();
    dir = await mkdtemp(join(tmpdir(), "daisee-espruino-"));
  });
  after(async () => {
    if (binary !== "") await rm(dir, { recursive: true });
  });

  it("agree on what their natives and their language do", async () => {
    const real = await evaluateReally(COMPARED);
    const fake = evaluate(...COMPARED);
    assert.deepEqual(
      COMPARED.map((expression, index) => `${expression} → ${fake[index]}`),
      COMPARED.map((expression, index) => `${expression} → ${real[index]}`),
    );
  });

  it("agree that every name in the fake's language exists", async () => {
    const names = allNames();
    const typed = names.map((name) => `typeof ${name} !== "undefined"`);
    const expected = names.map((name) => `${name} true`);
    const real = await evaluateReally(typed);
    assert.deepEqual(
      names.map((name, index) => `${name} ${real[index]}`),
      expected,
    );
    const fake = evaluate(...typed);
    assert.deepEqual(
      names.map((name, index) => `${name} ${fake[index]}`),
      expected,
    );
  });

  for (const bind of ["", "s.bind(0);"]) {
    it(`agree on what ${bind === "" ? "an unbound" : "a bound"} socket sends, receives and survives`, async () => {
      const script = (port: number, address: string): string => `
        const s = require("dgram").createSocket("udp4"); ${bind}
        s.on("message", (text) => console.log("received " + text.length));
        s.on("close", () => console.log("closed"));
        const sends = [
          () => s.send(new Uint8Array([1, 2, 255]), ${port}, "${address}"),
          () => s.send(new Uint8Array([1, 2, 255]), 0, 3, ${port}, "${address}"),
          () => s.send("abcdef", 2, 3, ${port}, "${address}"),
          () => s.send(E.toString(new Uint8Array([0, 128, 255])), 0, 3, ${port}, "${address}"),
          () => s.send("long", ${port}, "${address}"),
          ${bind === "" ? `() => s.send("empty", ${port}, "${address}"),` : ""}
          () => s.send("after", ${port}, "${address}"),
        ];
        sends.forEach((send, index) => setTimeout(() => { try { send(); } catch (error) { console.log(error.message); } }, 100 * index));`;
      const answer = (text: string): Uint8Array => (text === "long" ? new Uint8Array(900) : Buffer.from(text === "empty" ? "" : "ok"));

      const gateway = createSocket("udp4");
      gateway.bind(0, "127.0.0.1");
      await once(gateway, "listening");
      const realReceived: string[] = [];
      gateway.on("message", (data, sender) => {
        realReceived.push(data.toString("latin1"));
        gateway.send(answer(data.toString("latin1")), sender.port, sender.address);
      });
      const end = `setTimeout(() => { console.log("${END}"); quit(); }, 1000);`;
      const real = await interpret(script(gateway.address().port, "127.0.0.1") + end).finally(() => gateway.close());

      const bench = createBench(
        `const wifi = require("Wifi"); wifi.connect("home", { password: "" });
         wifi.on("connected", () => {${script(5683, GATEWAY_ADDRESS)}});`,
      );
      const fakeReceived: string[] = [];
      const socket = bench.network.host(GATEWAY_ADDRESS).open(5683, (data, sender) => {
        const text = Buffer.from(data).toString("latin1");
        fakeReceived.push(text);
        socket.send(answer(text), sender.port, sender.address);
      });
      bench.board.start();
      bench.scheduler.advance(4000);

      assert.deepEqual(fakeReceived, realReceived);
      assert.deepEqual(bench.lines, real);
    });
  }
});
