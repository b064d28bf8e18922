/**
 * A gateway as the board meets it: opens what arrives with Node's own crypto and CoAP library, and answers as it is told.
 * @module
 */
import { createCipheriv, createHmac } from "node:crypto";
import { generate, parse, type ParsedPacket } from "coap-packet";
import { encodeAck } from "#firmware/wire/ack.ts";
import { decodeFrame } from "#firmware/wire/frame.ts";
import { deriveKeys, type DirectionKeys } from "#firmware/wire/keys.ts";
import { openMessage, parseMessage, sealMessage, type SealedMessage, type SealKeys } from "#firmware/wire/seal.ts";
import { decodeDiagnostics, isDiagnostics } from "#firmware/wire/diagnostics.ts";
import { DIAGNOSTICS, STREAM, type Ack, type Frame } from "#firmware/wire/records.ts";
import type { Diagnostics } from "#firmware/wire/commands.ts";

export const SECRET = Uint8Array.from({ length: 32 }, (_, i) => i);
export const BOARD_ID = Uint8Array.from([2, 66, 172, 17, 0, 2]);

const hmac = (key: Uint8Array, message: Uint8Array): Uint8Array => new Uint8Array(createHmac("sha256", key).update(message).digest());

function sealKeys(keys: DirectionKeys): SealKeys {
  return {
    mac: (message) => hmac(keys.mac, message),
    ctr: (iv, data) => new Uint8Array(createCipheriv("aes-128-ctr", keys.encryption, iv).update(data)),
  };
}

export function keysOf(secret: Uint8Array): { up: SealKeys; down: SealKeys } {
  const { up, down } = deriveKeys(hmac, secret);
  return { up: sealKeys(up), down: sealKeys(down) };
}

export interface Received {
  packet: ParsedPacket;
  message: SealedMessage;
  /** Without records where it was diagnostics. */
  frame: Frame;
  diagnostics?: Diagnostics;
}

function contents(plaintext: Uint8Array, boot: number): Pick<Received, "frame" | "diagnostics"> {
  if (!isDiagnostics(plaintext)) return { frame: decodeFrame(plaintext, boot) };
  const diagnostics = decodeDiagnostics(plaintext);
  return { diagnostics, frame: { stream: STREAM.fine, uptimeMs: diagnostics.uptimeMs, boot, sequence: 0, records: [] } };
}

export class Gateway {
  readonly received: Received[] = [];
  private readonly keys = keysOf(SECRET);
  private answers = 0;

  take(datagram: Uint8Array): Received {
    const packet = parse(Buffer.from(datagram));
    const message = parseMessage(new Uint8Array(packet.payload));
    const plaintext = openMessage(this.keys.up, message);
    const received: Received = { packet, message, ...contents(plaintext, message.boot) };
    this.received.push(received);
    return received;
  }

  /** The sealed answer to a frame; `change` makes it another. */
  ack({ packet, message, frame, diagnostics }: Received, utcMs: number, change: Partial<Ack> = {}, secret = SECRET): Uint8Array {
    const ack: Ack = {
      frameBoot: message.boot,
      frameNumber: message.number,
      stream: diagnostics ? DIAGNOSTICS : frame.stream,
      boot: frame.boot,
      sequence: diagnostics ? 0 : frame.sequence + frame.records.length - 1,
      utcMs,
      ...change,
    };
    const payload = sealMessage(keysOf(secret).down, message.boardId, { boot: 1, number: this.answers++ }, encodeAck(ack));
    return this.answer(packet, "2.04", payload);
  }

  answer({ messageId, token }: Pick<ParsedPacket, "messageId" | "token">, code: string, payload: Uint8Array = new Uint8Array()): Uint8Array {
    return new Uint8Array(generate({ ack: true, code, messageId, token, payload: Buffer.from(payload) }));
  }
}
