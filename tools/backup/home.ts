/**
 * What of a gateway's data folder goes into a backup, and back to its places.
 *
 * The keystore is encrypted already. The boards' key lies plain beside it and is sealed under the keystore's password. The password itself
 * is never in a backup: who has both has the node.
 * @module
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readGatewayConfig } from "#gateway/config.ts";
import { readPassword } from "#gateway/ledger/keystore.ts";
import { gatewayPaths } from "#gateway/setup.ts";
import type { BackupFile, BackupManifest } from "#gateway/store/sqlite/backup-format.ts";
import { syncFile } from "#gateway/store/sqlite/backup-format.ts";
import { writeBackup } from "#gateway/store/sqlite/backup.ts";
import { assertClosed, unpackBackup } from "#gateway/store/sqlite/restore.ts";
import { openSecret, sealSecret } from "./seal.ts";

const CONFIG = "gateway.json";
const KEYSTORE = "keystore.json";
const DEPLOYMENT = "deployment.json";
const SEALED_KEY = "boards.key.sealed";

interface Home {
  dataDir: string;
  /** File with the keystore's password; default: `password` in the data folder. */
  passwordPath?: string | undefined;
  /** scrypt's cost; lower only in tests. */
  cost?: number;
}

function readFile(name: string, path: string, mode: number): BackupFile {
  return { name, mode, content: new Uint8Array(readFileSync(path)) };
}

/**
 * Backs a gateway's data folder up into one file, while it runs or not.
 * @returns the manifest, and what the backup does not have.
 * @throws when a file is missing, the password is refused, or the store is damaged; there is no backup then.
 */
export async function backUpHome(home: Home & { path: string; nowUtcMs: number }): Promise<{ manifest: BackupManifest; missing: string[] }> {
  const { dataDir, path, nowUtcMs } = home;
  const config = await readGatewayConfig(dataDir);
  const paths = gatewayPaths(dataDir);
  const files = [readFile(CONFIG, join(dataDir, CONFIG), 0o644), readFile(KEYSTORE, paths.keystore.path, 0o600)];
  const missing: string[] = [];
  const deploymentPath = resolve(dataDir, config.chain.deploymentPath);
  if (existsSync(deploymentPath)) files.push(readFile(DEPLOYMENT, deploymentPath, 0o644));
  else missing.push(`the deployment record (there is no ${deploymentPath})`);
  if (existsSync(paths.boardsKey)) {
    const password = await readPassword(home.passwordPath ?? paths.keystore.passwordPath);
    files.push({ name: SEALED_KEY, mode: 0o600, content: sealSecret(readFileSync(paths.boardsKey), password, home.cost) });
  } else missing.push(`the boards' key (there is no ${paths.boardsKey}: keep the credential that has it)`);
  return { manifest: writeBackup({ storePath: paths.store, path, node: config.node.name, nowUtcMs, files }), missing };
}

/** A new file on the disk. */
function writeNew(path: string, content: Uint8Array, mode: number): void {
  writeFileSync(path, content, { mode, flag: "wx" });
  syncFile(path);
}

/** Where each of a backup's files belongs; gateway.json says where the deployment record is. */
function placesOf(dataDir: string, files: BackupFile[]): Map<string, string> {
  const config = files.find(({ name }) => name === CONFIG);
  const parsed: unknown = config === undefined ? null : JSON.parse(Buffer.from(config.content).toString());
  // The gateway checks the file whole when it starts; here only this path matters.
  const deploymentPath = (parsed as { chain?: { deploymentPath?: string } } | null)?.chain?.deploymentPath ?? DEPLOYMENT;
  const paths = gatewayPaths(dataDir);
  return new Map([
    [CONFIG, join(dataDir, CONFIG)],
    [KEYSTORE, paths.keystore.path],
    [DEPLOYMENT, resolve(dataDir, deploymentPath)],
    [SEALED_KEY, paths.boardsKey],
  ]);
}

/**
 * Restores a backup into a data folder. What is there is moved aside into a folder beside it, never deleted, and only with `force`.
 * @returns the manifest, and the folder with what was there before.
 * @throws when a gateway runs on the folder, something is there without `force`, the backup is damaged, or the password is wrong; the
 * folder is as it was then.
 */
export async function restoreHome(
  home: Home & { path: string; nowUtcMs: number; force: boolean },
): Promise<{ manifest: BackupManifest; movedTo: string | null }> {
  const { dataDir, path, nowUtcMs, force } = home;
  const paths = gatewayPaths(dataDir);
  assertClosed(paths.store);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const staged = join(dataDir, `restoring-${nowUtcMs}`);
  mkdirSync(staged, { mode: 0o700 });
  try {
    const { manifest, files } = unpackBackup(path, join(staged, "store.sqlite"), nowUtcMs);
    const places = placesOf(dataDir, files);
    const targets: [string, string][] = [[join(staged, "store.sqlite"), paths.store]];
    for (const { name, mode, content } of files) {
      const target = places.get(name);
      if (target === undefined) throw new Error(`${path} has a file "${name}" that this gateway does not know: use a newer one`);
      const password = name === SEALED_KEY ? await readPassword(home.passwordPath ?? paths.keystore.passwordPath) : null;
      const plain = password === null ? content : openSecret(content, password, home.cost);
      // A community's record may be shared by several gateways: the same one stays.
      if (name === DEPLOYMENT && existsSync(target) && readFileSync(target).equals(content)) continue;
      writeNew(join(staged, name), plain, mode);
      targets.push([join(staged, name), target]);
    }
    const old = [...targets.map(([, target]) => target), `${paths.store}-wal`, `${paths.store}-shm`].filter((target) => existsSync(target));
    if (old.length > 0 && !force) {
      throw new Error(`${old[0]} is there already; restore into another folder with --data, or move what is there aside with --force`);
    }
    const movedTo = old.length > 0 ? join(dataDir, `replaced-${nowUtcMs}`) : null;
    if (movedTo !== null) mkdirSync(movedTo, { mode: 0o700 });
    // With its log: an old log beside a new store would be read into it.
    for (const target of old) renameSync(target, join(movedTo ?? "", target.slice(dirname(target).length + 1)));
    for (const [from, target] of targets) {
      mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
      renameSync(from, target);
      syncFile(dirname(target));
    }
    return { manifest, movedTo };
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}
