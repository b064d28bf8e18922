/**
 * HMAC-SHA-256 (RFC 2104) of short messages, thousands a second: two one-shot hashes take less than half of createHmac's time, and leave
 * no object behind for the collector.
 * @module
 */
import { hash } from "node:crypto";
import { MAX_MESSAGE_BYTES } from "#firmware/wire/frame.ts";

const BLOCK_BYTES = 64;
const HASH_BYTES = 32;
/** A message's structure for its MAC is some bytes longer than the message. */
const MOST_BYTES = MAX_MESSAGE_BYTES + 128;

// A padded key and what is hashed behind it; each call writes both anew.
const inner = Buffer.alloc(BLOCK_BYTES + MOST_BYTES);
const outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES);
const mac = Buffer.alloc(HASH_BYTES);

/** Node gives a hash soonest as text of one byte a character: a Buffer would be allocated outside the heap. */
function writeHash(out: Uint8Array, start: number, data: Uint8Array): void {
  const text = hash("sha256", data, "binary");
  for (let at = 0; at < HASH_BYTES; at++) out[start + at] = text.charCodeAt(at);
}

function padded(key: Uint8Array, pad: number): Uint8Array {
  return Uint8Array.from({ length: BLOCK_BYTES }, (_, at) => (key[at] ?? 0) ^ pad);
}

/**
 * HMAC under a key of at most 64 bytes, as a function of messages of at most 1,152 bytes; it gives 32 bytes, which stand until the next
 * call of any of these functions, and throws a RangeError at a longer message.
 */
export function createMac(key: Uint8Array): (message: Uint8Array) => Uint8Array {
  if (key.length > BLOCK_BYTES) throw new RangeError(`mac: a key of ${key.length} bytes: ${BLOCK_BYTES} at most`);
  const innerKey = padded(key, 0x36);
  const outerKey = padded(key, 0x5c);
  return (message) => {
    inner.set(innerKey);
    inner.set(message, BLOCK_BYTES);
    outer.set(outerKey);
    writeHash(outer, BLOCK_BYTES, inner.subarray(0, BLOCK_BYTES + message.length));
    writeHash(mac, 0, outer);
    return mac;
  };
}
