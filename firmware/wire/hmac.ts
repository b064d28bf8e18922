/**
 * HMAC-SHA-256 (RFC 2104) from a bare SHA-256, for hosts whose only primitive is the hash, and CTR mode (NIST SP 800-38A) from bare
 * AES blocks, because Espruino's own CTR mode ignores its IV.
 * @module
 */

export type Sha256 = (data: Uint8Array) => Uint8Array;

const BLOCK_BYTES = 64;

function padded(key: Uint8Array, pad: number, tail: Uint8Array): Uint8Array {
  const out = new Uint8Array(BLOCK_BYTES + tail.length);
  for (let i = 0; i < BLOCK_BYTES; i++) out[i] = (key[i] || 0) ^ pad;
  out.set(tail, BLOCK_BYTES);
  return out;
}

/** HMAC-SHA-256 of `message` under a key of at most 64 bytes: 32 bytes. */
export function hmacSha256(sha256: Sha256, key: Uint8Array, message: Uint8Array): Uint8Array {
  if (key.length > BLOCK_BYTES) throw new Error("HMAC: key above 64 bytes");
  return sha256(padded(key, 0x5c, sha256(padded(key, 0x36, message))));
}

/**
 * Encrypts or decrypts `data` in CTR mode by one call for all counter blocks.
 * @param ecb encrypts whole 16-byte blocks under the key.
 * @param iv first counter block; its last byte counts blocks and must leave room for them.
 */
export function ctrFromEcb(ecb: (blocks: Uint8Array) => Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const count = Math.ceil(data.length / 16);
  const first = iv[15] || 0;
  if (first + count > 256) throw new Error("CTR: counter would carry into the nonce");
  const counters = new Uint8Array(count * 16);
  for (let i = 0; i < count; i++) {
    counters.set(iv, i * 16);
    counters[i * 16 + 15] = first + i;
  }
  const stream = ecb(counters);
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = (data[i] || 0) ^ (stream[i] || 0);
  return out;
}
