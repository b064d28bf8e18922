/**
 * Tells a process from a stranger that got its process id.
 * @module
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** The command line of a running process; empty when there is none of that id. A bare Debian has no `ps`, other systems no `/proc`. */
export async function commandOf(pid: number): Promise<string> {
  try {
    if (process.platform === "linux") return (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ");
    return (await promisify(execFile)("ps", ["-p", String(pid), "-o", "command="])).stdout;
  } catch {
    return "";
  }
}
