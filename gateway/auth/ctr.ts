/**
 * AES-128 in CTR mode (NIST SP 800-38A), thousands of short messages a second. Making a cipher costs several times what a frame's blocks
 * cost; ECB keeps no state between calls, so one cipher per key makes the counter blocks of all its messages.
 * @module
 */
import { createCipheriv, createSecretKey } from "node:crypto";

const BLOCK_BYTES = 16;
/** The last byte of a counter block counts. */
const MOST_BLOCKS = 256;

// Each call writes what it needs of it anew: memory outside the heap costs more than the arithmetic.
const counters = Buffer.alloc(MOST_BLOCKS * BLOCK_BYTES);

/**
 * Encryption and decryption under a key of 16 bytes, from the counter block `iv` on. Its last byte counts blocks; a RangeError where the
 * data are longer than it leaves room for.
 */
export function createCtr(key: Uint8Array): (iv: Uint8Array, data: Uint8Array) => Uint8Array {
  const cipher = createCipheriv("aes-128-ecb", createSecretKey(key), null).setAutoPadding(false);
  return (iv, data) => {
    const first = iv[BLOCK_BYTES - 1] ?? 0;
    const count = Math.ceil(data.length / BLOCK_BYTES);
    if (first + count > MOST_BLOCKS) throw new RangeError("ctr: the counter would carry into the nonce");
    for (let block = 0; block < count; block++) {
      counters.set(iv, block * BLOCK_BYTES);
      counters[(block + 1) * BLOCK_BYTES - 1] = first + block;
    }
    const out = cipher.update(counters.subarray(0, count * BLOCK_BYTES));
    for (let at = 0; at < data.length; at++) out[at] = (out[at] ?? 0) ^ (data[at] ?? 0);
    return out.subarray(0, data.length);
  };
}
