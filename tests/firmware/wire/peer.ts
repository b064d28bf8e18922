/**
 * A second implementation of the wire format's writing side, made of parts that were not written here: cbor-x for the bytes,
 * node:crypto for HKDF, HMAC and AES-CTR. It shares no line with `firmware/wire`.
 * @module
 */
import { createCipheriv, createHmac, hkdfSync } from "node:crypto";
import { Encoder } from "cbor-x";

const cbor = new Encoder({ mapsAsObjects: false, useRecords: false, variableMapSize: true, tagUint8Array: false });

/** cbor-x writes integers from 2^32 on as floats unless they are BigInt. */
function wide(value: unknown): unknown {
  if (typeof value === "number" && Math.abs(value) >= 2 ** 32) return BigInt(value);
  return Array.isArray(value) ? value.map(wide) : value;
}

/** CBOR of nested arrays of integers and nulls. */
export function encodePositional(value: unknown): Buffer {
  return cbor.encode(wide(value));
}

export function deriveKey(secret: Uint8Array, label: string, length: number): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "DAISEE wire 1", label, length));
}

/** Seals a plaintext for one direction ("up" or "down"). */
export function seal(
  secret: Uint8Array,
  direction: "up" | "down",
  boardId: Uint8Array,
  message: { boot: number; number: number },
  plaintext: Uint8Array,
): Buffer {
  const partialIv = Buffer.alloc(8);
  partialIv.writeUIntBE(message.boot, 0, 3);
  partialIv.writeUInt32BE(message.number, 3);
  const header = cbor.encode(new Map<number, unknown>([[1, 4], [4, Buffer.from(boardId)], [6, partialIv]]));
  const iv = Buffer.concat([Buffer.alloc(8), partialIv]);
  const ciphertext = createCipheriv("aes-128-ctr", deriveKey(secret, `${direction} encryption`, 16), iv).update(plaintext);
  const toMac = cbor.encode(["MAC0", header, Buffer.alloc(0), ciphertext]);
  const tag = createHmac("sha256", deriveKey(secret, `${direction} mac`, 32)).update(toMac).digest().subarray(0, 8);
  return cbor.encode([header, new Map(), ciphertext, tag]);
}
