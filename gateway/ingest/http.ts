/**
 * The same frames over HTTP: a POST of `application/cbor-seq` (RFC 8742), one sealed message after the other, for gateways behind gateways
 * and for tests. The answer is a sequence too, one item for each message: the sealed acknowledgement, or why there is none, as text.
 * @module
 */
import { Encoder } from "cbor-x";
import type { Ingest, Outcome } from "./ingest.ts";
import { REFUSALS } from "./refusals.ts";
import { measure } from "./scan.ts";

export const CBOR_SEQUENCE = "application/cbor-seq";

/** Longest sequence in bytes, and messages that are under way at once: enough to share commits, and less than a board's share of the queue. */
const MAX_SEQUENCE_BYTES = 1024 * 1024;
const MOST_AT_ONCE = 32;
const RETRY_SECONDS = 5;

/** What an HTTP server is to answer. */
export interface SequenceAnswer {
  status: 200 | 400 | 413 | 503;
  contentType: string;
  body: Uint8Array<ArrayBuffer>;
  /** With 503, when the queue was full or the store failed: what was refused is to be sent again then. */
  retryAfterSeconds?: number;
}

export interface HttpFrames {
  /** Takes a sequence's messages in their order. Never rejects. */
  acceptSequence: (sequence: Uint8Array) => Promise<SequenceAnswer>;
  /** The same for a fetch-style server. */
  post: (request: Request) => Promise<Response>;
}

const encoder = new Encoder({ useRecords: false });

function problem(status: 400 | 413, text: string): SequenceAnswer {
  return { status, contentType: "text/plain", body: new Uint8Array(Buffer.from(text)) };
}

/** The messages of a sequence; null when it is not one, as a whole. */
function split(sequence: Uint8Array): Uint8Array[] | null {
  const messages: Uint8Array[] = [];
  for (let at = 0; at < sequence.length; ) {
    const length = measure(sequence, at);
    if (typeof length === "string") return null;
    messages.push(sequence.subarray(at, at + length));
    at += length;
  }
  return messages;
}

function itemOf(outcome: Outcome): Uint8Array {
  return "ack" in outcome ? outcome.ack : encoder.encode(REFUSALS[outcome.refusal]);
}

function isBusy(outcome: Outcome): boolean {
  return "refusal" in outcome && (outcome.refusal === "overloaded" || outcome.refusal === "storeFailed");
}

export function createHttpFrames(ingest: Pick<Ingest, "accept" | "refuse">): HttpFrames {
  async function acceptSequence(sequence: Uint8Array): Promise<SequenceAnswer> {
    if (sequence.length > MAX_SEQUENCE_BYTES) {
      ingest.refuse("oversized");
      return problem(413, `a sequence has ${MAX_SEQUENCE_BYTES} bytes at most: send it in parts`);
    }
    const messages = split(sequence);
    if (messages === null || messages.length === 0) {
      ingest.refuse("malformed");
      return problem(400, "not a CBOR sequence of sealed frames: nothing of it was taken");
    }
    const outcomes: Outcome[] = [];
    for (let at = 0; at < messages.length; at += MOST_AT_ONCE) {
      outcomes.push(...(await Promise.all(messages.slice(at, at + MOST_AT_ONCE).map((message) => ingest.accept(message)))));
    }
    const body = new Uint8Array(Buffer.concat(outcomes.map(itemOf)));
    if (!outcomes.some(isBusy)) return { status: 200, contentType: CBOR_SEQUENCE, body };
    return { status: 503, contentType: CBOR_SEQUENCE, body, retryAfterSeconds: RETRY_SECONDS };
  }

  return {
    acceptSequence,
    async post(request) {
      const { status, contentType, body, retryAfterSeconds } = await acceptSequence(new Uint8Array(await request.arrayBuffer()));
      const retry = retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) };
      return new Response(body, { status, headers: { "Content-Type": contentType, ...retry } });
    },
  };
}
