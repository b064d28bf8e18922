/**
 * The firmware's own bundle for the tests that run it, made once: `npm test` has built it before, and as long as no source is newer, it is
 * the one.
 * @module
 */
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildFirmware } from "#firmware/build/bundle.ts";
import type { Bundle } from "#firmware/build/bundle.ts";

const FIRMWARE = join(import.meta.dirname, "../../../firmware");
const BUILT = join(FIRMWARE, "dist", "board.js");

type OwnBundle = Pick<Bundle, "code" | "map">;

let bundle: Promise<OwnBundle> | undefined;

/** The script that a board gets, and its source map. */
export function ownBundle(): Promise<OwnBundle> {
  return (bundle ??= findOrBuild());
}

async function findOrBuild(): Promise<OwnBundle> {
  const built = await stat(BUILT).catch(() => null);
  if (built !== null && built.mtimeMs > (await newestSourceMs())) {
    return { code: await readFile(BUILT, "utf8"), map: await readFile(`${BUILT}.map`, "utf8") };
  }
  const dist = await mkdtemp(join(tmpdir(), "daisee-bundle-"));
  try {
    return await buildFirmware({ dist });
  } finally {
    await rm(dist, { recursive: true });
  }
}

async function newestSourceMs(): Promise<number> {
  const files = await readdir(FIRMWARE, { recursive: true });
  const sources = files.filter((file) => file.endsWith(".ts") || file.endsWith(".json"));
  const times = await Promise.all(sources.map(async (file) => (await stat(join(FIRMWARE, file))).mtimeMs));
  return Math.max(...times);
}
