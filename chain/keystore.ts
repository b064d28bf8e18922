/**
 * A private key on disk, a gateway's or a validator's: an encrypted keystore (Web3 Secret Storage, version 3), opened with a password from
 * a file that only its owner can read. Key and password never pass through arguments or the environment, which other users can list.
 * @module
 */
import { randomBytes } from "node:crypto";
import { link, open, readFile, unlink } from "node:fs/promises";
import { decryptKeystoreJson, encryptKeystoreJson, hexlify, Wallet } from "ethers";
import { syncFolder, writeSynced } from "./files.ts";

/** The scrypt cost of Web3 Secret Storage: about half a second and 128 MB on a PC. */
const STANDARD_SCRYPT_N = 131_072;

export interface KeystorePaths {
  /** The keystore's JSON file. */
  path: string;
  /** Holds the password as one line; mode 0600. */
  passwordPath: string;
}

export interface KeystoreOptions {
  /** scrypt's cost N, a power of two; lower only in tests. */
  scryptN?: number;
  /** Source of randomness, in bytes. */
  random?: (length: number) => Uint8Array;
}

/** The password is missing, wrong, or open to others. */
export class PasswordError extends Error {
  override readonly name = "PasswordError";
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/**
 * Reads a password file: one line, in a file that nobody but its owner can open.
 * @throws when the file is missing, empty, or open to its group or to others.
 */
export async function readPassword(path: string): Promise<string> {
  const file = await open(path, "r").catch((error: unknown) => {
    throw systemCode(error) === "ENOENT"
      ? new PasswordError(`No password file ${path}. Write the keystore's password into it as one line, then run: chmod 600 ${path}`)
      : error;
  });
  try {
    // The open file is asked, not the path: what is checked is what is read.
    const { mode } = await file.stat();
    if ((mode & 0o077) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(4, "0");
      throw new PasswordError(`Password file ${path} is open to other users (mode ${shown}). Run: chmod 600 ${path}`);
    }
    const password = (await file.readFile("utf8")).replace(/\r?\n$/, "");
    if (password === "") throw new PasswordError(`Password file ${path} is empty. Write the keystore's password into it as one line.`);
    return password;
  } finally {
    await file.close();
  }
}

/** Writes a new file with mode 0600 so that it is either whole and on the disk or not there. Throws when it exists. */
export async function writeNewFile(path: string, text: string, suffix: string): Promise<void> {
  const part = `${path}.${suffix}.part`;
  await writeSynced(part, text, 0o600);
  try {
    // link, unlike rename, refuses to replace a file that is there.
    await link(part, path);
  } finally {
    await unlink(part);
  }
  await syncFolder(path);
}

/** A key as a keystore's JSON text. */
export async function encryptKey({ address, privateKey }: Wallet, password: string, { scryptN, random = randomBytes }: KeystoreOptions = {}): Promise<string> {
  return encryptKeystoreJson({ address, privateKey }, password, {
    scrypt: { N: scryptN ?? STANDARD_SCRYPT_N, r: 8, p: 1 },
    salt: random(32),
    iv: random(16),
    uuid: hexlify(random(16)),
  });
}

/**
 * Makes a new private key and its keystore.
 * @throws when the keystore exists (its key may own a node) or the password file is refused.
 */
export async function createKeystore(paths: KeystorePaths, options: KeystoreOptions = {}): Promise<Wallet> {
  const random = options.random ?? randomBytes;
  const password = await readPassword(paths.passwordPath);
  const wallet = new Wallet(hexlify(random(32)));
  const json = await encryptKey(wallet, password, options);
  await writeNewFile(paths.path, `${json}\n`, hexlify(random(8)).slice(2)).catch((error: unknown) => {
    throw systemCode(error) === "EEXIST" ? new Error(`Keystore ${paths.path} exists already; it is never replaced. Open it, or move it away.`) : error;
  });
  return wallet;
}

/**
 * Opens a keystore.
 * @throws when it is missing or no keystore; a {@link PasswordError} when the password file is refused, or the password is wrong.
 */
export async function openKeystore(paths: KeystorePaths): Promise<Wallet> {
  return unlockKeystore(paths.path, await readPassword(paths.passwordPath), paths.passwordPath);
}

/**
 * The same with a password that was read already.
 * @param from where it came from, for the message
 */
export async function unlockKeystore(path: string, password: string, from: string): Promise<Wallet> {
  const json = await readFile(path, "utf8").catch((error: unknown) => {
    throw systemCode(error) === "ENOENT" ? new Error(`No keystore ${path}. Create one first.`) : error;
  });
  try {
    return new Wallet((await decryptKeystoreJson(json, password)).privateKey);
  } catch (error) {
    if (error instanceof Error && error.message.includes("incorrect password")) {
      throw new PasswordError(`Wrong password for keystore ${path}: check ${from}`, { cause: error });
    }
    throw new Error(`${path} is no keystore (Web3 Secret Storage, version 3).`, { cause: error });
  }
}
