/**
 * Tells a process from a stranger that got its process id.
 * @module
 */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
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

/** Whether a process has ended, its files and ports given back. On Linux it stays listed until its parent has taken notice. */
export async function hasEnded(pid: number): Promise<boolean> {
  if (process.platform !== "linux") return (await commandOf(pid)) === "";
  try {
    // proc(5): the state follows the command in brackets, which may hold brackets itself. Z: ended, not yet taken notice of.
    const isListedOnly = /\) Z [^)]*$/.test(await readFile(`/proc/${pid}/stat`, "utf8"));
    // Its other threads may outlive the first one by a moment, and hold the ports.
    return isListedOnly && (await readdir(`/proc/${pid}/task`)).length === 1;
  } catch {
    return true;
  }
}
