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
 * @param overlay folder whose files are read in place of all of `root`'s, as if they lay in that: a test's contracts, say
 */
export function readSources(root: string, overlay?: string): Sources {
  const found: Sources = new Map();
  const folder = overlay ?? root;
  for (const name of solidityFiles(folder)) addWithImports(found, root, name, readFileSync(resolve(folder, name), "utf8"));
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function solidityFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".sol"))
    .map((entry) => relative(root, resolve(entry.parentPath, entry.name)).split(sep).join("/"));
}

function readSource(root: string, name: string): string {
  return readFileSync(isPackage(name) ? require.resolve(name) : resolve(root, name), "utf8");
}

function addWithImports(found: Sources, root: string, name: string, text: string): void {
  found.set(name, text);
  for (const [, path] of text.matchAll(/^import\s[^;]*?"([^"]+)";/gm)) {
    if (path === undefined) continue;
    const imported = path.startsWith(".") ? posix.join(posix.dirname(name), path) : path;
    if (!found.has(imported)) addWithImports(found, root, imported, readSource(root, imported));
  }
}

function isPackage(name: string): boolean {
  return name.startsWith("@");
}
