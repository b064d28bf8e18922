/**
 * What the board's language lacks, as data for the check of the finished bundle. The compiler refuses most of it first, by types;
 * this list also covers what the tools in between put in.
 * @module
 */

/** Every name that the bundle may take from outside: those that `espruino.d.ts` declares, and what the language itself gives. */
export const GLOBALS = [
  "Array",
  "DataView",
  "E",
  "Error",
  "Float32Array",
  "I2C1",
  "JSON",
  "Math",
  "NaN",
  "Object",
  "String",
  "Uint8Array",
  "analogRead",
  "console",
  "digitalRead",
  "digitalWrite",
  "getTime",
  "parseFloat",
  "parseInt",
  "pinMode",
  "process",
  "require",
  "setInterval",
];

/** Built-ins cannot be extended. */
export const BUILT_INS = ["Array", "ArrayBuffer", "Boolean", "DataView", "Error", "Function", "Number", "Object", "Promise", "String", "Uint8Array"];

/** Functions of built-in objects that are missing. */
export const MISSING_STATICS: Record<string, string[]> = {
  Array: ["from", "of"],
  Math: ["hypot", "imul", "log10", "log2", "trunc", "fround", "cbrt", "expm1", "log1p"],
  Number: ["isFinite", "isInteger", "isNaN", "isSafeInteger", "EPSILON", "MAX_SAFE_INTEGER", "MIN_SAFE_INTEGER"],
  Object: ["freeze", "hasOwn", "is", "isFrozen", "seal"],
  Promise: ["allSettled", "any", "race"],
  Uint8Array: ["from", "of"],
};

/** Methods that no value has. */
export const MISSING_METHODS = ["at", "copyWithin", "finally", "flat", "flatMap", "lastIndexOf", "localeCompare", "matchAll", "normalize"];

/** Syntax by node type, and what to write instead. */
export const FORBIDDEN_SYNTAX: Record<string, string> = {
  ArrayPattern: "destructuring was not lowered",
  AssignmentPattern: "a default value was not lowered",
  LabeledStatement: "labels do not exist on the board: use a function and return",
  MetaProperty: "new.target does not exist on the board",
  ObjectPattern: "destructuring was not lowered",
  RestElement: "a rest parameter was not lowered",
  SpreadElement: "a spread was not lowered",
  TaggedTemplateExpression: "tagged templates do not exist on the board: call the function",
  WithStatement: "with does not exist on the board",
  YieldExpression: "generators do not exist on the board",
};
