import assert from "node:assert/strict";
import { createCipheriv, createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { MAX_MESSAGE_BYTES } from "#firmware/wire/frame.ts";
import { ctrFromEcb, hmacSha256 } from "#firmware/wire/hmac.ts";
import { deriveKeys } from "#firmware/wire/keys.ts";
import type { DirectionKeys } from "#firmware/wire/keys.ts";
import { openMessage, parseMessage, sealMessage } from "#firmware/wire/seal.ts";
import type { SealKeys } from "#firmware/wire/seal.ts";

const SEED = 20261122;
const hmac = (key: Uint8Array, message: Uint8Array): Uint8Array => Uint8Array.from(createHmac("sha256", key).update(message).digest());
const sealKeys = (keys: DirectionKeys): SealKeys => ({
  mac: (message) => hmac(keys.mac, message),
  ctr: (iv, data) => Uint8Array.from(createCipheriv("aes-128-ctr", keys.encryption, iv).update(data)),
});
const secret = fc.uint8Array({ minLength: 32, maxLength: 32 });
const boardId = fc.uint8Array({ minLength: 6, maxLength: 6 });
/** At the ends of CBOR's sizes, too, where two numbers' bytes could run into each other. */
const edge = fc.constantFrom(0, 1, 23, 24, 25, 26, 255, 256, 0x1818, 65_535, 65_536, 0x181818);
const number = fc.record({ boot: fc.oneof(fc.nat(0xffffff), edge), number: fc.oneof(fc.nat(0xffffffff), edge) });
const plaintext = fc.uint8Array({ maxLength: 960 });

describe("the seal", () => {
  it("opens what was sealed, with the board and number it was sealed for", () => {
    fc.assert(
      fc.property(secret, boardId, number, plaintext, (key, board, message, text) => {
        const { up } = deriveKeys(hmac, key);
        const sealed = sealMessage(sealKeys(up), board, message, text);
        assert.ok(sealed.length <= MAX_MESSAGE_BYTES);
        const parsed = parseMessage(sealed);
        assert.deepEqual({ boot: parsed.boot, number: parsed.number, boardId: parsed.boardId }, { ...message, boardId: board });
        assert.deepEqual(openMessage(sealKeys(up), parsed), text);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it("breaks when any one bit is changed", () => {
    fc.assert(
      fc.property(secret, boardId, number, plaintext, fc.nat(), (key, board, message, text, bit) => {
        const { up } = deriveKeys(hmac, key);
        const sealed = sealMessage(sealKeys(up), board, message, text);
        const at = bit % (sealed.length * 8);
        sealed[at >> 3] = (sealed[at >> 3] ?? 0) ^ (1 << (at & 7));
        assert.throws(() => openMessage(sealKeys(up), parseMessage(sealed)), /^Error: (CBOR|seal): /);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it("does not fit another board's keys, nor the other direction's", () => {
    fc.assert(
      fc.property(secret, secret, boardId, number, plaintext, (key, other, board, message, text) => {
        fc.pre(!Buffer.from(key).equals(Buffer.from(other)));
        const { up, down } = deriveKeys(hmac, key);
        const parsed = parseMessage(sealMessage(sealKeys(up), board, message, text));
        for (const keys of [down, deriveKeys(hmac, other).up, deriveKeys(hmac, other).down]) {
          assert.throws(() => openMessage(sealKeys(keys), parsed), /does not fit/);
        }
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it("never uses one keystream for two message numbers", () => {
    fc.assert(
      fc.property(secret, boardId, number, number, (key, board, one, two) => {
        fc.pre(one.boot !== two.boot || one.number !== two.number);
        const { up } = deriveKeys(hmac, key);
        const zeros = new Uint8Array(960);
        const streams = [one, two].map((message) => Buffer.from(parseMessage(sealMessage(sealKeys(up), board, message, zeros)).ciphertext));
        const blocks = new Set(streams.flatMap((stream) => Array.from({ length: 60 }, (_, i) => stream.subarray(i * 16, i * 16 + 16).toString("hex"))));
        assert.equal(blocks.size, 120);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it("refuses to seal with numbers beyond the nonce, or a message beyond a datagram", () => {
    const keys = sealKeys(deriveKeys(hmac, new Uint8Array(32)).up);
    assert.throws(() => sealMessage(keys, new Uint8Array(6), { boot: 0x1000000, number: 0 }, new Uint8Array(1)), /used up/);
    assert.throws(() => sealMessage(keys, new Uint8Array(6), { boot: 0, number: 0x100000000 }, new Uint8Array(1)), /used up/);
    assert.throws(() => sealMessage(keys, new Uint8Array(5), { boot: 0, number: 0 }, new Uint8Array(1)), /6 bytes/);
    assert.throws(() => sealMessage(keys, new Uint8Array(6), { boot: 0, number: 0 }, new Uint8Array(1000)), /1024/);
    assert.throws(() => parseMessage(new Uint8Array(1025)), /1024/);
  });

  it("survives random bytes with a refusal", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1100 }), (bytes) => {
        assert.throws(() => parseMessage(bytes), /^Error: (CBOR|seal): /);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });
});

describe("a board's own HMAC and CTR", () => {
  it("equal node:crypto's", () => {
    const sha256 = (data: Uint8Array): Uint8Array => Uint8Array.from(createHash("sha256").update(data).digest());
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ minLength: 16, maxLength: 16 }), plaintext, (key, block, text) => {
        assert.deepEqual(hmacSha256(sha256, key, text), hmac(key, text));
        const iv = Uint8Array.from(block).fill(0, 15);
        const ecb = (blocks: Uint8Array): Uint8Array => createCipheriv("aes-128-ecb", block, null).setAutoPadding(false).update(blocks);
        assert.deepEqual(ctrFromEcb(ecb, iv, text), Uint8Array.from(createCipheriv("aes-128-ctr", block, iv).update(text)));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it("refuse what they cannot do right", () => {
    assert.throws(() => hmacSha256((data) => data, new Uint8Array(65), new Uint8Array(0)), /64 bytes/);
    assert.throws(() => ctrFromEcb((blocks) => blocks, new Uint8Array(16).fill(255, 15), new Uint8Array(17)), /carry/);
    assert.throws(() => deriveKeys(hmac, new Uint8Array(31)), /32 bytes, not 31/);
  });
});
