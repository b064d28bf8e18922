import assert from "node:assert/strict";
import { createCipheriv, createHash, createHmac } from "node:crypto";
import { generate, parse } from "coap-packet";
import { decodeAck, encodeAck } from "#firmware/wire/ack.ts";
import { encodePost, FRAMES_PATH } from "#firmware/wire/coap.ts";
import { decodeFrame, encodeFrame } from "#firmware/wire/frame.ts";
import { decodeDiagnostics, encodeDiagnostics } from "#firmware/wire/diagnostics.ts";
import { ctrFromEcb, hmacSha256 } from "#firmware/wire/hmac.ts";
import { deriveKeys } from "#firmware/wire/keys.ts";
import type { DirectionKeys } from "#firmware/wire/keys.ts";
import type { Diagnostics } from "#firmware/wire/commands.ts";
import type { Ack, Frame } from "#firmware/wire/records.ts";
import { openMessage, parseMessage, sealMessage } from "#firmware/wire/seal.ts";
import type { SealKeys } from "#firmware/wire/seal.ts";
import vectors from "#firmware/wire/vectors.json" with { type: "json" };
import { decodePositional, deriveKey, encodePositional, open, seal } from "./peer.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const hex = (data: Uint8Array): string => Buffer.from(data).toString("hex");
const sha256 = (data: Uint8Array): Uint8Array => Uint8Array.from(createHash("sha256").update(data).digest());

/** Keys as a board has them: nothing but SHA-256 and AES blocks. */
function boardKeys(keys: DirectionKeys): SealKeys {
  const ecb = (blocks: Uint8Array): Uint8Array => {
    const cipher = createCipheriv("aes-128-ecb", keys.encryption, null).setAutoPadding(false);
    return Uint8Array.from(Buffer.concat([cipher.update(blocks), cipher.final()]));
  };
  return { mac: (message) => hmacSha256(sha256, keys.mac, message), ctr: (iv, data) => ctrFromEcb(ecb, iv, data) };
}

/** Keys as a gateway has them. */
function gatewayKeys(keys: DirectionKeys): SealKeys {
  return {
    mac: (message) => createHmac("sha256", keys.mac).update(message).digest(),
    ctr: (iv, data) => createCipheriv("aes-128-ctr", keys.encryption, iv).update(data),
  };
}

const secret = bytes(vectors.secret);
const boardId = bytes(vectors.boardId);
const keys = deriveKeys((key, message) => hmacSha256(sha256, key, message), secret);

describe("wire vectors", () => {
  it("derive the keys that node:crypto's HKDF derives", () => {
    for (const direction of ["up", "down"] as const) {
      assert.equal(hex(keys[direction].mac), vectors.keys[direction].mac);
      assert.equal(hex(keys[direction].encryption), vectors.keys[direction].encryption);
      assert.equal(hex(deriveKey(secret, `${direction} mac`, 32)), vectors.keys[direction].mac);
      assert.equal(hex(deriveKey(secret, `${direction} encryption`, 16)), vectors.keys[direction].encryption);
    }
  });

  for (const vector of vectors.frames) {
    // JSON widens the literal types of records; the decoder checks their values.
    const frame = vector.frame as Frame;
    describe(vector.name, () => {
      it("is encoded to the vector's plaintext and decoded back", () => {
        const encoded = encodeFrame(frame, vector.message.boot);
        assert.equal(hex(encoded.plaintext), vector.plaintext);
        assert.equal(encoded.count, frame.records.length);
        assert.deepEqual(decodeFrame(bytes(vector.plaintext), vector.message.boot), frame);
      });

      it("is sealed by a board to the vector's message, which a gateway opens", () => {
        assert.equal(hex(sealMessage(boardKeys(keys.up), boardId, vector.message, bytes(vector.plaintext))), vector.sealed);
        const message = parseMessage(bytes(vector.sealed));
        assert.deepEqual({ boot: message.boot, number: message.number }, vector.message);
        assert.equal(hex(message.boardId), vectors.boardId);
        assert.equal(hex(openMessage(gatewayKeys(keys.up), message)), vector.plaintext);
      });

      it("is written byte for byte by an implementation of others' parts, and read by it", () => {
        const plaintext = encodePositional(vector.positional);
        assert.equal(hex(plaintext), vector.plaintext);
        assert.equal(hex(seal(secret, "up", boardId, vector.message, plaintext)), vector.sealed);
        assert.equal(hex(open(secret, "up", bytes(vector.sealed))), vector.plaintext);
        assert.deepEqual(decodePositional(plaintext), vector.positional);
      });
    });
  }

  for (const vector of vectors.acks) {
    it(`${vector.name} is written, sealed and read by both ends and by others' parts`, () => {
      const ack = vector.ack as Ack;
      assert.equal(hex(encodeAck(ack)), vector.plaintext);
      assert.deepEqual(decodeAck(bytes(vector.plaintext)), ack);
      assert.equal(hex(sealMessage(gatewayKeys(keys.down), boardId, vector.message, encodeAck(ack))), vector.sealed);
      assert.equal(hex(openMessage(boardKeys(keys.down), parseMessage(bytes(vector.sealed)))), vector.plaintext);
      assert.equal(hex(seal(secret, "down", boardId, vector.message, encodePositional(vector.positional))), vector.sealed);
      assert.equal(hex(open(secret, "down", bytes(vector.sealed))), vector.plaintext);
      assert.deepEqual(decodePositional(bytes(vector.plaintext)), vector.positional);
    });
  }

  for (const vector of vectors.diagnostics) {
    it(`${vector.name} are written, sealed and read by both ends and by others' parts`, () => {
      // JSON widens the literal types; the decoder checks the values.
      const diagnostics = vector.diagnostics as Diagnostics;
      assert.equal(hex(encodeDiagnostics(diagnostics)), vector.plaintext);
      assert.deepEqual(decodeDiagnostics(bytes(vector.plaintext)), diagnostics);
      assert.equal(hex(sealMessage(boardKeys(keys.up), boardId, vector.message, bytes(vector.plaintext))), vector.sealed);
      assert.equal(hex(openMessage(gatewayKeys(keys.up), parseMessage(bytes(vector.sealed)))), vector.plaintext);
      assert.equal(hex(seal(secret, "up", boardId, vector.message, encodePositional(vector.positional))), vector.sealed);
      assert.deepEqual(decodePositional(bytes(vector.plaintext)), vector.positional);
    });
  }

  for (const vector of vectors.coap) {
    it(`${vector.name} is written as coap-packet writes and reads it`, () => {
      const datagram = encodePost(vector.messageId, vector.token, bytes(vector.payload));
      assert.equal(hex(datagram), vector.datagram);
      const packet = parse(Buffer.from(datagram));
      assert.equal(packet.code, "0.02");
      assert.equal(packet.confirmable, true);
      assert.equal(packet.messageId, vector.messageId);
      assert.equal(hex(packet.token), "abcd");
      assert.equal(hex(packet.payload), vector.payload);
      assert.deepEqual(packet.options.map(({ name, value }) => [name, hex(value)]), [
        ["Uri-Path", hex(Buffer.from(FRAMES_PATH))],
        ["Content-Format", "11"],
      ]);
      assert.equal(hex(generate({ ...packet, options: packet.options.map(({ name, value }) => ({ name, value })) })), vector.datagram);
    });
  }

  for (const vector of vectors.refusedPlaintexts) {
    it(`${vector.name} is refused, and says so`, () => {
      assert.throws(() => decodeFrame(bytes(vector.hex), 3), (error: Error) => error.message.includes(vector.error));
    });
  }
});
