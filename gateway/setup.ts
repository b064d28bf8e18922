/**
 * Makes a gateway's data folder, and admits boards to it. Running it again changes nothing that is there.
 * @module
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import type { BaseWallet } from "ethers";
import { BOARDS_KEY_FILE } from "#gateway/auth/boards-key.ts";
import { wrapSecret } from "#gateway/auth/keyring.ts";
import { createKeystore, openKeystore } from "#gateway/ledger/keystore.ts";
import type { KeystoreOptions } from "#gateway/ledger/keystore.ts";
import type { AdmittedBoard, Store } from "#gateway/store/store.ts";

/** Where things are in a gateway's data folder. */
export function gatewayPaths(dataDir: string) {
  return {
    keystore: { path: join(dataDir, "keystore.json"), passwordPath: join(dataDir, "password") },
    boardsKey: join(dataDir, BOARDS_KEY_FILE),
    store: join(dataDir, "store.sqlite"),
  };
}

/** Writes a random password of 256 bits into a new file with mode 0600; leaves one that is there. */
async function ensurePassword(path: string): Promise<void> {
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(`${randomBytes(32).toString("base64url")}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

/**
 * Opens the encrypted key in a folder, making folder, password file and key where they are missing.
 * @throws what `openKeystore` throws for a key that is there but does not open.
 */
export async function ensureKeystore(paths: { path: string; passwordPath: string }, options: KeystoreOptions = {}): Promise<BaseWallet> {
  await mkdir(join(paths.path, ".."), { recursive: true, mode: 0o700 });
  if (existsSync(paths.path)) return openKeystore(paths);
  await ensurePassword(paths.passwordPath);
  return createKeystore(paths, options);
}

/** Admits a board under its secret of 32 bytes, or replaces what was known of it. `boardsKey` wraps the secret. */
export async function admitBoard(
  store: Store,
  boardsKey: Uint8Array,
  board: Omit<AdmittedBoard, "wrappedSecret">,
  secret: Uint8Array,
): Promise<void> {
  await store.admitBoard({ ...board, wrappedSecret: wrapSecret(boardsKey, board.boardId, secret) });
}
