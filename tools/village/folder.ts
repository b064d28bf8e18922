/**
 * The village's data folder: who uses it, and where in it things are.
 * @module
 */
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { commandOf } from "#chain/command.ts";
import { replaceFile } from "#chain/files.ts";

const LOCK = "village.pid";

/** The process id in a file, or null. */
async function readPid(path: string): Promise<number | null> {
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
  if (owner !== null && owner !== process.pid && /daisee|mocha/.test(await commandOf(owner))) {
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
