/**
 * The board hoists nothing. It runs a function declaration where it stands: a call above it, in the same scope, finds nothing. And a variable
 * is its function's from its `var` on: above it, the name is another's, or a global's, which is then overwritten.
 * @module
 */
import { base, simple } from "acorn-walk";
import type { NodePath } from "@babel/core";
import type { AnyNode, Program } from "acorn";
import type { Finding } from "./check.ts";

/** Uses of functions in statements that run before the function is defined. */
export function usesBeforeDefinition(program: Program): Finding[] {
  const found: Finding[] = [];
  const examine = (body: AnyNode[]): void => {
    body.forEach((statement, index) => {
      if (statement.type !== "FunctionDeclaration" || !statement.id) return;
      for (const earlier of body.slice(0, index)) {
        if (earlier.type !== "FunctionDeclaration") found.push(...uses(earlier, statement.id.name));
      }
    });
  };
  examine(program.body);
  simple(program, { BlockStatement: (block) => examine(block.body) });
  return found;
}

/** Where a statement itself, not a function inside it, names `name`. A function inside that runs at once is missed. */
function uses(statement: AnyNode, name: string): Finding[] {
  const found: Finding[] = [];
  const walkIn = (): void => {};
  simple(
    statement,
    {
      Identifier: (node) => {
        if (node.name === name) found.push({ start: node.start, message: `${name} is used before its definition: the board does not hoist` });
      },
    },
    { ...base, FunctionExpression: walkIn, ArrowFunctionExpression: walkIn, ClassBody: walkIn },
  );
  return found;
}

type Scope = NodePath["scope"];

/** Uses of a scope's variables that run before their `var`. Functions inside, which may run later, are left out. */
export function usesBeforeDeclaration(scope: Scope): Finding[] {
  const found: Finding[] = [];
  for (const [name, binding] of Object.entries(scope.bindings)) {
    if (binding.kind !== "var") continue;
    const declaredAt = binding.identifier.start ?? 0;
    const own = binding.path.getFunctionParent()?.node;
    for (const use of [...binding.referencePaths, ...binding.constantViolations]) {
      const start = use.node.start ?? 0;
      if (start < declaredAt && use.getFunctionParent()?.node === own) found.push({ start, message: `${name} is used above its var: the board does not hoist` });
    }
  }
  return found;
}
