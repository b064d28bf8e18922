/**
 * CoAP messages (RFC 7252) as the server reads and writes them: the boards' own codec, and what a server needs beside it.
 * @module
 */
import { COAP_CODE, COAP_TYPE, OPTION_CONTENT_FORMAT, OPTION_URI_PATH, PAYLOAD_MARKER, POKE_PATH, parseCoap } from "#firmware/wire/coap.ts";

export interface CoapRequest {
  confirmable: boolean;
  messageId: number;
  token: Uint8Array;
  /** As `class * 32 + detail`. */
  code: number;
  path: string;
  contentFormat: number | null;
  accept: number | null;
  /** It has a critical option that the server does not know (section 5.4.1). */
  hasUnknownOption: boolean;
  payload: Uint8Array;
}

/** What to do with a datagram: answer a request, reject it by a Reset, or nothing. `flawed` when its sender did something wrong. */
export type Received =
  | { kind: "request"; request: CoapRequest }
  | { kind: "reset"; messageId: number; flawed: boolean }
  | { kind: "ignore"; flawed: boolean };

export interface CoapAnswer {
  /** As `class * 32 + detail`. */
  code: number;
  payload: Uint8Array;
  contentFormat?: number;
  maxAgeSeconds?: number;
}

const HEADER_BYTES = 4;
/** Option numbers (section 5.10) beside those that boards write. */
const OPTION = { uriHost: 3, uriPort: 7, maxAge: 14, uriQuery: 15, accept: 17 } as const;
/** Critical options that a request may have: the server has one host and port, and no resource that takes a query. */
const KNOWN_CRITICAL = new Set<number>([OPTION.uriHost, OPTION.uriPort, OPTION_URI_PATH, OPTION.uriQuery, OPTION.accept]);
/** An option's delta from here on takes a byte of its own. */
const ONE_MORE_BYTE = 13;
const MAX_OPTION_BYTES = 4;

/** The value of a Uint option (section 3.2). */
function uintAt(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 256 + (bytes[at] ?? 0);
  return value;
}

/** Takes a datagram apart, whatever its code. Throws on a format error. */
function parseRequest(datagram: Buffer): CoapRequest {
  let path: string | null = null;
  let contentFormat: number | null = null;
  let accept: number | null = null;
  let hasUnknownOption = false;
  const { type, code, messageId, payload } = parseCoap(datagram, (number, start, end) => {
    if (number === OPTION_URI_PATH) {
      const part = datagram.toString("utf8", start, end);
      path = path === null ? part : `${path}/${part}`;
    }
    // The first of them counts.
    else if (number === OPTION_CONTENT_FORMAT) contentFormat ??= uintAt(datagram, start, end);
    else if (number === OPTION.accept) accept ??= uintAt(datagram, start, end);
    // Odd numbers are critical (section 5.4.6).
    else if (number % 2 === 1 && !KNOWN_CRITICAL.has(number)) hasUnknownOption = true;
  });
  // An Empty message is a header and nothing else (section 4.1).
  if (code === COAP_CODE.empty && datagram.length > HEADER_BYTES) throw new Error("CoAP: an empty message with content");
  const token = datagram.subarray(HEADER_BYTES, HEADER_BYTES + ((datagram[0] ?? 0) & 15));
  return { confirmable: type === COAP_TYPE.confirmable, messageId, token, code, path: path ?? "", contentFormat, accept, hasUnknownOption, payload };
}

function parseStrictly(datagram: Buffer): CoapRequest | null {
  try {
    return parseRequest(datagram);
  } catch {
    return null;
  }
}

/** Reads a datagram by the rules of sections 4.2 and 4.3: what is confirmable and wrong is reset, what is not is ignored. */
export function receive(datagram: Buffer): Received {
  const first = datagram[0] ?? 0;
  // Messages of other versions are to be ignored (section 3); the server sends nothing that is acknowledged or reset.
  if (datagram.length < HEADER_BYTES || first >> 6 !== 1) return { kind: "ignore", flawed: true };
  const type = (first >> 4) & 3;
  if (type === COAP_TYPE.acknowledgement || type === COAP_TYPE.reset) return { kind: "ignore", flawed: false };
  const confirmable = type === COAP_TYPE.confirmable;
  const request = parseStrictly(datagram);
  const isPing = confirmable && request?.code === COAP_CODE.empty;
  const isRequest = request !== null && request.code >> 5 === 0 && request.code !== COAP_CODE.empty;
  if (isRequest && (confirmable || !request.hasUnknownOption)) return { kind: "request", request };
  if (!confirmable) return { kind: "ignore", flawed: true };
  return { kind: "reset", messageId: datagram.readUInt16BE(2), flawed: !isPing };
}

/** Writes a header with a type and a code; the token's length is added by who has one. */
function writeHead(out: Buffer, type: number, code: number, messageId: number): void {
  out[0] = (1 << 6) | (type << 4);
  out[1] = code;
  out.writeUInt16BE(messageId, 2);
}

/** A Reset message. */
export function writeReset(messageId: number): Buffer {
  const out = Buffer.alloc(HEADER_BYTES);
  writeHead(out, COAP_TYPE.reset, COAP_CODE.empty, messageId);
  return out;
}

/** A poke: a non-confirmable POST without token or payload, to which a board answers by a frame. */
export function writePoke(messageId: number): Buffer {
  const out = Buffer.alloc(HEADER_BYTES + 1 + POKE_PATH.length);
  writeHead(out, COAP_TYPE.nonConfirmable, COAP_CODE.post, messageId);
  out[HEADER_BYTES] = (OPTION_URI_PATH << 4) | POKE_PATH.length;
  out.write(POKE_PATH, HEADER_BYTES + 1);
  return out;
}

/** Writes a Uint option (sections 3.1 and 3.2) of at most 16 bits, its number at most 268 above the option's before; gives the end. */
function writeUint(out: Buffer, start: number, delta: number, value: number): number {
  let at = start;
  const length = value === 0 ? 0 : value < 256 ? 1 : 2;
  out[at++] = (Math.min(delta, ONE_MORE_BYTE) << 4) | length;
  if (delta >= ONE_MORE_BYTE) out[at++] = delta - ONE_MORE_BYTE;
  if (length === 2) out[at++] = value >> 8;
  if (length > 0) out[at++] = value & 255;
  return at;
}

/**
 * The answer to a request: piggybacked on the acknowledgement of a confirmable one (section 5.2.1), a message of its own else.
 * @param messageId for a message of its own.
 */
export function writeAnswer(
  request: Pick<CoapRequest, "confirmable" | "messageId" | "token">,
  messageId: number,
  answer: CoapAnswer,
): Buffer {
  const { code, payload, contentFormat, maxAgeSeconds } = answer;
  const { confirmable, token } = request;
  const out = Buffer.allocUnsafe(HEADER_BYTES + token.length + 2 * MAX_OPTION_BYTES + 1 + payload.length);
  if (confirmable) writeHead(out, COAP_TYPE.acknowledgement, code, request.messageId);
  else writeHead(out, COAP_TYPE.nonConfirmable, code, messageId);
  out[0] = (out[0] ?? 0) | token.length;
  out.set(token, HEADER_BYTES);
  let at = HEADER_BYTES + token.length;
  let before = 0;
  if (contentFormat !== undefined) {
    at = writeUint(out, at, OPTION_CONTENT_FORMAT, contentFormat);
    before = OPTION_CONTENT_FORMAT;
  }
  if (maxAgeSeconds !== undefined) at = writeUint(out, at, OPTION.maxAge - before, maxAgeSeconds);
  if (payload.length > 0) {
    out[at++] = PAYLOAD_MARKER;
    out.set(payload, at);
  }
  return out.subarray(0, at + payload.length);
}
