/**
 * TypeScript to ES2015 modules, type-checked against what the board has and nothing else, joined into one script by rollup.
 * @module
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, parse, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { rollup } from "rollup";

/** A script and its source map (version 3, as JSON). */
export interface Script {
  code: string;
  map: string;
}

const firmware = resolve(import.meta.dirname, "..");
const run = promisify(execFile);

async function runTsc(project: string): Promise<void> {
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  try {
    await run(process.execPath, [tsc, "-p", project, "--pretty", "false"], { cwd: process.cwd() });
  } catch (error) {
    // A child that fails carries what it printed.
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`the firmware does not compile\n${stdout ?? ""}${stderr ?? String(error)}`.trimEnd(), { cause: error });
  }
}

/**
 * Compiles `entry` and what it imports.
 * @param dist folder that the map's source paths are relative to.
 * @throws Error with the compiler's messages (file, line and column).
 */
export async function compile(entry: string, dist: string): Promise<Script> {
  const work = await mkdtemp(join(tmpdir(), "daisee-firmware-"));
  try {
    const root = parse(entry).root;
    const project = join(work, "tsconfig.json");
    const settings = {
      extends: join(firmware, "tsconfig.json"),
      compilerOptions: { noEmit: false, outDir: join(work, "out"), rootDir: root },
      files: [join(firmware, "espruino.d.ts"), entry],
      include: [],
    };
    await writeFile(project, JSON.stringify(settings));
    await runTsc(project);
    return await joinModules(join(work, "out"), relative(root, entry).replace(/\.ts$/, ".js"), dist);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Joins modules flat, without a function around them: on the board, that takes less memory. */
async function joinModules(out: string, entry: string, dist: string): Promise<Script> {
  const bundle = await rollup({
    input: join(out, entry),
    onwarn: (warning) => {
      const module = relative(out, warning.id ?? out).replace(/\.js$/, ".ts");
      // The compiler's helpers begin with "this &&".
      const helped = warning.code === "THIS_IS_UNDEFINED";
      throw new Error(helped ? `/${module}: private names or the rest of an object need what the board lacks` : `rollup: ${warning.message}`);
    },
    plugins: [{ name: "compiled", load: async (id) => ({ code: await readFile(id, "utf8"), map: await readFile(`${id}.map`, "utf8") }) }],
  });
  const { output } = await bundle.generate({ format: "es", sourcemap: true, file: join(dist, "board.js") });
  await bundle.close();
  const { code, map } = output[0];
  if (!map) throw new Error("rollup: no source map");
  return { code, map: map.toString() };
}
