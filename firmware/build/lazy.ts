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
import { resolve } from "node:path";
import { transformAsync, types as t } from "@babel/core";
import type { NodePath, types } from "@babel/core";
import type { Script } from "./compile.ts";

/** Units, by the ends of their modules' paths. */
export const LAZY_UNITS: Record<string, string[]> = {
  settings: ["core/board.ts", "core/fields.ts", "core/settings.ts", "core/wiring.ts", "core/settings-log.ts", "core/kept-settings.ts", "core/commands.ts"],
  starts: ["core/count-start.ts", "core/storage-file.ts", "drivers/record-file.ts", "drivers/open-flash.ts", "core/self-test.ts"],
  codec: ["wire/cbor.ts", "wire/frame.ts"],
  records: ["core/sectors.ts", "core/record-run.ts", "core/ring-survey.ts", "core/ring-advance.ts", "core/ring-read.ts", "core/ring-write.ts", "core/kept-records.ts"],
  exchange: ["core/exchange.ts", "wire/seal.ts"],
  keys: ["wire/keys.ts"],
  hash: ["wire/hmac.ts"],
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

/**
 * Puts each unit into a function.
 * @param dist folder that the map's source paths are relative to.
 * @throws Error where something outside would keep a part of one.
 */
export async function putOff(script: Script, dist: string, units = LAZY_UNITS, once = RUN_ONCE): Promise<Script> {
  const sources = new SourceMap(JSON.parse(script.map));
  const unitOf = (path: NodePath): string | undefined => {
    const start = path.node.loc?.start;
    const entry = start ? sources.findEntry(start.line - 1, start.column) : undefined;
    const source = entry && "originalSource" in entry ? resolve(dist, String(entry.originalSource)) : "";
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

/** A unit's statements, what is called from outside, and under which names it keeps the other units that it calls itself. */
interface Unit {
  name: string;
  lazy: types.Identifier;
  statements: NodePath<types.Statement>[];
  inner: types.Statement[];
  called: string[];
  kept: Set<string>;
}

function wrap(program: NodePath<types.Program>, unitOf: (path: NodePath) => string | undefined): void {
  const units = new Map<string, Unit>();
  const byStatement = new Map<NodePath, Unit>();
  for (const statement of program.get("body")) {
    const name = unitOf(statement);
    if (name === undefined) continue;
    const unit = units.get(name) ?? { name, lazy: program.scope.generateUidIdentifier(name), statements: [], inner: [], called: [], kept: new Set() };
    unit.statements.push(statement);
    units.set(name, unit);
    byStatement.set(statement, unit);
  }
  const unitAround = (path: NodePath): Unit | undefined => {
    const statement = path.find((each) => each.parentPath === program);
    return statement ? byStatement.get(statement) : undefined;
  };
  for (const unit of units.values()) {
    for (const statement of unit.statements) {
      const names = Object.keys(statement.getOuterBindingIdentifiers());
      const outside = names.flatMap((each) => program.scope.getBinding(each)?.referencePaths ?? []).filter((path) => unitAround(path) !== unit);
      if (statement.isVariableDeclaration() && outside.length > 0) continue;
      for (const reference of outside) callLazily(reference, names[0] ?? "", unit, unitAround(reference));
      unit.inner.push(statement.node);
    }
  }
  for (const unit of units.values()) put(unit);
}

/** Takes a function or class out of its unit at the call. A unit that calls another makes it once, for as long as it is there itself. */
function callLazily(reference: NodePath, name: string, unit: Unit, caller: Unit | undefined): void {
  const call = reference.parentPath;
  if (!(call?.isCallExpression() || call?.isNewExpression()) || reference.key !== "callee") {
    throw new Error(`${name} of the lazy unit ${unit.name} is passed on as a value outside of it`);
  }
  if (!unit.called.includes(name)) unit.called.push(name);
  const made = t.callExpression(t.cloneNode(unit.lazy), []);
  const kept = `${unit.lazy.name}Made`;
  caller?.kept.add(kept);
  const whole = caller ? t.logicalExpression("||", t.identifier(kept), t.assignmentExpression("=", t.identifier(kept), made)) : made;
  reference.replaceWith(t.memberExpression(whole, t.numericLiteral(unit.called.indexOf(name)), true));
}

/** Puts a unit's function in front of all that runs, and behind the classes that a class of the unit may extend: where its first statement stood. */
function put({ lazy, statements, inner, called, kept }: Unit): void {
  // Read, but never called: nothing of it would run.
  if (called.length === 0) return;
  const declared = [...kept].map((name) => t.variableDeclarator(t.identifier(name)));
  const first = statements.find((each) => inner.includes(each.node));
  const body = t.blockStatement([
    ...(declared.length > 0 ? [t.variableDeclaration("var", declared)] : []),
    ...inner,
    t.returnStatement(t.arrayExpression(called.map((name) => t.identifier(name)))),
  ]);
  first?.insertBefore(t.functionDeclaration(lazy, [], body));
  for (const statement of statements) if (inner.includes(statement.node)) statement.remove();
}
