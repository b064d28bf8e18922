/**
 * The village's data folder: who uses it, and where in it things are.
 * @module
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "#chain/files.ts";

const LOCK = "village.pid";

/** What a running process was started as, or null when there is none of that number. */
export function commandOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    // No such process, or no /proc: macOS has only ps.
  }
  try {
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return null;
  }
}

/** The process id in a file, or null. */
export async function readPid(path: string): Promise<number | null> {
  try {
    const pid = Number(await readFile(path, "utf8"));
    return Number.isInteger(pid) && pid > 1 ? pid : null;
  } catch {
    return null;
  }
}

export interface VillageFolder {
  readonly path: string;
  /** A file or folder in it. */
  at(...names: string[]): string;
  release(): Promise<void>;
}

/**
 * Takes the folder for this process, making it where there is none.
 * @param fresh empties it first.
 * @throws when another running village has it.
 */
export async function openVillageFolder(path: string, fresh: boolean): Promise<VillageFolder> {
  const lock = join(path, LOCK);
  const owner = await readPid(lock);
  if (owner !== null && owner !== process.pid && /daisee|mocha/.test(commandOf(owner) ?? "")) {
    throw new Error(`A village is running already in ${path} (process ${owner}). Stop it with Ctrl-C, or name another folder with --data.`);
  }
  if (fresh) await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true, mode: 0o700 });
  await replaceFile(lock, `${process.pid}\n`);
  return {
    path,
    at: (...names) => join(path, ...names),
    release: () => rm(lock, { force: true }),
  };
}
