/**
 * The last word on a bundle: parses it as the board would, and looks for what the board does not know or does otherwise.
 * @module
 */
import { parseSync, traverse } from "@babel/core";
import { parse } from "acorn";
import { fullAncestor } from "acorn-walk";
import { usesBeforeDeclaration, usesBeforeDefinition } from "./hoisting.ts";
import { GLOBALS } from "./language.ts";
import { judge } from "./rules.ts";
import type { Program } from "acorn";

/** Something that must not be in a bundle: what, and where in the bundle (line from 1, column from 0). */
export interface Violation {
  message: string;
  line: number;
  column: number;
}

/** A finding at a character of the script. */
export interface Finding {
  start: number;
  message: string;
}

/** All violations in a script, in order of their place. */
export function check(code: string): Violation[] {
  let program: Program;
  try {
    program = parse(code, { ecmaVersion: 2015, sourceType: "script" });
  } catch (error) {
    // acorn's syntax errors carry their place.
    const { message, loc } = error as SyntaxError & { loc?: { line: number; column: number } };
    return [{ message: `the board cannot parse it: ${message}`, line: loc?.line ?? 1, column: loc?.column ?? 0 }];
  }
  const statics = classesWithStatics(program);
  const found: Finding[] = usesBeforeDefinition(program);
  fullAncestor(program, (node, _state, ancestors) => {
    const message = judge(node, { ancestors, statics });
    if (message) found.push({ start: node.start, message });
  });
  found.push(...misusedNames(code));
  return found.toSorted((a, b) => a.start - b.start).map(({ start, message }) => ({ message, ...placeOf(code, start) }));
}

function placeOf(code: string, start: number): { line: number; column: number } {
  const before = code.slice(0, start).split("\n");
  return { line: before.length, column: before.at(-1)?.length ?? 0 };
}

function classesWithStatics(program: Program): Set<string> {
  const names = new Set<string>();
  fullAncestor(program, (node) => {
    if (node.type === "ClassDeclaration" && node.body.body.some((member) => member.type === "MethodDefinition" && member.static)) {
      if (node.id) names.add(node.id.name);
    }
  });
  return names;
}

/** Names that the script takes from outside and the board does not have, and variables that it would take from outside. */
function misusedNames(code: string): Finding[] {
  const found: Finding[] = [];
  const ast = parseSync(code, { configFile: false, babelrc: false, sourceType: "script" });
  if (!ast) return found;
  traverse(ast, {
    Scopable({ scope, node }) {
      if (scope.block === node) found.push(...usesBeforeDeclaration(scope));
    },
    Program(path) {
      // Typed as a bare object: by name, one of the places where it is used.
      const globals = path.scope.getProgramParent().globals as Record<string, { start?: number | null }>;
      for (const [name, node] of Object.entries(globals)) {
        if (!GLOBALS.includes(name) && name !== "arguments") found.push({ start: node.start ?? 0, message: `the board has no ${name}` });
      }
    },
  });
  return found;
}
