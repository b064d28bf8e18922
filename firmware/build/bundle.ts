/**
 * The pipeline from TypeScript to the one script that a board runs: compile, join, lower, minify, check, weigh.
 * @module
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { check } from "./check.ts";
import { compile } from "./compile.ts";
import { lower, minify } from "./lower.ts";
import { reservedNames } from "./reserved.ts";
import { sourcePlace } from "./places.ts";

/** Most that a bundle may weigh; it is read from flash, but its functions take memory. */
export const BUDGET_BYTES = 27648;

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
  const { code, map } = await minify(await lower(await compile(entry, dist)), "board.js", reservedNames(DECLARATIONS));
  const violations = check(code).map((each) => `${sourcePlace(map, dist, each)}: ${each.message}`);
  if (violations.length > 0) throw new Error(`the board would not run this\n${[...new Set(violations)].join("\n")}`);
  const bytes = Buffer.byteLength(code);
  if (bytes > budget) throw new Error(`the bundle has ${bytes} bytes, ${bytes - budget} above its budget of ${budget}: make it smaller`);
  await mkdir(dist, { recursive: true });
  await writeFile(join(dist, "board.js"), code);
  await writeFile(join(dist, "board.js.map"), map);
  return { code, map, bytes };
}
