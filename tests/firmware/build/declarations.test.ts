import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync, traverse } from "@babel/core";
import { runOnInterpreter } from "./interpreter.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const DECLARATIONS = join(ROOT, "firmware", "espruino.d.ts");

/** What `@types/espruino` does not have, or has otherwise than the interpreter. */
const COMPLEMENT = [
  // It knows pins as objects; the interpreter takes their names too (jshGetPinFromVar).
  "analogRead",
  "digitalRead",
  "digitalWrite",
  "pinMode",
  // Missing there.
  "E.CRC32",
  "E.enableWatchdog",
  "E.on",
  "E.reboot",
  "require",
  "setInterval",
];

/** A value of each declared interface, for a look at its members on the interpreter. What a Linux build of it lacks is not here. */
const SAMPLES: Record<string, string> = {
  Object: "{a:1}",
  ObjectConstructor: "Object",
  Function: "function(){}",
  RegExp: "/a/",
  Number: "(5)",
  String: "'a'",
  StringConstructor: "String",
  Array: "[1]",
  ArrayConstructor: "Array",
  Error: "new Error('a')",
  Math: "Math",
  ArrayBuffer: "new ArrayBuffer(2)",
  Uint8Array: "new Uint8Array(2)",
  Float32Array: "new Float32Array(2)",
  DataView: "new DataView(new ArrayBuffer(4),0,4)",
  E: "E",
  EspruinoI2c: "I2C1",
  EspruinoSocket: "require('dgram').createSocket('udp4')",
  Storage: "require('Storage')",
  Flash: "require('Flash')",
  crypto: "require('crypto')",
  dgram: "require('dgram')",
  TelnetServer: "require('TelnetServer')",
};

/** Functions that only a board has. */
const BOARD_ONLY = ["analogRead", "digitalRead", "digitalWrite", "pinMode"];

interface Declared {
  /** Name of a function, or of an object and its member. */
  name: string;
  /** Type of a function, as text; empty for what is none. */
  type: string;
}

async function declared(): Promise<Declared[]> {
  const text = await readFile(DECLARATIONS, "utf8");
  const found: Declared[] = [];
  const ast = parseSync(text, { configFile: false, babelrc: false, parserOpts: { plugins: [["typescript", { dts: true }]] } });
  assert.ok(ast);
  const slice = (node: { start?: number | null; end?: number | null } | null | undefined): string => text.slice(node?.start ?? 0, node?.end ?? 0);
  traverse(ast, {
    TSDeclareFunction({ node }) {
      const values = node.params.map(slice).join(", ");
      found.push({ name: node.id?.name ?? "", type: `${node.typeParameters ? slice(node.typeParameters) : ""}(${values}) => ${slice(node.returnType).slice(1)}` });
    },
    "TSMethodSignature|TSPropertySignature"(path) {
      if (!path.isTSMethodSignature() && !path.isTSPropertySignature()) return;
      // Objects that are passed or returned are data, not members.
      if (path.findParent((each) => each.isTSMethodSignature() || each.isTSFunctionType() || each.isTSDeclareFunction())) return;
      const { node } = path;
      const owner = path.findParent((each) => each.isTSInterfaceDeclaration() || each.isVariableDeclarator() || each.isTSPropertySignature());
      const key = node.key.type === "Identifier" ? node.key.name : "";
      let name = "";
      if (owner?.isTSInterfaceDeclaration()) name = owner.node.id.name;
      else if (owner?.isVariableDeclarator() && owner.node.id.type === "Identifier") name = owner.node.id.name;
      else if (owner?.isTSPropertySignature() && owner.node.key.type === "Identifier") name = owner.node.key.name;
      const annotation = path.isTSPropertySignature() ? path.node.typeAnnotation?.typeAnnotation : undefined;
      found.push({ name: `${name}.${key}`, type: annotation?.type === "TSFunctionType" ? slice(annotation) : "" });
    },
  });
  return found;
}

describe("declarations of the board", () => {
  it("agree with @types/espruino but for a known complement", async function () {
    const own = (await declared()).filter(({ name, type }) => type !== "" && (!name.includes(".") || name.startsWith("E.")));
    assert.ok(own.length > 10);
    const folder = await mkdtemp(join(tmpdir(), "daisee-declarations-"));
    try {
      const settings = { target: "es2015", lib: ["es2015"], types: ["espruino"], typeRoots: [join(ROOT, "node_modules", "@types")], strict: true, noEmit: true, skipLibCheck: true };
      await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: settings, files: ["probe.ts"] }));
      // `require` names libraries by a type of ours, which that package does not know.
      const lines = own.map(({ name, type }) => (name === "require" ? "require;" : `((own: ${type}) => own)(${name});`));
      await writeFile(join(folder, "probe.ts"), lines.join("\n"));
      const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
      const output = await new Promise<string>((resolve) => execFile(process.execPath, [tsc, "-p", folder, "--pretty", "false"], (_error, stdout) => resolve(stdout)));
      const failing = new Set([...output.matchAll(/probe\.ts\((\d+),/g)].map(([, line]) => own[Number(line) - 1]?.name ?? ""));
      assert.deepEqual([...failing].toSorted(), COMPLEMENT.toSorted());
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("name nothing that the interpreter lacks", async function () {
    const probes = (await declared()).flatMap(({ name }) => {
      const [owner = "", member] = name.split(".");
      if (member === undefined) return BOARD_ONLY.includes(owner) ? [] : [{ name, expression: owner }];
      const sample = SAMPLES[owner];
      return sample === undefined ? [] : [{ name, expression: `${sample}.${member}` }];
    });
    const lines = await runOnInterpreter(this, probes.map(({ expression }) => `(function(){var v=${expression};console.log(typeof v);})();`).join("\n"));
    assert.equal(lines.length, probes.length);
    assert.deepEqual(
      probes.filter((_, i) => lines[i] === "undefined").map(({ name }) => name),
      [],
    );
  });
});
