/**
 * @module
 */
import assert from "node:assert/strict";
import { createCipheriv } from "node:crypto";
import fc from "fast-check";
import { createCtr } from "#gateway/auth/ctr.ts";

describe("the gateway's AES in CTR mode", () => {
  it("is node's, for any key, counter block and data, in any order, and undoes itself", () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    // From 0, as all messages count, 256 blocks fit.
    const blocks = bytes(15).map((nonce) => Uint8Array.from([...nonce, 0]));
    fc.assert(
      fc.property(bytes(16), bytes(16), blocks, fc.uint8Array({ maxLength: 1024 }), fc.uint8Array({ maxLength: 4096, size: "max" }), (key, other, iv, data, next) => {
        const ctrs = [key, other].map(createCtr);
        const texts = [data, next, data];
        const found = ctrs.flatMap((ctr) => texts.map((text) => Buffer.from(ctr(iv, text))));
        const expected = [key, other].flatMap((secret) => texts.map((text) => createCipheriv("aes-128-ctr", secret, iv).update(text)));
        assert.deepEqual(found, expected);
        const back = ctrs.map((ctr, index) => Buffer.from(ctr(iv, found[texts.length * index] ?? assert.fail())));
        assert.deepEqual(back, [Buffer.from(data), Buffer.from(data)]);
      }),
    );
  });

  it("refuses data for which its counter has no room", () => {
    const ctr = createCtr(new Uint8Array(16));
    assert.throws(() => ctr(new Uint8Array(16), new Uint8Array(4097)), RangeError);
    assert.throws(() => ctr(new Uint8Array(16).fill(255), new Uint8Array(17)), RangeError);
  });
});
