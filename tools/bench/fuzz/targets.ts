/**
 * What the gateway does with bytes that a stranger may write, each with what it begins from and what it promises of any input.
 * @module
 */
import assert from "node:assert/strict";
import { decodeAck } from "#firmware/wire/ack.ts";
import { COAP_CODE, parseCoap } from "#firmware/wire/coap.ts";
import { decodeDiagnostics } from "#firmware/wire/diagnostics.ts";
import { decodeFrame } from "#firmware/wire/frame.ts";
import { parseMessage } from "#firmware/wire/seal.ts";
import vectors from "#firmware/wire/vectors.json" with { type: "json" };
import { receive, writeAnswer } from "#gateway/ingest/coap-message.ts";
import { measure, scan } from "#gateway/ingest/scan.ts";

export interface Target {
  name: string;
  /** Good inputs, from the vectors. */
  corpus: Uint8Array[];
  /** Throws an AssertionError when the target breaks its promise. */
  run(input: Uint8Array): void;
}

/** A record takes at least so many bytes on the wire; what is decoded is bounded by the datagram. */
const LEAST_RECORD_BYTES = 4;
const MAX_BOOT = 0xffffff;

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const { frames, acks, diagnostics, refusedPlaintexts, coap } = vectors;
const sealed = [...frames, ...diagnostics, ...acks].map((vector) => bytes(vector.sealed));

/** Runs a reader that refuses by throwing; its own words are all that it may throw. */
function refuses(read: () => void, words: RegExp): boolean {
  try {
    read();
    return false;
  } catch (error) {
    assert.ok(error instanceof Error && error.constructor === Error && words.test(error.message), error as Error);
    return true;
  }
}

export const TARGETS: Target[] = [
  {
    name: "scan and seal",
    corpus: sealed,
    run(input) {
      const flaw = scan(input);
      const isRefused = refuses(() => parseMessage(input), /^(CBOR|seal): /);
      // The scanner looks at structure only: it may pass what the parser refuses, never the other way.
      if (!isRefused) assert.equal(flaw, null);
      const length = measure(input, 0);
      if (typeof length === "number") assert.ok(length > 0 && length <= input.length);
    },
  },
  {
    name: "CoAP",
    corpus: [...coap.map(({ datagram }) => bytes(datagram)), ...sealed.map((message) => Uint8Array.from([0x42, 2, 1, 2, 3, 4, 0xb6, ...Buffer.from("frames"), 0x11, 17, 255, ...message]))],
    run(input) {
      const received = receive(Buffer.from(input));
      if (received.kind === "request") {
        assert.ok(received.request.payload.length < input.length);
        writeAnswer(received.request, 1, { code: COAP_CODE.changed, payload: input.subarray(0, 10) });
      }
      refuses(() => parseCoap(input), /^CoAP: /);
    },
  },
  {
    name: "frame",
    corpus: [...frames.map(({ plaintext }) => bytes(plaintext)), ...refusedPlaintexts.map(({ hex }) => bytes(hex))],
    run(input) {
      refuses(() => {
        const { records } = decodeFrame(input, MAX_BOOT);
        assert.ok(records.length * LEAST_RECORD_BYTES <= input.length);
      }, /^(CBOR|frame): /);
    },
  },
  {
    name: "diagnostics and acknowledgement",
    corpus: [...diagnostics, ...acks].map(({ plaintext }) => bytes(plaintext)),
    run(input) {
      refuses(() => decodeDiagnostics(input), /^(CBOR|diagnostics): /);
      refuses(() => decodeAck(input), /^CBOR: /);
    },
  },
];
