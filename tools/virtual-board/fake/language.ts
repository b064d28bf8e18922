/**
 * What Espruino's JavaScript has of the standard library, and nothing else. The lists are compared with the interpreter in
 * `tests/tools/virtual-board/interpreter.test.ts`.
 * @module
 */

/** Globals that come with the language; the board's own are added by its devices. `Date` is left out: time comes from `getTime`. */
export const GLOBALS = (
  "globalThis undefined NaN Infinity Object Function Array Number Boolean String Promise RegExp JSON Math " +
  "Error ReferenceError SyntaxError TypeError ArrayBuffer DataView Uint8Array Int8Array Uint8ClampedArray Uint16Array Int16Array " +
  "Uint32Array Int32Array Float32Array Float64Array parseInt parseFloat isNaN isFinite decodeURIComponent encodeURIComponent eval"
).split(" ");

/** Members of constructors and namespaces. */
export const STATICS: Readonly<Record<string, string>> = {
  Object:
    "assign create defineProperties defineProperty entries fromEntries getOwnPropertyDescriptor getOwnPropertyDescriptors " +
    "getOwnPropertyNames getPrototypeOf keys setPrototypeOf values",
  Function: "",
  Array: "isArray",
  Number: "MAX_VALUE MIN_VALUE NEGATIVE_INFINITY NaN POSITIVE_INFINITY",
  Boolean: "",
  String: "fromCharCode",
  Promise: "all reject resolve",
  RegExp: "",
  JSON: "parse stringify",
  Math:
    "E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2 abs acos asin atan atan2 ceil cos exp floor log max min pow random round sign sin " +
    "sqrt tan",
  Error: "",
  ArrayBuffer: "",
  DataView: "",
  Uint8Array: "",
};

/** Members of instances. The typed arrays' is one list for all of them. */
export const METHODS: Readonly<Record<string, string>> = {
  Object: "hasOwnProperty toString valueOf",
  Function: "apply bind call toString",
  Array:
    "concat every fill filter find findIndex forEach includes indexOf join map pop push reduce reverse shift slice some sort splice " +
    "toString unshift",
  Number: "toFixed toString valueOf",
  Boolean: "toString valueOf",
  String:
    "charAt charCodeAt concat endsWith includes indexOf lastIndexOf match padEnd padStart repeat replace replaceAll slice split " +
    "startsWith substr substring toLowerCase toString toUpperCase trim valueOf",
  Promise: "catch then",
  RegExp: "exec source test toString",
  Error: "message toString",
  ArrayBuffer: "byteLength",
  DataView:
    "buffer byteLength byteOffset getFloat32 getFloat64 getInt16 getInt32 getInt8 getUint16 getUint32 getUint8 setFloat32 setFloat64 " +
    "setInt16 setInt32 setInt8 setUint16 setUint32 setUint8",
  Uint8Array:
    "buffer byteLength byteOffset every fill filter find findIndex forEach includes indexOf join length map reduce reverse set slice " +
    "some sort subarray toString",
};

/** Syntax needs these; no program can name them without `Symbol`, which is absent. Error names and RegExp state are harmless. */
const UNDELETABLE_ROLE = "constructor length name prototype message lastIndex global ignoreCase flags multiline";

/** A script that prunes the realm it is run in down to the lists above. */
export function pruningScript(): string {
  return `(() => {
  const keepGlobals = new Set(${JSON.stringify(GLOBALS)});
  const statics = ${JSON.stringify(STATICS)};
  const methods = ${JSON.stringify(METHODS)};
  const always = ${JSON.stringify(UNDELETABLE_ROLE.split(" "))};
  const realm = globalThis;
  const names = Object.getOwnPropertyNames;
  const prune = (object, keep) => {
    const kept = new Set([...always, ...keep.split(" ")]);
    for (const name of names(object)) if (!kept.has(name)) delete object[name];
  };
  const typedArray = Object.getPrototypeOf(Uint8Array);
  prune(typedArray, "");
  prune(typedArray.prototype, methods.Uint8Array);
  for (const name of Object.keys(statics)) {
    prune(realm[name], statics[name]);
    if (realm[name].prototype && name !== "Uint8Array") prune(realm[name].prototype, methods[name]);
  }
  for (const name of names(realm)) if (!keepGlobals.has(name)) delete realm[name];
})()`;
}

/**
 * Behaviours that differ from a modern engine's and are cheap to give. The script makes a function, before pruning, that changes the realm
 * after it.
 */
export const DIFFERENCES = `(() => {
  const { from } = Array;
  const { isView } = ArrayBuffer;
  const { fromCharCode } = String;
  const { stringify } = JSON;
  const { floor } = Math;
  const { split } = String.prototype;
  const { slice, filter } = Object.getPrototypeOf(Uint8Array.prototype);
  const define = (object, name, value) => Object.defineProperty(object, name, { value, writable: true, configurable: true });
  return () => {
    for (const name of ["Uint8Array", "Int8Array", "Uint8ClampedArray", "Uint16Array", "Int16Array", "Uint32Array", "Int32Array",
      "Float32Array", "Float64Array"]) {
      const View = globalThis[name];
      // A typed array made of a string throws.
      const Strict = class extends View {
        constructor(source, offset, count) {
          if (typeof source === "string") throw new Error("Unsupported first argument of type String");
          if (count !== undefined) super(source, offset, count);
          else super(source, offset);
        }
      };
      // These give plain arrays.
      define(Strict.prototype, "slice", function (start, end) { return from(slice.call(this, start, end)); });
      define(Strict.prototype, "filter", function (keep) { return from(filter.call(this, keep)); });
      define(globalThis, name, Strict);
    }
    // Strings are of 8-bit characters; split knows no limit.
    define(String, "fromCharCode", (...codes) => fromCharCode(...codes.map((code) => code & 255)));
    define(String.prototype, "split", function (separator) { return split.call(this, separator); });
    // Halves are rounded away from zero.
    define(Math, "round", (value) => (value < 0 ? -floor(0.5 - value) : floor(value + 0.5)));
    // A typed array is an array in JSON.
    define(JSON, "stringify", (value) => stringify(value, (key, item) => (isView(item) ? from(item) : item)));
  };
})()`;
