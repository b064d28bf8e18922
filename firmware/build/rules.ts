/**
 * What is wrong with a piece of syntax on the board, node by node.
 * @module
 */
import { BUILT_INS, FORBIDDEN_SYNTAX, MISSING_METHODS, MISSING_STATICS } from "./language.ts";
import type { AnyNode, CallExpression, Class, Function, Identifier, Literal, MemberExpression, NewExpression } from "acorn";

/** What a rule may look at beside its node. */
interface Context {
  /** From the program down to the node. */
  ancestors: AnyNode[];
  /** Classes that have static members. */
  statics: Set<string>;
}

type Verdict = string | undefined;
type Rules = { [T in AnyNode["type"]]?: (node: Extract<AnyNode, { type: T }>, context: Context) => Verdict };

const generator = (node: Function): Verdict => (node.generator ? "generators do not exist on the board" : undefined);
const computedKey = (node: { computed: boolean }): Verdict => (node.computed ? "a computed key was not lowered" : undefined);

const RULES: Rules = {
  FunctionDeclaration: generator,
  FunctionExpression: generator,
  Property: computedKey,
  MethodDefinition: computedKey,
  ClassDeclaration: judgeClass,
  ClassExpression: judgeClass,
  Identifier: judgeIdentifier,
  Literal: judgeLiteral,
  MemberExpression: judgeMember,
  CallExpression: judgeCall,
  NewExpression: judgeNew,
  SwitchStatement: (node) =>
    node.cases.slice(0, -1).some((each) => !each.test) ? "the board stops reading cases after default: put it last" : undefined,
  // Another value may be an object's own field; of arrays, the compiler knows that length is read-only.
  AssignmentExpression: (node) =>
    node.left.type === "MemberExpression" && propertyOf(node.left) === "length" && node.right.type === "Literal" && node.right.value === 0
      ? "length cannot be assigned on the board: make a new array"
      : undefined,
};

/** What is wrong with a node, if anything. */
export function judge(node: AnyNode, context: Context): Verdict {
  // A rule stands under the type of the node that it takes.
  const rule = RULES[node.type] as ((node: AnyNode, context: Context) => Verdict) | undefined;
  return rule ? rule(node, context) : FORBIDDEN_SYNTAX[node.type];
}

function judgeClass(node: Class, { statics }: Context): Verdict {
  if (node.superClass?.type !== "Identifier") return undefined;
  const { name } = node.superClass;
  if (BUILT_INS.includes(name)) return `${name} cannot be extended on the board`;
  return statics.has(name) ? `static members of ${name} are not inherited on the board` : undefined;
}

function judgeIdentifier(node: Identifier, { ancestors }: Context): Verdict {
  if (node.name !== "arguments") return undefined;
  const owner = ancestors.findLast((each) => each.type.includes("Function"));
  return owner?.type === "ArrowFunctionExpression" ? "arguments in an arrow are another function's on the board: name the parameters" : undefined;
}

function judgeLiteral({ regex }: Literal): Verdict {
  if (!regex) return undefined;
  if (regex.pattern.includes("(?")) return "groups that begin with (? do not exist on the board";
  if (/\{\d/.test(regex.pattern)) return "counts like {3} match nothing on the board: write it out, or test the length";
  return /[^gi]/.test(regex.flags) ? "the board knows the flags g and i only" : undefined;
}

function judgeMember(node: MemberExpression): Verdict {
  const property = propertyOf(node);
  if (property === undefined) return undefined;
  if (node.object.type === "Identifier" && MISSING_STATICS[node.object.name]?.includes(property)) {
    return `${node.object.name}.${property} does not exist on the board`;
  }
  return MISSING_METHODS.includes(property) ? `.${property} does not exist on the board` : undefined;
}

function judgeCall({ callee, arguments: values }: CallExpression): Verdict {
  const splits = callee.type === "MemberExpression" && propertyOf(callee) === "split";
  return splits && values.length > 1 ? "split ignores its limit on the board" : undefined;
}

function judgeNew({ callee, arguments: [first] }: NewExpression): Verdict {
  const isText = first?.type === "TemplateLiteral" || (first?.type === "Literal" && typeof first.value === "string");
  return isText && callee.type === "Identifier" && callee.name.endsWith("Array")
    ? "typed arrays do not take text on the board: use E.toUint8Array"
    : undefined;
}

function propertyOf(node: MemberExpression): string | undefined {
  return !node.computed && node.property.type === "Identifier" ? node.property.name : undefined;
}
