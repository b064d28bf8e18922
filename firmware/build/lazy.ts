/**
 * Modules whose functions live in flash until they are called. On the board each function that exists takes some six variables, whether it
 * ever runs again or not; so what a start or a rare command needs, or some boards only, is put into a function of its own, made at the call
 * and dropped after it, unless what the call returned holds on to it.
 *
 * A unit is some modules that call each other. From outside, its functions can only be called and its classes only be made new: what is
 * passed on as a value would be another one each time. Constants that are read outside stay outside.
 * @module
 */
import { SourceMap } from "node:module";
import { transformAsync, types as t } from "@babel/core";
import type { NodePath, types } from "@babel/core";
import type { Script } from "./compile.ts";

/** Units, by the ends of their modules' paths. */
export const LAZY_UNITS: Record<string, string[]> = {
  settings: ["core/board.ts", "core/fields.ts", "core/settings.ts", "core/wiring.ts", "core/settings-log.ts", "core/kept-settings.ts", "core/commands.ts"],
  starts: ["core/count-start.ts", "core/storage-file.ts", "drivers/record-file.ts", "drivers/open-flash.ts", "core/self-test.ts"],
  records: ["core/ring-survey.ts", "core/kept-records.ts"],
  advance: ["core/ring-advance.ts"],
  keys: ["wire/keys.ts"],
  mains: ["core/clamp.ts", "core/cycles.ts", "drivers/adc-burst.ts", "drivers/clamp.ts"],
  chips: ["core/shunt.ts", "drivers/ina.ts", "drivers/shunt.ts"],
  datagrams: ["wire/coap.ts"],
  acknowledgement: ["wire/ack.ts"],
  diagnostics: ["core/diagnostics.ts", "wire/diagnostics.ts"],
};

/** Functions of the start, which are let go of once the script has run: no unit, since what they leave behind runs on. */
export const RUN_ONCE = ["boot", "control", "createInputs", "createKeys", "createSampler", "idle", "startControl", "startNetwork"];

/** Lets go of functions at the end of the script, as far as it has them. */
function forget(program: NodePath<types.Program>, names: string[]): void {
  for (const name of names) {
    if (!program.scope.getBinding(name)?.path.isFunctionDeclaration()) continue;
    program.pushContainer("body", t.expressionStatement(t.assignmentExpression("=", t.identifier(name), t.identifier("undefined"))));
  }
}

/** Puts each unit into a function. Throws where something outside would keep a part of one. */
export async function putOff(script: Script, units = LAZY_UNITS, once = RUN_ONCE): Promise<Script> {
  const sources = new SourceMap(JSON.parse(script.map));
  const unitOf = (path: NodePath): string | undefined => {
    const start = path.node.loc?.start;
    const entry = start ? sources.findEntry(start.line - 1, start.column) : {};
    const source: string = "originalSource" in entry ? String(entry.originalSource) : "";
    return Object.keys(units).find((unit) => units[unit]?.some((module) => source.endsWith(`firmware/${module}`)));
  };
  const visit = (program: NodePath<types.Program>): void => {
    wrap(program, unitOf);
    forget(program, once);
  };
  const result = await transformAsync(script.code, {
    configFile: false,
    babelrc: false,
    sourceType: "module",
    compact: false,
    sourceMaps: true,
    inputSourceMap: JSON.parse(script.map),
    plugins: [{ visitor: { Program: visit } }],
  });
  if (typeof result?.code !== "string") throw new Error("babel: no output");
  return { code: result.code, map: JSON.stringify(result.map) };
}

function wrap(program: NodePath<types.Program>, unitOf: (path: NodePath) => string | undefined): void {
  const members = new Map<string, NodePath<types.Statement>[]>();
  for (const statement of program.get("body")) {
    const unit = unitOf(statement);
    if (unit !== undefined) members.set(unit, [...(members.get(unit) ?? []), statement]);
  }
  for (const [unit, statements] of members) {
    const isInside = (path: NodePath): boolean => statements.some((each) => path === each || path.isDescendant(each));
    const called: string[] = [];
    const inner: types.Statement[] = [];
    const lazy = program.scope.generateUidIdentifier(unit);
    for (const statement of statements) {
      const names = Object.keys(statement.getOuterBindingIdentifiers());
      const outside = names.flatMap((name) => program.scope.getBinding(name)?.referencePaths ?? []).filter((path) => !isInside(path));
      if (statement.isVariableDeclaration() && outside.length > 0) continue;
      for (const reference of outside) {
        const call = reference.parentPath;
        if (!(call?.isCallExpression() || call?.isNewExpression()) || reference.key !== "callee") {
          throw new Error(`${names[0]} of the lazy unit ${unit} is passed on as a value outside of it`);
        }
        const name = names[0] ?? "";
        if (!called.includes(name)) called.push(name);
        reference.replaceWith(t.memberExpression(t.callExpression(t.cloneNode(lazy), []), t.numericLiteral(called.indexOf(name)), true));
      }
      inner.push(statement.node);
    }
    // Read, but never called: nothing of it would run.
    if (called.length === 0) continue;
    // In front of all that runs, and behind the classes that a class of the unit may extend: where the unit's first statement stood.
    const first = statements.find((each) => inner.includes(each.node));
    const body = t.blockStatement([...inner, t.returnStatement(t.arrayExpression(called.map((name) => t.identifier(name))))]);
    first?.insertBefore(t.functionDeclaration(lazy, [], body));
    for (const statement of statements) if (inner.includes(statement.node)) statement.remove();
  }
}
