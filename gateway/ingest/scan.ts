/**
 * The first look at a message from a stranger: is it built like a seal at all? Fixed positions, no loop, no allocation, no exception,
 * so that a flood of rubbish costs next to nothing. What passes is taken apart by `parseMessage` of the wire format.
 * @module
 */
import { MAX_MESSAGE_BYTES } from "#firmware/wire/frame.ts";

export type Flaw = "truncated" | "oversized" | "malformed";

// COSE_Mac0 as the wire format fixes it: array of 4; byte string of 15 to 23 (protected header); empty map; ciphertext; tag of 8.
const ARRAY_OF_4 = 0x84;
const BYTES_15 = 0x4f;
const BYTES_23 = 0x57;
const EMPTY_MAP = 0xa0;
const BYTES_8 = 0x48;
const BYTES = 0x40;
const TAG_BYTES = 1 + 8;

/**
 * Length of the message that begins at `start`, or what is wrong with its structure: `truncated` where the bytes end before it does.
 */
export function measure(bytes: Uint8Array, start: number): number | Flaw {
  const length = bytes.length - start;
  if (length > 0 && bytes[start] !== ARRAY_OF_4) return "malformed";
  const header = bytes[start + 1] ?? BYTES_15;
  if (header < BYTES_15 || header > BYTES_23) return "malformed";
  const mapAt = 2 + header - BYTES;
  if (length > mapAt && bytes[start + mapAt] !== EMPTY_MAP) return "malformed";
  const ciphertextAt = mapAt + 1;
  if (length <= ciphertextAt) return "truncated";
  const info = (bytes[start + ciphertextAt] ?? 0) - BYTES;
  // Lengths below 24, in one byte, or in two (RFC 8949 section 3): more cannot fit into a message.
  if (info < 0 || info > 25) return "malformed";
  const headBytes = info < 24 ? 1 : info === 24 ? 2 : 3;
  if (length < ciphertextAt + headBytes) return "truncated";
  const first = bytes[start + ciphertextAt + 1] ?? 0;
  const size = info < 24 ? info : info === 24 ? first : first * 256 + (bytes[start + ciphertextAt + 2] ?? 0);
  if ((info === 24 && size < 24) || (info === 25 && size < 256)) return "malformed";
  const tagAt = ciphertextAt + headBytes + size;
  if (tagAt + TAG_BYTES > MAX_MESSAGE_BYTES) return "malformed";
  if (length > tagAt && bytes[start + tagAt] !== BYTES_8) return "malformed";
  return length < tagAt + TAG_BYTES ? "truncated" : tagAt + TAG_BYTES;
}

/** What is wrong with a message's structure, or null. A message that is a correct one's beginning is `truncated`. */
export function scan(message: Uint8Array): Flaw | null {
  if (message.length > MAX_MESSAGE_BYTES) return "oversized";
  const measured = measure(message, 0);
  if (typeof measured === "string") return measured;
  return measured === message.length ? null : "malformed";
}
