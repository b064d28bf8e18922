/**
 * `require("crypto")` as far as boards use it, with the interpreter's own fault: CTR mode ignores its `iv` and starts at a counter of zero
 * (jswrap_crypto.c), so two messages under one key share their keystream.
 * @module
 */
import { createCipheriv, createHash } from "node:crypto";
import { bytesOf } from "./data.ts";
import type { Realm } from "./realm.ts";

const BLOCK_BYTES = 16;
const KEY_BITS = [128, 192, 256];

interface AesOptions {
  mode?: unknown;
  iv?: unknown;
}

function encrypt(data: Uint8Array, key: Uint8Array, options: AesOptions): Uint8Array {
  const mode = options.mode ?? "CBC";
  if (mode !== "ECB" && mode !== "CBC" && mode !== "CTR") throw new Error("Unknown Crypto mode " + JSON.stringify(mode));
  // The interpreter prints an error and returns undefined or zeros for both of these; no firmware means that.
  if (!KEY_BITS.includes(key.length * 8)) throw new Error("AES: a key of " + key.length + " bytes");
  if (mode !== "CTR" && data.length % BLOCK_BYTES !== 0) throw new Error("AES: " + mode + " needs whole blocks of 16 bytes");
  const zeros = new Uint8Array(BLOCK_BYTES);
  const iv = mode === "ECB" ? null : mode === "CTR" || options.iv === undefined ? zeros : bytesOf(options.iv);
  const cipher = createCipheriv("aes-" + key.length * 8 + "-" + mode.toLowerCase(), key, iv);
  if (mode !== "CTR") cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(data), cipher.final()]);
}

export function createCryptoLibrary(realm: Realm): Record<string, unknown> {
  return {
    SHA256: (data: unknown) => realm.buffer(createHash("sha256").update(bytesOf(data)).digest()),
    AES: realm.object({
      encrypt: (data: unknown, key: unknown, options: AesOptions = {}) => realm.buffer(encrypt(bytesOf(data), bytesOf(key), options)),
    }),
  };
}
