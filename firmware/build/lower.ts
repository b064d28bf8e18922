/**
 * Lowers what Espruino's parser does not know, then minifies. Each step keeps the source map.
 * @module
 */
import { transformAsync } from "@babel/core";
import { minify as terser } from "terser";
import type { Script } from "./compile.ts";

/**
 * The part of ES2015 that is no syntax on the board, or differs there (loop variables shared between closures). What is newer than
 * ES2015 the compiler has lowered before.
 */
const LOWERED = [
  "transform-block-scoping",
  "transform-computed-properties",
  "transform-destructuring",
  "transform-parameters",
  "transform-spread",
];

/** Lowered code that uses nothing but what the board has: no iterators, no symbols. */
const ASSUMPTIONS = { ignoreFunctionLength: true, iterableIsArray: true, setComputedProperties: true };

export async function lower(script: Script): Promise<Script> {
  const result = await transformAsync(script.code, {
    cwd: import.meta.dirname,
    configFile: false,
    babelrc: false,
    sourceType: "module",
    compact: false,
    sourceMaps: true,
    inputSourceMap: JSON.parse(script.map),
    assumptions: ASSUMPTIONS,
    presets: [["@babel/preset-env", { targets: { chrome: "120" }, modules: false, include: LOWERED }]],
  });
  if (typeof result?.code !== "string") throw new Error("babel: no output");
  return { code: result.code, map: JSON.stringify(result.map) };
}

/**
 * Shortens code and names, those of properties too, but for `reserved` ones and for those that are written in quotes, which are how data
 * from outside is read. Functions are moved to the top of their scope, since the board does not
 * hoist.
 */
export async function minify(script: Script, file: string, reserved: string[]): Promise<Script> {
  const result = await terser(script.code, {
    ecma: 2015,
    toplevel: true,
    // Nothing is inlined: terser puts their `var` behind the statement that uses them.
    compress: { passes: 2, arrows: false, sequences: false, hoist_funs: true, inline: false },
    mangle: { properties: { reserved, builtins: true, keep_quoted: "strict" } },
    format: { ascii_only: true },
    sourceMap: { content: script.map, filename: file, includeSources: true },
  });
  if (typeof result.code !== "string" || typeof result.map !== "string") throw new Error("terser: no output");
  return { code: result.code, map: result.map };
}
