/**
 * Random secrets of sessions and tokens. Only their hash is kept: they have 256 bits, so that no salt or slow hash is needed.
 * @module
 */
import { hash } from "node:crypto";

/** So many random bytes; `crypto.randomBytes` is one. */
export type Random = (bytes: number) => Uint8Array;

const SECRET_BYTES = 32;
const ID_BYTES = 9;

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

export function hashSecret(secret: string): string {
  return hash("sha256", secret, "base64url");
}

/** A new secret (base64url of 256 bits) and its hash. */
export function createSecret(random: Random, prefix = ""): { secret: string; secretHash: string } {
  const secret = prefix + base64url(random(SECRET_BYTES));
  return { secret, secretHash: hashSecret(secret) };
}

/** A name for a thing in a path: 72 random bits. */
export function createId(random: Random): string {
  return base64url(random(ID_BYTES));
}
