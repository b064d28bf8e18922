import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildPrograms } from "#gateway/build/programs.ts";

const LAUNCHER = new URL("../../gateway/program.mjs", import.meta.url).href;
const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

describe("gateway/program", () => {
  let folder: string;
  let root: URL;

  /** Writes the program's two files as of some time ago. */
  async function write(word: string, agoS = 60): Promise<void> {
    const then = new Date(Date.now() - agoS * 1000);
    const files = {
      "tool/word.ts": `import { readFileSync } from "node:fs";\nexport const word: string = readFileSync(new URL("word.txt", import.meta.url), "utf8") + ${JSON.stringify(word)};\n`,
      "tool/main.ts": 'import { word } from "./word.ts";\nconsole.log(word, import.meta.url.includes("dist"), new Error("x").stack?.includes("main.ts:2"));\n',
    };
    for (const [path, text] of Object.entries(files)) {
      await writeFile(join(folder, path), text);
      await utimes(join(folder, path), then, then);
    }
  }

  function run(): string {
    const script = `const { runProgram } = await import(${JSON.stringify(LAUNCHER)}); await runProgram("tool", "tool/main.ts", new URL(${JSON.stringify(root.href)}));`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8", cwd: folder });
    assert.equal(status, 0, stderr);
    return stdout.trim();
  }

  const builds = async () => (await readdir(join(folder, "gateway/dist"))).filter((name) => name !== "current.json");

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "daisee-program-"));
    root = pathToFileURL(`${folder}/`);
    await mkdir(join(folder, "tool"));
    await writeFile(join(folder, "tool/word.txt"), "the ");
    await writeFile(join(folder, "package.json"), '{"type": "module"}');
    await symlink(MODULES, join(folder, "node_modules"));
    await write("first");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("runs the sources before anything was built, and when one of them was changed since", async () => {
    assert.equal(run(), "the first false true");
    assert.equal(await buildPrograms({ tool: "tool/main.ts" }, root), true);
    await write("second", -1);
    assert.equal(run(), "the second false true");
  });

  it("runs what was built while it is as new as its sources, each file at its own address, and tells lines of the sources", async () => {
    await buildPrograms({ tool: "tool/main.ts" }, root);
    await rm(join(folder, "node_modules"));
    assert.equal(run(), "the first false true");
    assert.equal(await buildPrograms({ tool: "tool/main.ts" }, root), false);
  });

  it("keeps the build before, from which something may still run, and no older one", async () => {
    for (const [i, word] of ["first", "second", "third"].entries()) {
      await write(word, -i);
      assert.equal(await buildPrograms({ tool: "tool/main.ts" }, root), true);
      assert.equal((await builds()).length, Math.min(i + 1, 2));
    }
  });

  it("changes nothing when the sources do not build", async () => {
    await buildPrograms({ tool: "tool/main.ts" }, root);
    const before = await builds();
    await write('" + + ;', -1);
    await writeFile(join(folder, "tool/word.ts"), "export const = 1;");
    await assert.rejects(buildPrograms({ tool: "tool/main.ts" }, root), /word\.ts/);
    assert.deepEqual(await builds(), before);
  });
});
