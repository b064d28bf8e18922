/**
 * The Solidity sources that the compiler needs: ours, and what they import from npm packages.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { posix, relative, resolve, sep } from "node:path";

const require = createRequire(import.meta.url);

/** Import path of a source, as the compiler names it, to its text. Sorted, so that equal sources give equal output. */
export type Sources = Map<string, string>;

/**
 * Reads all Solidity files below a folder and everything that they import.
 * @param root folder that our sources' names are relative to
 */
export function readSources(root: string): Sources {
  const found: Sources = new Map();
  for (const name of solidityFiles(root)) addWithImports(found, root, name);
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function solidityFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".sol"))
    .map((entry) => relative(root, resolve(entry.parentPath, entry.name)).split(sep).join("/"));
}

function addWithImports(found: Sources, root: string, name: string): void {
  if (found.has(name)) return;
  const text = readFileSync(isPackage(name) ? require.resolve(name) : resolve(root, name), "utf8");
  found.set(name, text);
  for (const [, path] of text.matchAll(/^import\s[^;]*?"([^"]+)";/gm)) {
    if (path === undefined) continue;
    addWithImports(found, root, path.startsWith(".") ? posix.join(posix.dirname(name), path) : path);
  }
}

function isPackage(name: string): boolean {
  return name.startsWith("@");
}
