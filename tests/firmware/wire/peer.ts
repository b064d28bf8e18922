/**
 * A third implementation of the wire format beside the board's and the gateway's, made of parts that were not written here: cbor-x for
 * the bytes, node:crypto for HKDF, HMAC and AES-CTR. It shares no line with `firmware/wire`. libcoap carries it in `libcoap.test.ts`.
 * @module
 */
import { createCipheriv, createHmac, hkdfSync } from "node:crypto";
import { decode, decodeMultiple, Decoder, Encoder } from "cbor-x";

const cbor = new Encoder({ mapsAsObjects: false, useRecords: false, variableMapSize: true, tagUint8Array: false });

/** cbor-x writes integers from 2^32 on as floats unless they are BigInt. */
function wide(value: unknown): unknown {
  if (typeof value === "number" && Math.abs(value) >= 2 ** 32) return BigInt(value);
  return value;
}

/** A CBOR sequence (RFC 8742) of integers, texts and nulls. */
export function encodePositional(values: unknown[]): Buffer {
  return Buffer.concat(values.map((value) => cbor.encode(wide(value))));
}

export function decodePositional(sequence: Uint8Array): unknown[] {
  const values: unknown[] = decodeMultiple(sequence) ?? [];
  return values.map((value) => (typeof value === "bigint" ? Number(value) : value));
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
  const partialIv = encodePositional([message.boot, message.number]);
  const header = cbor.encode(new Map<number, unknown>([[1, 4], [4, Buffer.from(boardId)], [6, partialIv]]));
  const ciphertext = crypt(secret, direction, partialIv, plaintext);
  return cbor.encode([header, new Map(), ciphertext, tagOf(secret, direction, header, ciphertext)]);
}

/** Opens a sealed message; throws when its tag does not fit. */
export function open(secret: Uint8Array, direction: "up" | "down", message: Uint8Array): Buffer {
  // The message's form, as written in the CDDL.
  const [header, , ciphertext, tag] = decode(message) as [Buffer, unknown, Buffer, Buffer];
  if (!tagOf(secret, direction, header, ciphertext).equals(tag)) throw new Error("peer: the tag does not fit");
  const partialIv = new Decoder({ mapsAsObjects: false }).decode(header).get(6);
  return crypt(secret, direction, partialIv, ciphertext);
}

function tagOf(secret: Uint8Array, direction: "up" | "down", header: Uint8Array, ciphertext: Uint8Array): Buffer {
  const toMac = cbor.encode(["MAC0", header, Buffer.alloc(0), ciphertext]);
  return createHmac("sha256", deriveKey(secret, `${direction} mac`, 32)).update(toMac).digest().subarray(0, 8);
}

function crypt(secret: Uint8Array, direction: "up" | "down", partialIv: Uint8Array, data: Uint8Array): Buffer {
  const iv = Buffer.concat([Buffer.alloc(15 - partialIv.length), partialIv, Buffer.alloc(1)]);
  return createCipheriv("aes-128-ctr", deriveKey(secret, `${direction} encryption`, 16), iv).update(data);
}
