import assert from "node:assert/strict";
import { createCipheriv, createHash } from "node:crypto";
import fc from "fast-check";
import { createKeys, type CryptoHost } from "#firmware/drivers/crypto.ts";
import { keysOf, SECRET } from "../core/gateway.ts";

/** As Espruino has it: the two functions, giving buffers. */
const host: CryptoHost = {
  SHA256: (data) => Uint8Array.from(createHash("sha256").update(data).digest()).buffer,
  AES: {
    encrypt: (data, key, options) => {
      assert.deepEqual(options, { mode: "ECB" });
      return Uint8Array.from(createCipheriv("aes-128-ecb", key, null).setAutoPadding(false).update(data)).buffer;
    },
  },
};

describe("the board's keys", () => {
  it("seal as Node's own HMAC and CTR mode do, for both directions", () => {
    const board = createKeys(host, SECRET);
    const peer = keysOf(SECRET);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), fc.uint8Array({ minLength: 15, maxLength: 15 }), (data, nonce) => {
        const iv = Uint8Array.from([...nonce, 0]);
        for (const direction of ["up", "down"] as const) {
          assert.deepEqual(board[direction].mac(data), peer[direction].mac(data));
          assert.deepEqual(board[direction].ctr(iv, data), peer[direction].ctr(iv, data));
        }
      }),
    );
  });

  it("are refused from a secret of another length", () => {
    assert.throws(() => createKeys(host, SECRET.subarray(1)), /32 bytes, not 31/);
  });
});
