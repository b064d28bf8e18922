/**
 * The CoAP server on UDP to which boards send their frames.
 * @module
 */
import type { BaseLogger } from "pino";
import { COAP_CODE, COSE_MAC0_FORMAT, FRAMES_PATH } from "#firmware/wire/coap.ts";
import { MAX_MESSAGE_BYTES } from "#firmware/wire/frame.ts";
import type { Clock } from "#gateway/clock.ts";
import { receive, writeAnswer, writePoke, writeReset } from "./coap-message.ts";
import type { CoapAnswer, CoapRequest } from "./coap-message.ts";
import { createExchanges } from "./exchanges.ts";
import type { Ingest, Outcome } from "./ingest.ts";
import { REFUSALS } from "./refusals.ts";
import type { Refusal } from "./refusals.ts";
import { openSocket } from "./udp/socket.ts";
import type { Peer } from "./udp/socket.ts";

export interface CoapServer {
  /** The UDP port that it listens on. */
  port: number;
  /** Asks a board to send a frame now, at the address of its last one; a board that never came is not reached. Nothing tells whether it heard. */
  poke(boardId: string): void;
  /** Takes no more requests, answers those under way, and resolves when the socket is closed. */
  close(): Promise<void>;
}

export interface CoapServerOptions {
  ingest: Pick<Ingest, "offer" | "refuse">;
  clock: Clock;
  /** IPv4 address or name to bind. */
  host: string;
  /** 0 for any free port. */
  port: number;
  log: Pick<BaseLogger, "error">;
}

/** A code as `class.detail` writes it (RFC 7252 section 12.1). */
const codeOf = (group: number, detail: number): number => group * 32 + detail;

const GET = codeOf(0, 1);
const CONTENT = codeOf(2, 5);
const LINK_FORMAT = 40;
const CORE_PATH = ".well-known/core";
const CORE_LINKS = Buffer.from(`</${FRAMES_PATH}>;ct=${COSE_MAC0_FORMAT}`);
/** A frame's message, and room for a header, a token and options. What is longer is not even parsed. */
const MAX_DATAGRAM_BYTES = MAX_MESSAGE_BYTES + 128;
const MAX_TOKEN_BYTES = 8;
const MAX_EXCHANGES = 4096;
/** A sealed acknowledgement with the longest command, and its header. */
const MAX_ANSWER_BYTES = 256;
/** Boards whose last address is remembered. */
const MAX_PEERS = 4096;
/** How long boards are asked to hold back when the gateway cannot take their frames. */
const RETRY_SECONDS = 5;

const CODES: Record<Refusal, number> = {
  truncated: codeOf(4, 0),
  malformed: codeOf(4, 0),
  implausible: codeOf(4, 0),
  badCoap: codeOf(4, 0),
  unknownBoard: codeOf(4, 1),
  badSeal: codeOf(4, 1),
  replayed: codeOf(4, 1),
  badOption: codeOf(4, 2),
  notFound: codeOf(4, 4),
  methodNotAllowed: codeOf(4, 5),
  notAcceptable: codeOf(4, 6),
  oversized: codeOf(4, 13),
  unsupportedFormat: codeOf(4, 15),
  overloaded: codeOf(5, 3),
  storeFailed: codeOf(5, 3),
};

function answerOf(outcome: Outcome): CoapAnswer {
  if ("ack" in outcome) return { code: COAP_CODE.changed, payload: outcome.ack, contentFormat: COSE_MAC0_FORMAT };
  const code = CODES[outcome.refusal];
  const answer: CoapAnswer = { code, payload: Buffer.from(REFUSALS[outcome.refusal]) };
  if (code === COAP_CODE.serviceUnavailable) answer.maxAgeSeconds = RETRY_SECONDS;
  return answer;
}

/** Why a request is not for this server, by its path, method and options; null when it is. */
function refusalOf({ code, path, contentFormat, accept, hasUnknownOption }: CoapRequest): Refusal | null {
  if (hasUnknownOption) return "badOption";
  if (path !== FRAMES_PATH && path !== CORE_PATH) return "notFound";
  const isCore = path === CORE_PATH;
  if (code !== (isCore ? GET : COAP_CODE.post)) return "methodNotAllowed";
  if (!isCore && contentFormat !== COSE_MAC0_FORMAT) return "unsupportedFormat";
  return accept === null || accept === (isCore ? LINK_FORMAT : COSE_MAC0_FORMAT) ? null : "notAcceptable";
}

/** Answers a request, at once or later; never throws. */
function respond(ingest: CoapServerOptions["ingest"], request: CoapRequest, done: (answer: CoapAnswer, boardId?: string) => void): void {
  const refusal = refusalOf(request);
  if (refusal !== null) return done(answerOf(ingest.refuse(refusal)));
  if (request.path === CORE_PATH) return done({ code: CONTENT, payload: CORE_LINKS, contentFormat: LINK_FORMAT });
  ingest.offer(request.payload, (outcome) => done(answerOf(outcome), "ack" in outcome ? outcome.boardId : undefined));
}

/** Listens for boards. Rejects when the address cannot be bound. */
export async function listenCoap({ ingest, clock, host, port, log }: CoapServerOptions): Promise<CoapServer> {
  const exchanges = createExchanges({ clock, most: MAX_EXCHANGES, mostDatagramBytes: MAX_DATAGRAM_BYTES, mostAnswerBytes: MAX_ANSWER_BYTES });
  /** By board, the one whose address is the newest comes last. */
  const peers = new Map<string, Peer>();
  let underWay = 0;
  let whenIdle: (() => void) | null = null;
  let ownMessageId = 0;

  function nextMessageId(): number {
    ownMessageId = (ownMessageId + 1) & 0xffff;
    return ownMessageId;
  }

  function remember(boardId: string, peer: Peer): void {
    const known = peers.get(boardId);
    if (known?.port === peer.port && known.address === peer.address) return;
    peers.delete(boardId);
    peers.set(boardId, peer);
    const [oldest] = peers.keys();
    if (peers.size > MAX_PEERS && oldest !== undefined) peers.delete(oldest);
  }

  function finish(): void {
    underWay--;
    if (underWay === 0) whenIdle?.();
  }

  function handleRequest(datagram: Buffer, request: CoapRequest, peer: Peer): void {
    const { exchange, isNew } = exchanges.begin(peer, request.messageId, datagram);
    if (!isNew) {
      const answer = exchanges.answer(exchange);
      if (answer !== null) socket.send(answer, peer);
      return;
    }
    underWay++;
    // Its datagram's memory takes another one before it is answered.
    const head = { confirmable: request.confirmable, messageId: request.messageId, token: new Uint8Array(request.token) };
    respond(ingest, request, (answer, boardId) => {
      try {
        const bytes = writeAnswer(head, nextMessageId(), answer);
        // Refusals are not kept: they cost little to repeat, and a frame that met a full queue may fit when it comes again.
        if (answer.code >> 5 === 2) exchanges.end(exchange, bytes);
        else exchanges.forget(exchange);
        if (boardId !== undefined) remember(boardId, peer);
        socket.send(bytes, peer);
      } finally {
        finish();
      }
    });
  }

  function handle(datagram: Buffer, peer: Peer): void {
    if (datagram.length > MAX_DATAGRAM_BYTES) return refuseUnread(datagram, peer);
    const received = receive(datagram);
    if (received.kind === "request") return handleRequest(datagram, received.request, peer);
    if (received.flawed) ingest.refuse("badCoap");
    if (received.kind === "reset") socket.send(writeReset(received.messageId), peer);
  }

  /** Answers a datagram that is too long to be parsed; its head is enough for that. */
  function refuseUnread(datagram: Buffer, peer: Peer): void {
    const outcome = ingest.refuse("oversized");
    const first = datagram[0] ?? 0;
    const tokenLength = first & 15;
    // Version 1, confirmable, and a request.
    if (first >> 4 !== 4 || tokenLength > MAX_TOKEN_BYTES || (datagram[1] ?? 0) >> 5 !== 0) return;
    const token = datagram.subarray(4, 4 + tokenLength);
    socket.send(writeAnswer({ confirmable: true, messageId: datagram.readUInt16BE(2), token }, 0, answerOf(outcome)), peer);
  }

  function onDatagram(datagram: Buffer, peer: Peer): void {
    try {
      handle(datagram, peer);
    } catch (error) {
      log.error({ err: error }, "coap: a datagram could not be handled");
    }
  }

  const socket = await openSocket({
    host,
    port,
    maxBytes: MAX_DATAGRAM_BYTES,
    onDatagram,
    onError: (error) => log.error({ err: error }, "coap: socket error; boards send again what is lost"),
  }).catch((error: unknown) => {
    throw new Error(`coap: cannot listen on UDP ${host}:${port}: stop what uses it, or choose another port`, { cause: error });
  });

  return {
    port: socket.port,
    poke(boardId) {
      const peer = peers.get(boardId);
      if (peer !== undefined) socket.send(writePoke(nextMessageId()), peer);
    },
    async close() {
      socket.mute();
      if (underWay > 0) {
        await new Promise<void>((resolve) => {
          whenIdle = resolve;
        });
      }
      await socket.close();
    },
  };
}
