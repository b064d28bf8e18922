/**
 * The board runs a function declaration where it stands: a call above it, in the same scope, finds nothing.
 * @module
 */
import { base, simple } from "acorn-walk";
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
