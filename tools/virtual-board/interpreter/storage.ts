/**
 * Fills the Storage of a Linux build: its flash is the file `espruino.flash` in the working directory, and only the interpreter knows its
 * format, so a script writes the files.
 * @module
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** A write needs its data in one piece on the interpreter's stack. */
const CHUNK_BYTES = 1024;
const TIMEOUT_MS = 60000;
const DONE = "storage is written";

function writes(name: string, data: Uint8Array): string {
  let script = "";
  for (let offset = 0; offset < data.length; offset += CHUNK_BYTES) {
    const chunk = Buffer.from(data.subarray(offset, offset + CHUNK_BYTES)).toString("base64");
    script += `s.write(${JSON.stringify(name)}, atob("${chunk}"), ${offset}, ${data.length});\n`;
  }
  return script;
}

/** Makes `espruino.flash` in `dir` anew, with these files. Throws when the interpreter cannot be run or does not write them. */
export async function writeStorage(binary: string, dir: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await rm(join(dir, "espruino.flash"), { force: true });
  const folder = await mkdtemp(join(dir, "writing-"));
  try {
    const script = join(folder, "write.js");
    const lines = [...files].map(([name, data]) => writes(name, data)).join("");
    await writeFile(script, `const s = require("Storage");\n${lines}print("${DONE}");\n`, { mode: 0o600 });
    const { stdout } = await promisify(execFile)(binary, [script], { cwd: dir, timeout: TIMEOUT_MS }).catch((cause: unknown) => {
      throw new Error(`The interpreter ${binary} cannot be run: is ESPRUINO right?`, { cause });
    });
    if (!stdout.includes(DONE)) throw new Error(`The interpreter ${binary} did not write its Storage: ${stdout.slice(-500)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
