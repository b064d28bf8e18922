/**
 * Files and folders that are there whole or not at all.
 * @module
 */
import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** A file's text, or null when there is no such file. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** Writes a new file, on the disk when resolved; {@link syncFolder} makes its name durable. Throws when it exists; what fails leaves none. */
export async function writeSynced(path: string, text: string, mode?: number): Promise<void> {
  const file = await open(path, "wx", mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** Makes what was renamed, linked or removed in a file's folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Replaces a file's text; on the disk when resolved. A power cut leaves the old text or the new one. Of several at once the last one counts. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.new`;
  await writeSynced(temporary, text);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  // The rename itself is durable only once the folder is.
  await syncFolder(path);
}

/**
 * Makes a folder that only its owner can enter.
 * @param fill puts everything into the folder at a path beside it, where it is made
 * @throws Error when there is a folder with something in it already
 */
export async function createFolder(path: string, fill: (part: string) => Promise<void>): Promise<void> {
  const part = join(dirname(path), `.${basename(path)}.part`);
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true, mode: 0o700 });
  try {
    await fill(part);
    // Takes an empty folder's place, and no other's.
    await rename(part, path);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    const isThere = error instanceof Error && "code" in error && ["ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(String(error.code));
    throw isThere ? new Error(`${path} exists already; it is never replaced. Choose another folder, or move it away.`, { cause: error }) : error;
  }
}
