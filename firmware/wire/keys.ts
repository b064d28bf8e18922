/**
 * One secret per board, and from it by HKDF-SHA-256 (RFC 5869) a key for each direction and purpose.
 * @module
 */

/** HMAC-SHA-256: 32 bytes. */
export type Hmac = (key: Uint8Array, message: Uint8Array) => Uint8Array;

/** Keys of one direction: 32 bytes for HMAC-SHA-256, 16 bytes for AES-128. */
export interface DirectionKeys {
  mac: Uint8Array;
  encryption: Uint8Array;
}

/** `up`: from the board to the gateway; `down`: from the gateway to the board. */
export interface BoardKeys {
  up: DirectionKeys;
  down: DirectionKeys;
}

/** Length of a board's secret in bytes. */
export const SECRET_BYTES = 32;

const SALT = "DAISEE wire 1";

function ascii(text: string, tail: number[]): Uint8Array {
  const out = new Uint8Array(text.length + tail.length);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  out.set(tail, text.length);
  return out;
}

/** Derives a board's keys from its secret of {@link SECRET_BYTES}. Throws when the secret is of another length. */
export function deriveKeys(hmac: Hmac, secret: Uint8Array): BoardKeys {
  if (secret.length !== SECRET_BYTES) throw new Error("keys: a secret has " + SECRET_BYTES + " bytes, not " + secret.length);
  const pseudorandomKey = hmac(ascii(SALT, []), secret);
  // No key is longer than one HMAC, so HKDF-Expand is its first block only (RFC 5869 section 2.3).
  const expand = (label: string, length: number): Uint8Array =>
    new Uint8Array(hmac(pseudorandomKey, ascii(label, [1])).subarray(0, length));
  return {
    up: { mac: expand("up mac", 32), encryption: expand("up encryption", 16) },
    down: { mac: expand("down mac", 32), encryption: expand("down encryption", 16) },
  };
}
