/**
 * The key that wraps the boards' secrets: 32 random bytes in a file of mode 0600, or a credential that systemd hands over
 * (LoadCredential=boards.key:…), which wins, so that the key need not lie on the card beside the store.
 * @module
 */
import { randomBytes } from "node:crypto";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BOARDS_KEY_BYTES } from "./keyring.ts";

/** Name of the file in the data folder, and of the credential. */
export const BOARDS_KEY_FILE = "boards.key";

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

async function read(path: string): Promise<Uint8Array | null> {
  try {
    const key = new Uint8Array(await readFile(path));
    if (key.length === BOARDS_KEY_BYTES) return key;
    throw new Error(`${path} has ${key.length} bytes, not ${BOARDS_KEY_BYTES}: put back the key from a backup, or remove it and admit the boards again`);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}

async function readCredential(credentials: string | undefined): Promise<Uint8Array | null> {
  return credentials === undefined ? null : read(join(credentials, BOARDS_KEY_FILE));
}

/**
 * Reads the boards' key.
 * @param path the file in the data folder.
 * @param credentials folder of systemd's credentials, `$CREDENTIALS_DIRECTORY`.
 * @throws with what to do when there is none, or it is of another length.
 */
export async function readBoardsKey(path: string, credentials: string | undefined): Promise<Uint8Array> {
  const key = (await readCredential(credentials)) ?? (await read(path));
  if (key === null) throw new Error(`There is no ${path}. Set the gateway up, or put the key back from a backup.`);
  return key;
}

/** Reads the boards' key, making it where there is none; a key that is there is never replaced. */
export async function ensureBoardsKey(path: string, credentials: string | undefined): Promise<Uint8Array> {
  const credential = await readCredential(credentials);
  if (credential !== null) return credential;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(randomBytes(BOARDS_KEY_BYTES));
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  }
  return readBoardsKey(path, credentials);
}
