/**
 * Runs a script on the interpreter that `ESPRUINO` names; where there is none, the test is skipped and says why.
 * @module
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const START = "-- start --";
const END = "-- end --";

/** What the script printed, by lines. */
export async function runOnInterpreter(context: Mocha.Context, script: string): Promise<string[]> {
  const binary = process.env["ESPRUINO"];
  if (!binary) {
    // mocha shows the changed title beside the skip.
    if (context.test) context.test.title += " (skipped: ESPRUINO names no interpreter)";
    return context.skip();
  }
  const folder = await mkdtemp(join(tmpdir(), "daisee-interpreter-"));
  try {
    await writeFile(join(folder, "script.js"), `console.log("${START}");\n${script}\nconsole.log("${END}");\n`);
    return await linesOf(binary, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The interpreter stays at its prompt, so it is stopped once the end was printed. Its stdin stays open: an end of file floods it. */
function linesOf(binary: string, folder: string): Promise<string[]> {
  const child = spawn(binary, ["script.js"], { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout.setEncoding("latin1").on("data", (text: string) => {
      output += text;
      if (output.includes(END)) child.kill("SIGKILL");
    });
    child.on("error", reject);
    child.on("close", () => {
      const lines = output.split(/\r?\n/);
      const [start, end] = [lines.indexOf(START), lines.indexOf(END)];
      if (start < 0 || end < 0) reject(new Error(`the interpreter ended early:\n${output}`));
      else resolve(lines.slice(start + 1, end));
    });
  });
}
