/**
 * The pipeline from TypeScript to the one script that a board runs: compile, join, put off, lower, minify, check, weigh.
 * @module
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { check } from "./check.ts";
import { compile } from "./compile.ts";
import { putOff } from "./lazy.ts";
import { lower, minify } from "./lower.ts";
import { reservedNames } from "./reserved.ts";
import { bytesBySource, sourcePlace } from "./places.ts";

/**
 * Most that a bundle may weigh. It runs from flash; what it takes of memory grows with it, about one variable for 16 bytes, and 2500
 * variables are the bound that matters: `README.md` has the figures.
 */
export const BUDGET_BYTES = 51200;

const DECLARATIONS = join(import.meta.dirname, "..", "espruino.d.ts");

export interface BuildOptions {
  /** The script's first module; the firmware's own by default. */
  entry?: string;
  /** Where `board.js` and its map go; `firmware/dist` by default. */
  dist?: string;
  budgetBytes?: number;
}

export interface Bundle {
  code: string;
  /** Source map as JSON. */
  map: string;
  bytes: number;
  /** Bytes by source file, heaviest first. */
  sizes: [string, number][];
}

/**
 * Builds the firmware and writes it with its map.
 * @throws Error with file and line of all that the board would not take, or with the sizes when the bundle is above its budget; then
 *   nothing is written.
 */
export async function buildFirmware(options: BuildOptions = {}): Promise<Bundle> {
  const entry = resolve(options.entry ?? join(import.meta.dirname, "..", "main.ts"));
  const dist = resolve(options.dist ?? join(import.meta.dirname, "..", "dist"));
  const budget = options.budgetBytes ?? BUDGET_BYTES;
  const { code, map } = await minify(await lower(await putOff(await compile(entry, dist), dist)), "board.js", reservedNames(DECLARATIONS));
  const violations = check(code).map((each) => `${sourcePlace(map, dist, each)}: ${each.message}`);
  if (violations.length > 0) throw new Error(`the board would not run this\n${[...new Set(violations)].join("\n")}`);
  const bytes = Buffer.byteLength(code);
  const sizes = bytesBySource(code, map, dist);
  if (bytes > budget) {
    const heaviest = sizes.slice(0, 5).map(([source, count]) => `  ${count} ${source}`);
    throw new Error(`the bundle has ${bytes} bytes, ${bytes - budget} above its budget of ${budget}; its heaviest parts:\n${heaviest.join("\n")}`);
  }
  await mkdir(dist, { recursive: true });
  await writeFile(join(dist, "board.js"), code);
  await writeFile(join(dist, "board.js.map"), map);
  return { code, map, bytes, sizes };
}
