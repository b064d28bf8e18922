/**
 * What the server reads is held to coap-packet, a codec of others.
 * @module
 */
import assert from "node:assert/strict";
import { generate, parse } from "coap-packet";
import type { ParsedPacket } from "coap-packet";
import fc from "fast-check";
import { receive, writeAnswer, writePoke, writeReset } from "#gateway/ingest/coap-message.ts";
import type { CoapRequest } from "#gateway/ingest/coap-message.ts";

const SEED = 20261123;
const URI_PATH = 11;
const CONTENT_FORMAT = 12;
const ACCEPT = 17;

/** Its name in coap-packet's answers, or its number. */
const NAMES: Record<number, string> = { [URI_PATH]: "Uri-Path", [CONTENT_FORMAT]: "Content-Format", [ACCEPT]: "Accept" };

interface Option {
  number: number;
  value: Uint8Array;
}

/** A request before it is written. */
interface Sent extends Pick<CoapRequest, "confirmable" | "messageId" | "token" | "code" | "payload"> {
  options: Option[];
}

/** What both codecs read. Of codes they have other names, and which options it knows is the server's own. */
type Seen = Omit<CoapRequest, "hasUnknownOption" | "code">;

const short = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
const text = fc.string({ maxLength: 300 }).map((part) => Uint8Array.from(Buffer.from(part)));
const option: fc.Arbitrary<Option> = fc.oneof(
  fc.record({ number: fc.constant(URI_PATH), value: text }),
  fc.record({ number: fc.constantFrom(CONTENT_FORMAT, ACCEPT), value: short(2) }),
  // Without a meaning for the server: critical and elective ones, known and unknown, near and far.
  fc.record({ number: fc.constantFrom(1, 3, 4, 5, 7, 15, 23, 27, 35, 39, 60, 1000, 2053, 65_001), value: short(20) }),
);
const request: fc.Arbitrary<Sent> = fc.record({
  confirmable: fc.boolean(),
  messageId: fc.nat(0xffff),
  token: short(8),
  code: fc.integer({ min: 1, max: 31 }),
  options: fc.array(option, { maxLength: 6 }),
  payload: short(100),
});

function written({ confirmable, messageId, token, code, options, payload }: Sent): Buffer {
  return generate(
    {
      confirmable,
      messageId,
      token: Buffer.from(token),
      code: `0.${String(code).padStart(2, "0")}`,
      options: options.map(({ number, value }) => ({ name: String(number), value: Buffer.from(value) })),
      payload: Buffer.from(payload),
    },
    4000,
  );
}

/** A Uint option's first value, as coap-packet gives it. */
function first({ options }: ParsedPacket, number: number): number | null {
  const value = options.find(({ name }) => name === NAMES[number])?.value;
  return value === undefined ? null : value.reduce((sum, byte) => sum * 256 + byte, 0);
}

function seenByOthers(packet: ParsedPacket): Seen {
  return {
    confirmable: packet.confirmable,
    messageId: packet.messageId,
    token: Uint8Array.from(packet.token),
    path: packet.options.filter(({ name }) => name === NAMES[URI_PATH]).map(({ value }) => value.toString()).join("/"),
    contentFormat: first(packet, CONTENT_FORMAT),
    accept: first(packet, ACCEPT),
    payload: Uint8Array.from(packet.payload),
  };
}

function seenByServer({ hasUnknownOption: _unknown, code: _code, ...seen }: CoapRequest): Seen {
  return { ...seen, token: Uint8Array.from(seen.token), payload: Uint8Array.from(seen.payload) };
}

describe("CoAP messages", () => {
  it("reads requests as coap-packet does, whatever their options", () => {
    fc.assert(
      fc.property(request, (sent) => {
        const datagram = written(sent);
        const received = receive(datagram);
        const isRefused = sent.options.some(({ number }) => number % 2 === 1 && ![3, 7, URI_PATH, 15, ACCEPT].includes(number));
        if (isRefused && !sent.confirmable) return assert.deepEqual(received, { kind: "ignore", flawed: true });
        assert.ok(received.kind === "request");
        assert.deepEqual(seenByServer(received.request), seenByOthers(parse(datagram)));
        assert.equal(received.request.code, sent.code);
        assert.equal(received.request.hasUnknownOption, isRefused);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it("takes no damaged request that coap-packet refuses, and reads no other thing from it", () => {
    let taken = 0;
    fc.assert(
      fc.property(request, fc.nat(), fc.nat(255), fc.nat(), (sent, at, value, cut) => {
        const whole = written(sent);
        whole[at % whole.length] = value;
        const datagram = whole.subarray(0, whole.length - (cut % 4));
        const received = receive(datagram);
        if (received.kind !== "request") return;
        taken++;
        assert.deepEqual(seenByServer(received.request), seenByOthers(parse(datagram)));
      }),
      { seed: SEED, numRuns: 2000 },
    );
    assert.ok(taken > 200, `${taken} were requests still`);
  });

  it("writes answers that coap-packet reads", () => {
    const uint = fc.option(fc.nat(0xffff), { nil: undefined });
    fc.assert(
      fc.property(fc.boolean(), short(8), fc.integer({ min: 64, max: 191 }), short(200), uint, uint, (confirmable, token, code, payload, contentFormat, maxAgeSeconds) => {
        const answer = { code, payload, ...(contentFormat !== undefined && { contentFormat }), ...(maxAgeSeconds !== undefined && { maxAgeSeconds }) };
        const packet = parse(writeAnswer({ confirmable, messageId: 7, token }, 8, answer));
        assert.equal(packet.code, `${code >> 5}.${String(code & 31).padStart(2, "0")}`);
        assert.deepEqual([packet.ack, packet.confirmable, packet.messageId], [confirmable, false, confirmable ? 7 : 8]);
        assert.deepEqual([[...packet.token], [...packet.payload]], [[...token], [...payload]]);
        assert.equal(first(packet, CONTENT_FORMAT), contentFormat ?? null);
        const maxAge = packet.options.find(({ name }) => name === "Max-Age")?.value;
        assert.equal(maxAge?.reduce((sum, byte) => sum * 256 + byte, 0), maxAgeSeconds);
        assert.equal(packet.options.length, Number(contentFormat !== undefined) + Number(maxAgeSeconds !== undefined));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it("writes resets and pokes as coap-packet does", () => {
    assert.deepEqual(writeReset(0x1234), generate({ reset: true, code: "0.00", messageId: 0x1234 }));
    const options = [{ name: "Uri-Path", value: Buffer.from("poke") } as const];
    assert.deepEqual(writePoke(0xabcd), generate({ confirmable: false, code: "0.02", messageId: 0xabcd, options }));
  });
});
