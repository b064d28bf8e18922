/**
 * CoAP messages (RFC 7252) as the server reads and writes them. coap-packet takes them apart; what it lets pass is checked here.
 * @module
 */
import { generate, parse } from "coap-packet";
import type { ParsedPacket } from "coap-packet";
import { COAP_TYPE, POKE_PATH, parseAnswer } from "#firmware/wire/coap.ts";

export interface CoapRequest {
  confirmable: boolean;
  messageId: number;
  token: Buffer;
  /** As "0.02" for POST. */
  code: string;
  path: string;
  contentFormat: number | null;
  accept: number | null;
  /** It has a critical option that the server does not know (section 5.4.1). */
  hasUnknownOption: boolean;
  payload: Buffer;
}

/** What to do with a datagram: answer a request, reject it by a Reset, or nothing. `flawed` when its sender did something wrong. */
export type Received =
  | { kind: "request"; request: CoapRequest }
  | { kind: "reset"; messageId: number; flawed: boolean }
  | { kind: "ignore"; flawed: boolean };

export interface CoapAnswer {
  /** As "2.04". */
  code: string;
  payload: Uint8Array;
  contentFormat?: number;
  maxAgeSeconds?: number;
}

const EMPTY = "0.00";
const HEADER_BYTES = 4;
/** Option numbers (section 5.10). */
const CONTENT_FORMAT = 12;
const MAX_AGE = 14;
/** An option's delta from here on takes a byte of its own. */
const ONE_MORE_BYTE = 13;
const MAX_OPTION_BYTES = 4;
const PAYLOAD_MARKER = 0xff;
/** Critical options that coap-packet knows by name and this server does not support. */
const UNSUPPORTED = new Set<string | number>(
  ["If-Match", "If-None-Match", "OSCORE", "Q-Block1", "Q-Block2", "Block1", "Block2", "Proxy-Uri", "Proxy-Scheme"].concat(
    ["OCF-Accept-Content-Format-Version", "OCF-Content-Format-Version"],
  ),
);

/** The value of a Uint option (section 3.2). */
function uintOf(value: Buffer): number {
  return value.reduce((sum, byte) => sum * 256 + byte, 0);
}

function requestOf({ confirmable, messageId, token, code, options, payload }: ParsedPacket): CoapRequest {
  const request: CoapRequest = { confirmable, messageId, token, code, path: "", contentFormat: null, accept: null, hasUnknownOption: false, payload };
  const path: string[] = [];
  for (const { name, value } of options) {
    if (name === "Uri-Path") path.push(value.toString());
    // The first of them counts.
    else if (name === "Content-Format") request.contentFormat ??= uintOf(value);
    else if (name === "Accept") request.accept ??= uintOf(value);
    // Odd numbers are critical (section 5.4.6); coap-packet gives the number where it knows no name.
    else if (UNSUPPORTED.has(name) || Number(name) % 2 === 1) request.hasUnknownOption = true;
  }
  request.path = path.join("/");
  return request;
}

function parseStrictly(datagram: Buffer): ParsedPacket | null {
  try {
    // coap-packet lets options, tokens and payloads pass that are cut short; the boards' parser refuses them.
    parseAnswer(datagram);
    return parse(datagram);
  } catch {
    return null;
  }
}

/** Reads a datagram by the rules of sections 4.2 and 4.3: what is confirmable and wrong is reset, what is not is ignored. */
export function receive(datagram: Buffer): Received {
  const first = datagram[0] ?? 0;
  // Messages of other versions are to be ignored (section 3); the server sends nothing that is acknowledged or reset.
  if (datagram.length < 4 || first >> 6 !== 1) return { kind: "ignore", flawed: true };
  const type = (first >> 4) & 3;
  if (type === COAP_TYPE.acknowledgement || type === COAP_TYPE.reset) return { kind: "ignore", flawed: false };
  const confirmable = type === COAP_TYPE.confirmable;
  const packet = parseStrictly(datagram);
  const isPing = confirmable && packet?.code === EMPTY;
  if (packet !== null && packet.code.startsWith("0.") && packet.code !== EMPTY) {
    const request = requestOf(packet);
    if (confirmable || !request.hasUnknownOption) return { kind: "request", request };
  }
  if (!confirmable) return { kind: "ignore", flawed: true };
  return { kind: "reset", messageId: datagram.readUInt16BE(2), flawed: !isPing };
}

/** A Reset message. */
export function writeReset(messageId: number): Buffer {
  return generate({ reset: true, code: EMPTY, messageId });
}

/** A poke: a non-confirmable POST without token or payload, to which a board answers by a frame. */
export function writePoke(messageId: number): Buffer {
  return generate({ confirmable: false, code: "0.02", messageId, options: [{ name: "Uri-Path", value: Buffer.from(POKE_PATH) }] });
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
 * The answer to a request: piggybacked on the acknowledgement of a confirmable one (section 5.2.1), a message of its own else. (Written
 * here: coap-packet takes ten times as long for it, a tenth of what a frame costs.)
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
  out[0] = (1 << 6) | ((confirmable ? COAP_TYPE.acknowledgement : COAP_TYPE.nonConfirmable) << 4) | token.length;
  out[1] = (Number(code[0]) << 5) | Number(code.slice(2));
  out.writeUInt16BE(confirmable ? request.messageId : messageId, 2);
  out.set(token, HEADER_BYTES);
  let at = HEADER_BYTES + token.length;
  let before = 0;
  if (contentFormat !== undefined) {
    at = writeUint(out, at, CONTENT_FORMAT, contentFormat);
    before = CONTENT_FORMAT;
  }
  if (maxAgeSeconds !== undefined) at = writeUint(out, at, MAX_AGE - before, maxAgeSeconds);
  if (payload.length > 0) {
    out[at++] = PAYLOAD_MARKER;
    out.set(payload, at);
  }
  return out.subarray(0, at + payload.length);
}
