/**
 * Bundles programs for Node, so that each starts from a few files instead of hundreds (`../program.mjs` runs them).
 * @module
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Plugin } from "esbuild";
import { currentBuild, DIST, type Build } from "../program.mjs";

const ROOT = new URL("../../", import.meta.url);

/** A module's own address stays that of its source, beside which its files are. */
const ownAddress = (folder: string): Plugin => ({
  name: "own-address",
  setup(hooks) {
    hooks.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      if (!text.includes("import.meta.")) return null;
      const away = relative(folder, path);
      const contents = text
        .replaceAll("import.meta.url", `new URL(${JSON.stringify(away)}, import.meta.url).href`)
        .replaceAll("import.meta.dirname", `(import.meta.dirname + ${JSON.stringify(`/${dirname(away)}`)})`)
        .replaceAll("import.meta.filename", `(import.meta.dirname + ${JSON.stringify(`/${away}`)})`);
      return { contents, loader: "ts" };
    });
  },
});

/**
 * Builds programs (name → entry, from the repository's root) unless they are as new as their sources. A process that runs goes on with the
 * build it was started from: that one is kept beside the new one.
 * @returns whether anything was built.
 * @throws with esbuild's messages when the sources do not build.
 */
export async function buildPrograms(entries: Record<string, string>, root = ROOT): Promise<boolean> {
  const before = currentBuild(root);
  if (before !== undefined && Object.values(entries).every((entry) => before.sources.includes(entry))) return false;
  const rootPath = fileURLToPath(root);
  const dist = join(rootPath, DIST);
  const builtMs = Date.now();
  // Only the depth of the folder counts in what is built, not its name.
  const { outputFiles, metafile } = await build({
    entryPoints: entries,
    absWorkingDir: rootPath,
    outdir: join(dist, "build"),
    write: false,
    bundle: true,
    splitting: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "linked",
    metafile: true,
    plugins: [ownAddress(join(dist, "build"))],
    logLevel: "silent",
  });
  const hash = createHash("sha256");
  for (const { path, contents } of outputFiles) hash.update(path).update(contents);
  const folder = hash.digest("hex").slice(0, 16);
  await mkdir(join(dist, folder), { recursive: true });
  await Promise.all(outputFiles.map(({ path, contents }) => writeFile(join(dist, folder, basename(path)), contents)));
  const sources = Object.keys(metafile.inputs).filter((path) => !path.includes("node_modules"));
  const current = join(dist, "current.json");
  // This function wrote it.
  const last = await readFile(current, "utf8").then((text) => (JSON.parse(text) as Build).folder, () => undefined);
  await writeFile(`${current}.${process.pid}`, JSON.stringify({ folder, builtMs, sources }));
  await rename(`${current}.${process.pid}`, current);
  const kept = new Set([folder, last, "current.json"]);
  for (const name of await readdir(dist)) if (!kept.has(name)) await rm(join(dist, name), { recursive: true, force: true });
  return true;
}
