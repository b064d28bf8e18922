/**
 * @module
 */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { createMac } from "#gateway/auth/mac.ts";

describe("the gateway's HMAC", () => {
  it("is node's, for any key and message, in any order", () => {
    const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
    fc.assert(
      fc.property(bytes(64), bytes(64), bytes(1152), bytes(1152), (key, other, message, next) => {
        const macs = [createMac(key), createMac(other)].flatMap((mac) => [message, next, message].map((text) => Uint8Array.from(mac(text))));
        const expected = [key, other].flatMap((secret) => [message, next, message].map((text) => Uint8Array.from(createHmac("sha256", secret).update(text).digest())));
        assert.deepEqual(macs, expected);
      }),
    );
  });

  it("refuses keys and messages that it has no room for", () => {
    assert.throws(() => createMac(new Uint8Array(65)), RangeError);
    assert.throws(() => createMac(new Uint8Array(32))(new Uint8Array(1153)), RangeError);
  });
});
