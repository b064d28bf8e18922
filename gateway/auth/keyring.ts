/**
 * The boards' secrets: encrypted under the node's key where they are stored, and as ready keys where frames are opened.
 * @module
 */
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes } from "node:crypto";
import { SECRET_BYTES, deriveKeys } from "#firmware/wire/keys.ts";
import type { DirectionKeys } from "#firmware/wire/keys.ts";
import type { SealKeys } from "#firmware/wire/seal.ts";
import type { AdmittedBoard } from "#gateway/store/store.ts";

/** Both directions' keys of a board. */
export interface BoardSealKeys {
  up: SealKeys;
  down: SealKeys;
}

export interface Keyring {
  /** Undefined for a board that is not admitted. */
  keys(boardId: string): BoardSealKeys | undefined;
}

/** Length of the node's private key in bytes. */
const NODE_KEY_BYTES = 32;
/** First byte of a wrapped secret: which wrapping it is. */
const WRAPPING = 1;
const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const WRAPPED_BYTES = 1 + NONCE_BYTES + SECRET_BYTES + TAG_BYTES;

/** The node's key signs on the chain; HKDF with a label of its own keeps that use and this one apart (RFC 5869 section 3.2). */
function wrappingKey(nodeKey: Uint8Array): Uint8Array {
  if (nodeKey.length !== NODE_KEY_BYTES) throw new Error(`keyring: the node's key has ${NODE_KEY_BYTES} bytes, not ${nodeKey.length}`);
  return new Uint8Array(hkdfSync("sha256", nodeKey, "DAISEE gateway 1", "board secrets", 32));
}

/**
 * Encrypts a board's secret for the store.
 * @param nodeKey the node's private key, 32 bytes.
 * @param boardId bound into the result: it unwraps for this board only.
 * @param secret 32 bytes.
 */
export function wrapSecret(nodeKey: Uint8Array, boardId: string, secret: Uint8Array): Uint8Array {
  if (secret.length !== SECRET_BYTES) throw new Error(`keyring: a board's secret has ${SECRET_BYTES} bytes, not ${secret.length}`);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, wrappingKey(nodeKey), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(boardId));
  const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()]);
  return new Uint8Array([WRAPPING, ...nonce, ...ciphertext, ...cipher.getAuthTag()]);
}

/** Gives back what {@link wrapSecret} took. Throws when it was wrapped under another node's key, for another board, or was changed. */
export function unwrapSecret(nodeKey: Uint8Array, boardId: string, wrapped: Uint8Array): Uint8Array {
  const key = wrappingKey(nodeKey);
  if (wrapped.length !== WRAPPED_BYTES || wrapped[0] !== WRAPPING) {
    throw new Error(`keyring: board ${boardId}'s secret has an unknown form: admit the board again`);
  }
  const tagAt = WRAPPED_BYTES - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, wrapped.subarray(1, 1 + NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(boardId));
  decipher.setAuthTag(wrapped.subarray(tagAt));
  const secret = decipher.update(wrapped.subarray(1 + NONCE_BYTES, tagAt));
  try {
    decipher.final();
  } catch (error) {
    throw new Error(`keyring: board ${boardId}'s secret does not open with this node's key: admit the board again`, { cause: error });
  }
  return new Uint8Array(secret);
}

/** Keys as OpenSSL objects: an HMAC with one is more than twice as fast as with its bytes. */
function sealKeys(keys: DirectionKeys): SealKeys {
  const mac = createSecretKey(keys.mac);
  const encryption = createSecretKey(keys.encryption);
  return {
    mac: (message) => createHmac("sha256", mac).update(message).digest(),
    ctr: (iv, data) => createCipheriv("aes-128-ctr", encryption, iv).update(data),
  };
}

/** Both directions' keys from a board's secret of 32 bytes. */
export function boardSealKeys(secret: Uint8Array): BoardSealKeys {
  const { up, down } = deriveKeys((key, message) => createHmac("sha256", key).update(message).digest(), secret);
  return { up: sealKeys(up), down: sealKeys(down) };
}

/** The keys of all admitted boards. Throws when a secret does not unwrap under the node's private key (32 bytes). */
export function createKeyring(boards: readonly Pick<AdmittedBoard, "boardId" | "wrappedSecret">[], nodeKey: Uint8Array): Keyring {
  const byBoard = new Map<string, BoardSealKeys>();
  for (const { boardId, wrappedSecret } of boards) byBoard.set(boardId, boardSealKeys(unwrapSecret(nodeKey, boardId, wrappedSecret)));
  return { keys: (boardId) => byBoard.get(boardId) };
}
