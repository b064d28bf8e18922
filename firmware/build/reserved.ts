/**
 * Names that mean something to the board: the minifier may shorten any property but these. A short name also takes less memory on the
 * board, where each four characters cost a variable.
 * @module
 */
import { parseSync, traverse } from "@babel/core";
import { readFileSync } from "node:fs";

/** Objects of the language whose members are never ours to rename. */
const LANGUAGE = [Array, ArrayBuffer, Boolean, DataView, Error, Function, Number, Object, Promise, RegExp, String, Uint8Array, Math, JSON];

/** Words that the board takes for its own even where a method is named: without these, a short name would become one of them. */
const KEYWORDS = ["do", "if", "in", "of", "for", "get", "let", "new", "set", "try", "var", "case", "else", "this", "void", "with"];

/** Members of the language itself, and every member that a declaration file gives the board. */
export function reservedNames(declarations: string): string[] {
  const names = new Set<string>(KEYWORDS);
  for (const object of LANGUAGE) {
    for (const name of Object.getOwnPropertyNames(object)) names.add(name);
    if ("prototype" in object) for (const name of Object.getOwnPropertyNames(object.prototype)) names.add(name);
  }
  for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(Uint8Array.prototype))) names.add(name);
  const ast = parseSync(readFileSync(declarations, "utf8"), {
    configFile: false,
    babelrc: false,
    sourceType: "script",
    parserOpts: { plugins: [["typescript", { dts: true }]] },
  });
  if (!ast) throw new Error(`no declarations in ${declarations}`);
  traverse(ast, {
    "TSPropertySignature|TSMethodSignature"({ node }) {
      if ("key" in node && node.key.type === "Identifier") names.add(node.key.name);
    },
  });
  return [...names].toSorted();
}
