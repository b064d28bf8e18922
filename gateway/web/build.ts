/**
 * Builds the dashboard in `gateway/web/dist`: one page, one style sheet, and a script that fetches each page's own part when it is needed.
 * @module
 */
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Metafile } from "esbuild";

const APP = fileURLToPath(new URL("./app/", import.meta.url));
const DIST = fileURLToPath(new URL("./dist/", import.meta.url));
/** The page that the dashboard opens with. */
const FIRST_PAGE = "/pages/now/page.tsx";

export interface WebBuild {
  /** Folder that the gateway serves. */
  folder: string;
  /** Size of all scripts and of the style sheet. */
  scriptBytes: number;
  styleBytes: number;
  /** Files of the scripts that the first page takes, the entry first. */
  firstScripts: string[];
}

/** An output and all that it imports at once, as paths of the metafile. */
function withImports({ outputs }: Metafile, path: string, found: string[] = []): string[] {
  if (found.includes(path)) return found;
  const imports = outputs[path]?.imports.filter(({ kind }) => kind === "import-statement") ?? [];
  return imports.reduce((all, next) => withImports({ inputs: {}, outputs }, next.path, all), [...found, path]);
}

function firstScripts(metafile: Metafile): string[] {
  const entries = Object.entries(metafile.outputs);
  const main = entries.find(([, { entryPoint }]) => entryPoint?.endsWith("/main.tsx"))?.[0];
  const page = entries.find(([, { entryPoint }]) => entryPoint?.endsWith(FIRST_PAGE))?.[0];
  if (main === undefined || page === undefined) throw new Error("build: main.tsx or the first page gave no script");
  return withImports(metafile, page, withImports(metafile, main)).map((path) => basename(path));
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
    splitting: true,
    // The gateway serves no folder below this one.
    chunkNames: "[name]-[hash]",
    minify: true,
    sourcemap: "linked",
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    metafile: true,
    logLevel: "silent",
  });
  const scripts = firstScripts(metafile);
  // Without it the browser would learn of each script from the one before.
  const preloads = scripts.slice(1).map((name) => `<link rel="modulepreload" href="/${name}" />`);
  const page = await readFile(`${APP}index.html`, "utf8");
  await writeFile(`${folder}/index.html`, page.replace("<!-- modulepreload -->", preloads.join("\n    ")));
  await cp(`${APP}icon.svg`, `${folder}/icon.svg`);
  const bytesOf = (ending: string) =>
    Object.entries(metafile.outputs).reduce((sum, [path, { bytes }]) => sum + (path.endsWith(ending) ? bytes : 0), 0);
  return { folder, scriptBytes: bytesOf(".js"), styleBytes: bytesOf(".css"), firstScripts: scripts };
}
