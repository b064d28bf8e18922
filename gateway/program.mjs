/**
 * Runs a program in its built form while that is as new as its sources, else the sources through tsx: what was edited a moment ago counts, and a
 * gateway on a small computer need not wait for hundreds of files to be translated.
 * @module
 */
import { readFileSync, statSync } from "node:fs";
import process from "node:process";

const ROOT = new URL("../", import.meta.url);

/** Where `build/programs.ts` writes, from the root. */
export const DIST = "gateway/dist/";

/** What was built last; undefined when there is nothing, or a source has changed since. */
export function currentBuild(root = ROOT) {
  try {
    const build = JSON.parse(readFileSync(new URL(`${DIST}current.json`, root), "utf8"));
    const changed = build.sources.some((path) => statSync(new URL(path, root)).mtimeMs >= build.builtMs);
    return changed ? undefined : build;
  } catch (error) {
    // Nothing built yet, or a source that is gone.
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Runs the program that was built under `name` from the entry `source`, a path from the root. */
export async function runProgram(name, source, root = ROOT) {
  const build = currentBuild(root);
  if (build !== undefined) {
    process.setSourceMapsEnabled(true);
    await import(new URL(`${DIST}${build.folder}/${name}.js`, root).href);
    return;
  }
  // A thread does not inherit tsx's hooks on Node versions that cannot strip types themselves.
  if (!process.features.typescript) {
    const { register } = await import("tsx/esm/api");
    register();
  }
  await import(new URL(source, root).href);
}
