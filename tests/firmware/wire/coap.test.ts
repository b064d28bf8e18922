import assert from "node:assert/strict";
import { generate } from "coap-packet";
import fc from "fast-check";
import { COAP_CODE, COAP_TYPE, parseCoap } from "#firmware/wire/coap.ts";

const SEED = 20261122;

describe("a board's CoAP", () => {
  it("reads the answers that coap-packet writes, whatever their options", () => {
    const option = fc.record({ name: fc.constantFrom("4", "12", "14", "60", "2049"), value: fc.uint8Array({ maxLength: 400 }).map((value) => Buffer.from(value)) });
    fc.assert(
      fc.property(fc.nat(0xffff), fc.uint8Array({ minLength: 2, maxLength: 2 }), fc.array(option, { maxLength: 4 }), fc.uint8Array({ maxLength: 200 }), (messageId, token, options, payload) => {
        const datagram = generate({ code: "2.04", ack: true, messageId, token: Buffer.from(token), options, payload: Buffer.from(payload) }, 2000);
        assert.deepEqual(parseCoap(Uint8Array.from(datagram)), {
          type: COAP_TYPE.acknowledgement,
          code: COAP_CODE.changed,
          messageId,
          token: (token[0] ?? 0) * 256 + (token[1] ?? 0),
          payload,
        });
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it("reads a reset, and an answer with a token that is not its own", () => {
    assert.deepEqual(parseCoap(Uint8Array.of(0x70, 0, 0x12, 0x34)), { type: COAP_TYPE.reset, code: COAP_CODE.empty, messageId: 0x1234, token: -1, payload: new Uint8Array(0) });
    assert.equal(parseCoap(Uint8Array.of(0x61, 68, 0, 1, 9)).token, -1);
  });

  it("refuses format errors", () => {
    for (const hex of ["", "60", "604400", "a0440001", "694400010000000000000000", "62440001ab", "60440001ff", "60440001f0", "600000010f", "60440001d0", "60440001e000", "6044000105aa"]) {
      assert.throws(() => parseCoap(Uint8Array.from(Buffer.from(hex, "hex"))), /^Error: CoAP: /, hex);
    }
  });

  it("survives random datagrams", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          parseCoap(bytes);
        } catch (error) {
          assert.match(String(error), /^Error: CoAP: /);
        }
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });
});
