/**
 * Passwords for other systems: each in a file that only the gateway's user can read.
 * @module
 */
import { open } from "node:fs/promises";

const OTHERS = 0o077;
const MAX_BYTES = 1024;

/**
 * The first line of a file.
 * @throws with what to do when it is not there, others may read it, or it is empty.
 */
export async function readSecretFile(path: string): Promise<string> {
  const file = await open(path, "r").catch((cause: unknown) => {
    throw new Error(`${path} cannot be read: put the password there, mode 0600.`, { cause });
  });
  try {
    const { mode, size } = await file.stat();
    if ((mode & OTHERS) !== 0) throw new Error(`${path} can be read by others: run chmod 600 on it.`);
    if (size > MAX_BYTES) throw new Error(`${path} has ${size} bytes, which is no password: put the password there, on one line.`);
    const [secret = ""] = (await file.readFile("utf8")).split(/\r?\n/);
    if (secret === "") throw new Error(`${path} is empty: put the password there.`);
    return secret;
  } finally {
    await file.close();
  }
}
