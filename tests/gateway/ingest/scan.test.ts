/**
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_MESSAGE_BYTES } from "#firmware/wire/frame.ts";
import { parseMessage } from "#firmware/wire/seal.ts";
import { scan } from "#gateway/ingest/scan.ts";
import { BOARD } from "./rig.ts";

/** Sealed messages around plaintexts of any size that fits; the sizes at which CBOR's length grows come often. */
const messages = fc
  .oneof(fc.integer({ min: 0, max: 960 }), fc.constantFrom(0, 1, 23, 24, 255, 256, 960))
  .map((length) => BOARD.seal({ boot: 1, number: length }, new Uint8Array(length)));

function parses(bytes: Uint8Array): boolean {
  try {
    parseMessage(bytes);
    return true;
  } catch {
    return false;
  }
}

describe("scan", () => {
  it("passes every sealed message, calls its beginnings truncated, and its extensions malformed", () => {
    fc.assert(
      fc.property(messages, fc.nat(), (message, cut) => {
        assert.equal(scan(message), null);
        assert.equal(scan(message.subarray(0, cut % message.length)), "truncated");
        assert.equal(scan(new Uint8Array([...message, cut & 255])), message.length < MAX_MESSAGE_BYTES ? "malformed" : "oversized");
      }),
      { seed: 20265 },
    );
  });

  it("finds a flaw in every message that the parser refuses for its structure, and never one in what the parser reads", () => {
    const change = fc.record({ at: fc.nat(), value: fc.nat(255) });
    const changed = fc.tuple(messages, fc.array(change, { maxLength: 3 })).map(([message, changes]) => {
      const bytes = message.slice();
      for (const { at, value } of changes) bytes[at % bytes.length] = value;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(changed, fc.uint8Array({ maxLength: 1100 })), (bytes) => {
        // The protected header's own bytes are the parser's part: with good ones both must agree.
        if (bytes.length >= 23) bytes.set(BOARD.seal({ boot: 1, number: 1 }, new Uint8Array(1)).subarray(2, 23), 2);
        assert.equal(scan(bytes) === null, parses(bytes));
      }),
      { seed: 20266, numRuns: 3000 },
    );
  });

  it("finds a ciphertext's length in a longer form than needed malformed", () => {
    const { length } = BOARD.seal({ boot: 1, number: 1 }, new Uint8Array(0));
    const start = BOARD.seal({ boot: 1, number: 1 }, new Uint8Array(0)).subarray(0, length - 10);
    for (const [head, size] of [
      [[0x58, 23], 23],
      [[0x59, 0, 255], 255],
      [[0x5a, 0, 0, 0, 24], 24],
    ] as const) {
      const message = new Uint8Array([...start, ...head, ...new Uint8Array(size), 0x48, ...new Uint8Array(8)]);
      assert.equal(scan(message), "malformed");
      assert.equal(parses(message), false);
    }
  });

  it("calls everything above a message's most bytes oversized", () => {
    for (const length of [MAX_MESSAGE_BYTES + 1, 1500, 65_507]) assert.equal(scan(new Uint8Array(length)), "oversized");
  });
});
