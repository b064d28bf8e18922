/**
 * Builds the dashboard: one script, one style sheet, one page, in `gateway/web/dist`.
 * @module
 */
import { cp, mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const APP = fileURLToPath(new URL("./app/", import.meta.url));
const DIST = fileURLToPath(new URL("./dist/", import.meta.url));

export interface WebBuild {
  /** Folder that the gateway serves. */
  folder: string;
  /** Size of the script and of the style sheet. */
  scriptBytes: number;
  styleBytes: number;
}

/**
 * Builds the dashboard anew into `folder`.
 * @throws with esbuild's messages when the sources do not build.
 */
export async function buildWeb(folder: string = DIST): Promise<WebBuild> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { metafile } = await build({
    entryPoints: [`${APP}main.tsx`, `${APP}style.css`],
    outdir: folder,
    bundle: true,
    minify: true,
    sourcemap: "linked",
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    metafile: true,
    logLevel: "silent",
  });
  await cp(`${APP}index.html`, `${folder}/index.html`);
  await cp(`${APP}icon.svg`, `${folder}/icon.svg`);
  const bytesOf = (name: string) => Object.entries(metafile.outputs).find(([path]) => path.endsWith(name))?.[1].bytes ?? 0;
  return { folder, scriptBytes: bytesOf("/main.js"), styleBytes: bytesOf("/style.css") };
}
