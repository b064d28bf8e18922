/**
 * The boards' secrets: encrypted under a key of their own where they are stored, and as ready keys where frames are opened. That key is not
 * the node's: a gateway whose keystore is locked still hears its boards.
 * @module
 */
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes } from "node:crypto";
import { ctrFromEcb } from "#firmware/wire/hmac.ts";
import { SECRET_BYTES, deriveKeys } from "#firmware/wire/keys.ts";
import type { DirectionKeys } from "#firmware/wire/keys.ts";
import type { SealKeys } from "#firmware/wire/seal.ts";
import type { AdmittedBoard } from "#gateway/store/store.ts";
import { createMac } from "./mac.ts";

/** Both directions' keys of a board. */
export interface BoardSealKeys {
  up: SealKeys;
  down: SealKeys;
}

/** An admitted board. */
export interface KeyedBoard extends BoardSealKeys {
  boardId: string;
  /** Its COSE key identifier: the bytes of its id. */
  keyId: Uint8Array;
}

export interface Keyring {
  /** The board of a COSE key identifier; undefined when none is admitted by it. */
  find(keyId: Uint8Array): KeyedBoard | undefined;
  /** Admits a board while the gateway runs, or gives it other keys. */
  add(boardId: string, keys: BoardSealKeys): void;
  /** The board's frames are no longer opened. */
  remove(boardId: string): void;
}

/** Length of the key that wraps the boards' secrets, in bytes. */
export const BOARDS_KEY_BYTES = 32;
/** First byte of a wrapped secret: which wrapping it is. */
const WRAPPING = 1;
const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const WRAPPED_BYTES = 1 + NONCE_BYTES + SECRET_BYTES + TAG_BYTES;

/** HKDF with a label of its own leaves the key free for other uses (RFC 5869 section 3.2). */
function wrappingKey(boardsKey: Uint8Array): Uint8Array {
  if (boardsKey.length !== BOARDS_KEY_BYTES) throw new Error(`keyring: the boards' key has ${BOARDS_KEY_BYTES} bytes, not ${boardsKey.length}`);
  return new Uint8Array(hkdfSync("sha256", boardsKey, "DAISEE gateway 1", "board secrets", 32));
}

/**
 * Encrypts a board's secret for the store.
 * @param boardsKey 32 bytes; see `boards-key.ts`.
 * @param boardId bound into the result: it unwraps for this board only.
 * @param secret 32 bytes.
 */
export function wrapSecret(boardsKey: Uint8Array, boardId: string, secret: Uint8Array): Uint8Array {
  if (secret.length !== SECRET_BYTES) throw new Error(`keyring: a board's secret has ${SECRET_BYTES} bytes, not ${secret.length}`);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, wrappingKey(boardsKey), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(boardId));
  const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()]);
  return new Uint8Array([WRAPPING, ...nonce, ...ciphertext, ...cipher.getAuthTag()]);
}

/** Gives back what {@link wrapSecret} took. Throws when it was wrapped under another key, for another board, or was changed. */
export function unwrapSecret(boardsKey: Uint8Array, boardId: string, wrapped: Uint8Array): Uint8Array {
  const key = wrappingKey(boardsKey);
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
    throw new Error(`keyring: board ${boardId}'s secret does not open with the key in boards.key: put that file back, or admit the board again`, { cause: error });
  }
  return new Uint8Array(secret);
}

/**
 * Making a cipher costs several times what a frame's blocks cost; ECB keeps no state between calls, so one cipher per key makes the counter
 * blocks of all its frames.
 */
function sealKeys(keys: DirectionKeys): SealKeys {
  const cipher = createCipheriv("aes-128-ecb", createSecretKey(keys.encryption), null).setAutoPadding(false);
  const ecb = (blocks: Uint8Array): Uint8Array => cipher.update(blocks);
  return {
    mac: createMac(keys.mac),
    ctr: (iv, data) => ctrFromEcb(ecb, iv, data),
  };
}

/** Both directions' keys from a board's secret of 32 bytes. */
export function boardSealKeys(secret: Uint8Array): BoardSealKeys {
  const { up, down } = deriveKeys((key, message) => createHmac("sha256", key).update(message).digest(), secret);
  return { up: sealKeys(up), down: sealKeys(down) };
}

/** A key identifier of 6 bytes as an integer: a map finds it sooner than text, which would have to be made of it. */
function numberOf(keyId: Uint8Array): number {
  let number = 0;
  for (const byte of keyId) number = number * 256 + byte;
  return number;
}

/** The keys of all admitted boards. Throws when a secret does not unwrap under the boards' key (32 bytes). */
export function createKeyring(boards: readonly Pick<AdmittedBoard, "boardId" | "wrappedSecret">[], boardsKey: Uint8Array): Keyring {
  const byNumber = new Map<number, KeyedBoard>();
  function add(boardId: string, { up, down }: BoardSealKeys): void {
    const keyId = Buffer.from(boardId, "hex");
    byNumber.set(numberOf(keyId), { boardId, keyId, up, down });
  }
  for (const { boardId, wrappedSecret } of boards) add(boardId, boardSealKeys(unwrapSecret(boardsKey, boardId, wrappedSecret)));
  return {
    find: (keyId) => byNumber.get(numberOf(keyId)),
    add,
    remove: (boardId) => void byNumber.delete(numberOf(Buffer.from(boardId, "hex"))),
  };
}
