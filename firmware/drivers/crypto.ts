/**
 * The board's keys on Espruino's crypto library: SHA-256 and AES blocks are all that it is trusted with (its CTR mode ignores the IV).
 * @module
 */
import { ctrFromEcb, hmacSha256 } from "../wire/hmac.ts";
import { deriveKeys } from "../wire/keys.ts";
import type { Sha256 } from "../wire/hmac.ts";
import type { DirectionKeys } from "../wire/keys.ts";
import type { SealKeys } from "../wire/seal.ts";

export interface CryptoHost {
  SHA256(data: Uint8Array): ArrayBuffer;
  AES: { encrypt(data: Uint8Array, key: Uint8Array, options: { mode: "ECB" }): ArrayBuffer };
}

/** Keys of both directions from the board's secret. Throws when the secret is of another length. */
export function createKeys(host: CryptoHost, secret: Uint8Array): { up: SealKeys; down: SealKeys } {
  const sha256: Sha256 = (data) => new Uint8Array(host.SHA256(data));
  const sealKeys = (keys: DirectionKeys): SealKeys => {
    const ecb = (blocks: Uint8Array): Uint8Array => new Uint8Array(host.AES.encrypt(blocks, keys.encryption, { mode: "ECB" }));
    return {
      mac: (message) => hmacSha256(sha256, keys.mac, message),
      ctr: (iv, data) => ctrFromEcb(ecb, iv, data),
    };
  };
  const keys = deriveKeys((key, message) => hmacSha256(sha256, key, message), secret);
  return { up: sealKeys(keys.up), down: sealKeys(keys.down) };
}
