/**
 * The node's key as a gateway starts with it: open, or locked because its password is missing or wrong. A locked gateway signs nothing and
 * does everything else. Keys that were replaced stay beside it, for what was committed under them.
 * @module
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { link, readdir, readFile, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { getAddress, hexlify, Wallet } from "ethers";
import { z } from "zod";
import { encryptKey, PasswordError, readPassword, unlockKeystore, writeNewFile, type KeystoreOptions, type KeystorePaths } from "#chain/keystore.ts";
import { saltKeyOf } from "./leaf.ts";

/** Name of systemd's credential (LoadCredential=keystore.password:…) that holds the password. */
export const PASSWORD_CREDENTIAL = "keystore.password";

export interface NodeKey {
  /** By which the registry knows the node's gateway. */
  address: string;
  /** Null while the key is locked. */
  wallet: Wallet | null;
  /** Why it is locked and what to do; null when it is open. */
  problem: string | null;
  /** Keys of leaves' salts: this key's, then those of keys that it replaced. Empty while it is locked. */
  saltKeys: Uint8Array[];
}

/** A key that is open. `earlier` are the salt keys of keys that it replaced. */
export function nodeKeyOf(wallet: Wallet, earlier: Uint8Array[] = []): NodeKey {
  return { address: wallet.address, wallet, problem: null, saltKeys: [saltKeyOf(wallet.privateKey), ...earlier] };
}

const keystoreSchema = z.object({ address: z.string().regex(/^(0x)?[0-9a-fA-F]{40}$/) });

/** The address that a keystore names in clear. @throws when there is none, or it is no keystore. */
async function addressIn(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) throw new Error(`No keystore ${path}. Create one first.`);
  try {
    return getAddress(`0x${keystoreSchema.parse(JSON.parse(text)).address.replace(/^0x/, "")}`);
  } catch (cause) {
    throw new Error(`${path} is no keystore (Web3 Secret Storage, version 3) with an address. Restore it from a backup.`, { cause });
  }
}

/**
 * The password of the node's key: systemd's credential, which systemd guards itself so that its file's mode says nothing, or else the file's.
 * @throws PasswordError when neither is there, or others can read the file
 */
export async function nodePassword(passwordPath: string, credentials: string | undefined): Promise<string> {
  const credential = credentials === undefined ? null : join(credentials, PASSWORD_CREDENTIAL);
  if (credential === null || !existsSync(credential)) return readPassword(passwordPath);
  return (await readFile(credential, "utf8")).replace(/\r?\n$/, "");
}

/** Where a keystore goes whose key was replaced. */
function replacedPath(path: string, address: string): string {
  return path.replace(/\.json$/, `-${address.toLowerCase()}.json`);
}

async function replacedKeystores(path: string): Promise<string[]> {
  const prefix = `${basename(path, ".json")}-0x`;
  const names = await readdir(dirname(path));
  return names.filter((name) => name.startsWith(prefix) && name.endsWith(".json")).map((name) => join(dirname(path), name));
}

/**
 * Opens the node's key, or finds it locked.
 * @param credentials folder of systemd's credentials, `$CREDENTIALS_DIRECTORY`; its password wins over the file's.
 * @throws when there is no keystore: without it not even the node's address is known.
 */
export async function openNodeKey(paths: KeystorePaths, credentials: string | undefined): Promise<NodeKey> {
  const address = await addressIn(paths.path);
  try {
    const password = await nodePassword(paths.passwordPath, credentials);
    const wallet = await unlockKeystore(paths.path, password, paths.passwordPath);
    const earlier: Uint8Array[] = [];
    for (const path of await replacedKeystores(paths.path)) {
      earlier.push(saltKeyOf((await unlockKeystore(path, password, paths.passwordPath)).privateKey));
    }
    return nodeKeyOf(wallet, earlier);
  } catch (error) {
    if (!(error instanceof PasswordError)) throw error;
    const problem = `The node's key is locked, so nothing is signed: ${error.message}. Then start the gateway again; what it measures meanwhile is kept.`;
    return { address, wallet: null, problem, saltKeys: [] };
  }
}

/**
 * Replaces the node's key by a new one under the same password; the old keystore stays beside it. From then on the community's registry has
 * to be told (`MeterRegistry.replaceGateway`); until it is, batches wait. Running it again after a crash ends what was begun.
 * @param from where the password came from, for the message
 * @returns the old key's address, and the new one's
 * @throws what `unlockKeystore` throws for the old key: whoever cannot open it does not replace it.
 */
export async function replaceNodeKey(path: string, { password, from }: { password: string; from: string }, options: KeystoreOptions = {}): Promise<{ old: string; fresh: string }> {
  const old = await unlockKeystore(path, password, from);
  const next = `${path}.next`;
  const fresh = existsSync(next) ? await unlockKeystore(next, password, from) : await makeKey(next, password, options);
  const kept = replacedPath(path, old.address);
  if (!existsSync(kept)) await link(path, kept);
  await rename(next, path);
  return { old: old.address, fresh: fresh.address };
}

async function makeKey(path: string, password: string, options: KeystoreOptions): Promise<Wallet> {
  const random = options.random ?? randomBytes;
  const wallet = new Wallet(hexlify(random(32)));
  await writeNewFile(path, `${await encryptKey(wallet, password, options)}\n`, hexlify(random(8)).slice(2));
  return wallet;
}
