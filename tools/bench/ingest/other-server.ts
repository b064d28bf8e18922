/**
 * Servers of others that the ingest bench runs beside the gateway, where they are installed.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** What one of them did with the same readings. */
export interface Compared {
  perSecond: number;
  acknowledged: number;
  /** Acknowledged, and gone after kill -9 and a restart. */
  lost: number;
}

const READY_TRIES = 200;
const READY_MS = 50;

/** Path of an installed program, or undefined; Debian puts servers where users' paths do not lead. */
export function findServer(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];
  return folders.map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Starts a server and waits until `probe` reaches it.
 * @returns what kills it, as kill -9 does.
 * @throws probe's last error when it does not come up.
 */
export async function startOther(binary: string, parameters: string[], probe: () => Promise<void>): Promise<() => Promise<void>> {
  const child = spawn(binary, parameters, { stdio: "ignore" });
  const kill = async (): Promise<void> => {
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
  for (let left = READY_TRIES; ; left--) {
    try {
      await probe();
      return kill;
    } catch (error) {
      if (left > 0 && child.exitCode === null) await new Promise((resume) => setTimeout(resume, READY_MS));
      else {
        if (child.exitCode === null) await kill();
        throw new Error(`${binary} did not come up`, { cause: error });
      }
    }
  }
}
