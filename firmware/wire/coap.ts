/**
 * The part of CoAP (RFC 7252) that a board needs, a confirmable POST and its answer, and what the gateway shares of it.
 * @module
 */

/** Message types (RFC 7252 section 3). */
export const COAP_TYPE = { confirmable: 0, nonConfirmable: 1, acknowledgement: 2, reset: 3 } as const;

/** Codes as `class * 32 + detail` (RFC 7252 section 12.1). */
export const COAP_CODE = {
  empty: 0,
  post: 2,
  changed: 68,
  badRequest: 128,
  unauthorized: 129,
  notFound: 132,
  methodNotAllowed: 133,
  requestEntityTooLarge: 141,
  unsupportedContentFormat: 143,
  internalServerError: 160,
  serviceUnavailable: 163,
} as const;

/** Path of the resource that takes frames. */
export const FRAMES_PATH = "frames";
/** Path at a board to which a gateway posts, unsealed and without expecting an answer, to have a frame sent now. */
export const POKE_PATH = "poke";
/** Content-Format `application/cose; cose-type="cose-mac0"` (RFC 9052 section 11.3). */
export const COSE_MAC0_FORMAT = 17;

/** Transmission parameters (RFC 7252 section 4.8), times in ms. */
export const COAP_TIMING = { ackTimeoutMs: 2000, ackRandomFactor: 1.5, maxRetransmit: 4 } as const;

/** Option numbers (RFC 7252 section 5.10), and what ends the options (section 3). */
export const OPTION_URI_PATH = 11;
export const OPTION_CONTENT_FORMAT = 12;
export const PAYLOAD_MARKER = 0xff;
const TOKEN_BYTES = 2;

/** A confirmable POST of `payload` to {@link FRAMES_PATH}; `messageId` and `token` are 16 bits. */
export function encodePost(messageId: number, token: number, payload: Uint8Array): Uint8Array {
  const path = FRAMES_PATH;
  const out = new Uint8Array(4 + TOKEN_BYTES + 1 + path.length + 2 + 1 + payload.length);
  out[0] = 0x40 | (COAP_TYPE.confirmable << 4) | TOKEN_BYTES;
  out[1] = COAP_CODE.post;
  out[2] = messageId >> 8;
  out[3] = messageId;
  out[4] = token >> 8;
  out[5] = token;
  let at = 6;
  out[at++] = (OPTION_URI_PATH << 4) | path.length;
  for (let i = 0; i < path.length; i++) out[at++] = path.charCodeAt(i);
  out[at++] = ((OPTION_CONTENT_FORMAT - OPTION_URI_PATH) << 4) | 1;
  out[at++] = COSE_MAC0_FORMAT;
  out[at++] = PAYLOAD_MARKER;
  out.set(payload, at);
  return out;
}

/** A message without its options. `token` is -1 where the message has none or one of another length than a board's. */
export interface CoapMessage {
  type: number;
  code: number;
  messageId: number;
  token: number;
  payload: Uint8Array;
}

/** An option's delta or length with its extension (RFC 7252 section 3.1): value and bytes used; throws when reserved or cut short. */
function extended(bytes: Uint8Array, nibble: number, at: number): { value: number; used: number } {
  if (nibble < 13) return { value: nibble, used: 0 };
  const first = bytes[at];
  const second = bytes[at + 1];
  if (nibble === 13 && first !== undefined) return { value: first + 13, used: 1 };
  if (nibble === 14 && first !== undefined && second !== undefined) return { value: first * 256 + second + 269, used: 2 };
  throw new Error("CoAP: bad option");
}

/**
 * Takes a datagram apart. Throws on a format error, which a board ignores and counts.
 * @param onOption told of each option in order: its number, and where its value begins and ends. A board reads none.
 */
export function parseCoap(bytes: Uint8Array, onOption?: (number: number, start: number, end: number) => void): CoapMessage {
  const first = bytes[0] || 0;
  const tokenLength = first & 15;
  if (bytes.length < 4 || first >> 6 !== 1 || tokenLength > 8) throw new Error("CoAP: bad header");
  let at = 4 + tokenLength;
  if (at > bytes.length) throw new Error("CoAP: token cut short");
  const token = tokenLength === TOKEN_BYTES ? (bytes[4] || 0) * 256 + (bytes[5] || 0) : -1;
  let number = 0;
  while (at < bytes.length && bytes[at] !== PAYLOAD_MARKER) {
    const head = bytes[at++] || 0;
    const delta = extended(bytes, head >> 4, at);
    at += delta.used;
    const length = extended(bytes, head & 15, at);
    at += length.used + length.value;
    if (at > bytes.length) throw new Error("CoAP: option cut short");
    number += delta.value;
    if (onOption) onOption(number, at - length.value, at);
  }
  if (at + 1 === bytes.length) throw new Error("CoAP: payload marker without payload");
  return {
    type: (first >> 4) & 3,
    code: bytes[1] || 0,
    messageId: (bytes[2] || 0) * 256 + (bytes[3] || 0),
    token,
    payload: bytes.subarray(at + 1),
  };
}
