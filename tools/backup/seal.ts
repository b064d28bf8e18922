/**
 * Seals a secret under a password, for a backup that may lie anywhere: scrypt (RFC 7914) makes the key, AES-256-GCM encrypts.
 * @module
 */
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";

const VERSION = 1;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + SALT_BYTES + NONCE_BYTES;
/** The cost of Web3 Secret Storage, as the keystore's: 128 MB and half a second. */
const COST = { N: 131_072, r: 8, p: 1, maxmem: 256 * 1024 ** 2 };
const CIPHER = "aes-256-gcm";

/** @param cost scrypt's N, a power of two; lower only in tests. */
export function sealSecret(secret: Uint8Array, password: string, cost = COST.N): Uint8Array {
  const head = Buffer.concat([Buffer.of(VERSION), randomBytes(SALT_BYTES), randomBytes(NONCE_BYTES)]);
  const cipher = createCipheriv(CIPHER, keyOf(head, password, cost), head.subarray(1 + SALT_BYTES), { authTagLength: TAG_BYTES });
  cipher.setAAD(head);
  return new Uint8Array(Buffer.concat([head, cipher.update(secret), cipher.final(), cipher.getAuthTag()]));
}

/** Opens what {@link sealSecret} sealed. Throws when the password is another, or a byte was changed. */
export function openSecret(sealed: Uint8Array, password: string, cost = COST.N): Uint8Array {
  if (sealed[0] !== VERSION || sealed.length < HEAD_BYTES + TAG_BYTES) {
    throw new Error("the sealed secret has an unknown form: use a newer gateway");
  }
  const head = Buffer.from(sealed.subarray(0, HEAD_BYTES));
  const decipher = createDecipheriv(CIPHER, keyOf(head, password, cost), head.subarray(1 + SALT_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(head);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return new Uint8Array(Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES, -TAG_BYTES)), decipher.final()]));
  } catch (cause) {
    throw new Error("the password does not open the boards' key: give the one that the keystore had when the backup was made", { cause });
  }
}

function keyOf(head: Uint8Array, password: string, cost: number): Uint8Array {
  return scryptSync(password, head.subarray(1, 1 + SALT_BYTES), 32, { ...COST, N: cost });
}
