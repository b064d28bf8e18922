/**
 * The CoAP server on UDP to which boards send their frames.
 * @module
 */
import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import type { RemoteInfo } from "node:dgram";
import { once } from "node:events";
import type { BaseLogger } from "pino";
import { COSE_MAC0_FORMAT, FRAMES_PATH } from "#firmware/wire/coap.ts";
import { MAX_MESSAGE_BYTES } from "#firmware/wire/frame.ts";
import type { Clock } from "#gateway/clock.ts";
import { receive, writeAnswer, writeReset } from "./coap-message.ts";
import type { CoapAnswer, CoapRequest } from "./coap-message.ts";
import { createExchanges } from "./exchanges.ts";
import type { Ingest, Outcome } from "./ingest.ts";
import { REFUSALS } from "./refusals.ts";
import type { Refusal } from "./refusals.ts";

export interface CoapServer {
  /** The UDP port that it listens on. */
  port: number;
  /** Takes no more requests, answers those under way, and resolves when the socket is closed. */
  close(): Promise<void>;
}

export interface CoapServerOptions {
  ingest: Pick<Ingest, "accept" | "refuse">;
  clock: Clock;
  /** IPv4 address to bind. */
  host: string;
  /** 0 for any free port. */
  port: number;
  log: Pick<BaseLogger, "error">;
}

const GET = "0.01";
const POST = "0.02";
const LINK_FORMAT = 40;
const CORE_PATH = ".well-known/core";
const CORE_LINKS = Buffer.from(`</${FRAMES_PATH}>;ct=${COSE_MAC0_FORMAT}`);
/** A frame's message, and room for a header, a token and options. What is longer is not even parsed. */
const MAX_DATAGRAM_BYTES = MAX_MESSAGE_BYTES + 128;
const MAX_TOKEN_BYTES = 8;
const MAX_EXCHANGES = 4096;
/** How long boards are asked to hold back when the gateway cannot take their frames. */
const RETRY_SECONDS = 5;

const CODES: Record<Refusal, string> = {
  truncated: "4.00",
  malformed: "4.00",
  implausible: "4.00",
  badCoap: "4.00",
  unknownBoard: "4.01",
  badSeal: "4.01",
  replayed: "4.01",
  badOption: "4.02",
  notFound: "4.04",
  methodNotAllowed: "4.05",
  notAcceptable: "4.06",
  oversized: "4.13",
  unsupportedFormat: "4.15",
  overloaded: "5.03",
  storeFailed: "5.03",
};

function answerOf(outcome: Outcome): CoapAnswer {
  if ("ack" in outcome) return { code: "2.04", payload: outcome.ack, contentFormat: COSE_MAC0_FORMAT };
  const code = CODES[outcome.refusal];
  const answer: CoapAnswer = { code, payload: Buffer.from(REFUSALS[outcome.refusal]) };
  if (code === "5.03") answer.maxAgeSeconds = RETRY_SECONDS;
  return answer;
}

async function respond(ingest: CoapServerOptions["ingest"], request: CoapRequest): Promise<CoapAnswer> {
  const { code, path, contentFormat, accept, payload } = request;
  const refuse = (refusal: Refusal): CoapAnswer => answerOf(ingest.refuse(refusal));
  if (request.hasUnknownOption) return refuse("badOption");
  if (path === CORE_PATH) {
    if (code !== GET) return refuse("methodNotAllowed");
    if (accept !== null && accept !== LINK_FORMAT) return refuse("notAcceptable");
    return { code: "2.05", payload: CORE_LINKS, contentFormat: LINK_FORMAT };
  }
  if (path !== FRAMES_PATH) return refuse("notFound");
  if (code !== POST) return refuse("methodNotAllowed");
  if (contentFormat !== COSE_MAC0_FORMAT) return refuse("unsupportedFormat");
  if (accept !== null && accept !== COSE_MAC0_FORMAT) return refuse("notAcceptable");
  return answerOf(await ingest.accept(payload));
}

/** Listens for boards. Rejects when the address cannot be bound. */
export async function listenCoap({ ingest, clock, host, port, log }: CoapServerOptions): Promise<CoapServer> {
  const socket = createSocket("udp4");
  const exchanges = createExchanges(clock, MAX_EXCHANGES);
  const underWay = new Set<Promise<void>>();
  let ownMessageId = 0;

  function send(answer: Buffer, peer: RemoteInfo): Promise<void> {
    return new Promise((resolve) => {
      socket.send(answer, peer.port, peer.address, (error) => {
        if (error !== null) log.error({ err: error }, "coap: an answer could not be sent; the board asks again");
        resolve();
      });
    });
  }

  async function exchange(datagram: Buffer, request: CoapRequest, peer: RemoteInfo): Promise<void> {
    // The whole datagram is part of the key: a stranger who guesses a message id must not answer for a board, nor a board for itself
    // before its restart.
    const key = `${peer.address} ${peer.port} ${createHash("sha256").update(datagram).digest("base64")}`;
    const known = exchanges.begin(key);
    if (known === "pending") return;
    if (known !== null) return send(known, peer);
    const answer = await respond(ingest, request);
    ownMessageId = (ownMessageId + 1) & 0xffff;
    const bytes = writeAnswer(request, ownMessageId, answer);
    // Refusals are not kept: they cost little to repeat, and a frame that met a full queue may fit when it comes again.
    exchanges.end(key, answer.code.startsWith("2.") ? bytes : null);
    return send(bytes, peer);
  }

  async function handle(datagram: Buffer, peer: RemoteInfo): Promise<void> {
    if (datagram.length > MAX_DATAGRAM_BYTES) return refuseUnread(datagram, peer);
    const received = receive(datagram);
    if (received.kind === "request") return exchange(datagram, received.request, peer);
    if (received.flawed) ingest.refuse("badCoap");
    if (received.kind === "reset") await send(writeReset(received.messageId), peer);
  }

  /** Answers a datagram that is too long to be parsed; its head is enough for that. */
  async function refuseUnread(datagram: Buffer, peer: RemoteInfo): Promise<void> {
    const outcome = ingest.refuse("oversized");
    const first = datagram[0] ?? 0;
    const tokenLength = first & 15;
    // Version 1, confirmable, and a request.
    if (first >> 4 !== 4 || tokenLength > MAX_TOKEN_BYTES || (datagram[1] ?? 0) >> 5 !== 0) return;
    const token = datagram.subarray(4, 4 + tokenLength);
    await send(writeAnswer({ confirmable: true, messageId: datagram.readUInt16BE(2), token }, 0, answerOf(outcome)), peer);
  }

  function onMessage(datagram: Buffer, peer: RemoteInfo): void {
    const done = handle(datagram, peer)
      .catch((error: unknown) => log.error({ err: error }, "coap: a datagram could not be handled"))
      .finally(() => underWay.delete(done));
    underWay.add(done);
  }

  socket.on("message", onMessage);
  try {
    socket.bind(port, host);
    await once(socket, "listening");
  } catch (error) {
    socket.close();
    throw new Error(`coap: cannot listen on UDP ${host}:${port}: stop what uses it, or choose another port`, { cause: error });
  }
  socket.on("error", (error) => log.error({ err: error }, "coap: socket error"));

  return {
    port: socket.address().port,
    async close() {
      socket.off("message", onMessage);
      await Promise.all(underWay);
      await new Promise<void>((resolve) => {
        socket.close(resolve);
      });
    },
  };
}
