/**
 * The village's data folder: who uses it, and where in it things are.
 * @module
 */
import { link, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commandOf } from "#chain/command.ts";

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

/** Makes the lock with this process's id in it, whole or not at all. @returns false when there is one. */
async function makeLock(lock: string): Promise<boolean> {
  const own = `${lock}.${process.pid}`;
  await writeFile(own, `${process.pid}\n`);
  try {
    await link(own, lock);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** Takes a lock that nobody has, or whose owner is gone: of several villages that begin at once, one gets it. */
async function lockFolder(folder: string): Promise<string> {
  const lock = join(folder, LOCK);
  while (!(await makeLock(lock))) {
    const owner = await readPid(lock);
    if (owner !== null && owner !== process.pid && /daisee|mocha/.test(await commandOf(owner))) {
      throw new Error(`A village is running already in ${folder} (process ${owner}). Stop it with Ctrl-C, or name another folder with --data.`);
    }
    await rm(lock, { force: true });
  }
  return lock;
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
  await mkdir(path, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(path);
  if (fresh) for (const name of await readdir(path)) if (name !== LOCK) await rm(join(path, name), { recursive: true, force: true });
  return {
    path,
    at: (...names) => join(path, ...names),
    release: () => rm(lock, { force: true }),
  };
}
