/**
 * The interpreter that `ESPRUINO` names; where there is none, a test that needs it is skipped and says why.
 * @module
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const START = "-- start --";
const END = "-- end --";

/** What a script printed, by lines. */
export async function runOnInterpreter(context: Mocha.Context, script: string): Promise<string[]> {
  const binary = interpreterOf(context);
  return inFolder(async (folder) => {
    await writeFile(join(folder, "script.js"), `console.log("${START}");\n${script}\nconsole.log("${END}");\n`);
    return linesOf(binary, ["script.js"], folder);
  });
}

function interpreterOf(context: Mocha.Context): string {
  const binary = process.env["ESPRUINO"];
  if (binary) return binary;
  // mocha shows the changed title beside the skip.
  if (context.test) context.test.title += " (skipped: ESPRUINO names no interpreter)";
  return context.skip();
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "daisee-interpreter-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The interpreter stays at its prompt, so it is stopped once the end was printed. Its stdin stays open: an end of file floods it. */
function linesOf(binary: string, values: string[], folder: string): Promise<string[]> {
  const child = spawn(binary, values, { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout.setEncoding("latin1").on("data", (text: string) => {
      output += text;
      if (output.includes(END)) child.kill("SIGKILL");
    });
    child.on("error", reject);
    child.on("close", () => {
      const lines = output.split(/\r?\n/);
      // Escape codes of the prompt may stand before what is printed.
      const [start, end] = [START, END].map((mark) => lines.findIndex((line) => line.endsWith(mark)));
      if (start === undefined || end === undefined || start < 0 || end < 0) reject(new Error(`the interpreter ended early:\n${output}`));
      else resolve(lines.slice(start + 1, end));
    });
  });
}
