/**
 * One exchange with the gateway: what goes into a frame, and what its answer does. Checkpoints go first, then the oldest records; while
 * many wait, the newest readings are sent in turn with them, once each.
 * @module
 */
import { COAP_CODE, COAP_TIMING, COAP_TYPE, encodePost } from "../wire/coap.ts";
import { decodeAck } from "../wire/ack.ts";
import { encodeFrame } from "../wire/frame.ts";
import { DIAGNOSTICS, FLAG, STREAM } from "../wire/records.ts";
import { openMessage, parseMessage, sealMessage } from "../wire/seal.ts";
import type { CoapMessage } from "../wire/coap.ts";
import type { Ack, BoardRecord, Stream } from "../wire/records.ts";
import type { RecordRun } from "./record-ring.ts";
import type { Sender } from "./sender.ts";

export const DIAGNOSTICS_MS = 600000;
/** Bounds the time that one frame takes to build, during which nothing else runs. */
export const MAX_RUN = 16;
/** With more records waiting, new readings would arrive too late to be looked at, so they are sent out of turn as well. */
const BACKLOG = 64;
/** Message identifiers of one boot begin far from those of the boot before, which a gateway may still remember. */
const BOOT_STRIDE = 4099;

/** An exchange that waits for its answer. */
export interface Exchange {
  stream: Stream | typeof DIAGNOSTICS;
  boot: number;
  /** Number of the frame, and of the last record in it. */
  frame: number;
  last: number;
  /** Whether the answer frees the records up to the last one; not where older ones wait. */
  isFreeing: boolean;
  messageId: number;
  datagram: Uint8Array;
  retransmits: number;
  timeoutMs: number;
  dueMs: number;
}

/** Sends what is due, if anything is. Throws where records cannot be sent. */
export function begin(sender: Sender, nowMs: number): void {
  if (nowMs >= sender.diagnosticsMs) return beginDiagnostics(sender, nowMs);
  // By turns: where an exchange takes longer than a reading, each finds a newer one, and what waits would never go.
  sender.wasLive = !sender.wasLive && beginLive(sender, nowMs);
  // Checkpoints before readings: they are few, and money hangs on them.
  if (!sender.wasLive && !beginStream(sender, STREAM.coarse, nowMs)) beginStream(sender, STREAM.fine, nowMs);
}

/** Takes the answer to an exchange. Throws on what is none of the gateway's. */
export function settle(sender: Sender, exchange: Exchange, answer: CoapMessage, nowMs: number): void {
  const { rings, onUtc, onCommand } = sender.options;
  if (answer.type === COAP_TYPE.reset) return sender.giveUp(nowMs);
  if (answer.type !== COAP_TYPE.acknowledgement) throw new Error("no acknowledgement");
  // An empty acknowledgement only says that the answer comes later; the next retransmission asks again.
  if (answer.code === COAP_CODE.empty) return;
  if (answer.token !== (exchange.frame & 0xffff)) throw new Error("another token");
  if (answer.code !== COAP_CODE.changed) return sender.giveUp(nowMs);
  const ack = openAck(sender, exchange, answer.payload);
  sender.exchange = null;
  sender.pauseMs = 0;
  sender.resumeMs = nowMs;
  onUtc(ack.utcMs, nowMs);
  const ring = exchange.isFreeing ? rings[exchange.stream] : null;
  if (ring) {
    ring.dropped = false;
    ring.acknowledge(exchange.boot, exchange.last);
  }
  if (ack.command) onCommand(ack.command, nowMs);
}

function beginDiagnostics(sender: Sender, nowMs: number): void {
  // Set first: what cannot be made now is not tried at once again.
  sender.diagnosticsMs = nowMs + DIAGNOSTICS_MS;
  const { boot, diagnose } = sender.options;
  post(sender, DIAGNOSTICS, boot, 0, false, diagnose(nowMs), nowMs);
}

function beginStream(sender: Sender, stream: Stream, nowMs: number): boolean {
  const ring = sender.options.rings[stream];
  const run = ring ? ring.oldest(MAX_RUN) : null;
  if (!ring || !run) return false;
  if (ring.dropped) markGap(run.records);
  postRun(sender, stream, run, true, nowMs);
  return true;
}

/** The gateway keeps a record once, however often it comes, so this costs the bytes only. */
function beginLive(sender: Sender, nowMs: number): boolean {
  const { live, rings } = sender.options;
  const fine = rings[STREAM.fine];
  if (!fine || fine.waiting() < BACKLOG || live.records.length === 0 || live.sequence === sender.shown) return false;
  sender.shown = live.sequence;
  postRun(sender, STREAM.fine, live, false, nowMs);
  return true;
}

function postRun(sender: Sender, stream: Stream, run: RecordRun, isFreeing: boolean, nowMs: number): void {
  const { boot, sequence, records } = run;
  const { plaintext, count } = encodeFrame({ stream, uptimeMs: nowMs, boot, sequence, records }, sender.options.boot);
  post(sender, stream, boot, sequence + count - 1, isFreeing, plaintext, nowMs);
}

function post(sender: Sender, stream: Exchange["stream"], recordBoot: number, last: number, isFreeing: boolean, plaintext: Uint8Array, nowMs: number): void {
  const { boot, boardId, up, random, send } = sender.options;
  // Counted before it is used: no number seals twice, whatever happens next.
  const frame = sender.nextFrame++;
  const messageId = (boot * BOOT_STRIDE + frame) & 0xffff;
  const message = sealMessage(up, boardId, { boot, number: frame }, plaintext);
  const timeoutMs = COAP_TIMING.ackTimeoutMs * (1 + random() * (COAP_TIMING.ackRandomFactor - 1));
  sender.exchange = {
    stream,
    boot: recordBoot,
    frame,
    last,
    isFreeing,
    messageId,
    datagram: encodePost(messageId, frame & 0xffff, message),
    retransmits: 0,
    timeoutMs,
    dueMs: nowMs + timeoutMs,
  };
  send(sender.exchange.datagram);
}

/** Checks that the sealed answer is the gateway's, and to this very frame. */
function openAck(sender: Sender, exchange: Exchange, payload: Uint8Array): Ack {
  const { boardId, boot, down } = sender.options;
  const message = parseMessage(payload);
  for (let i = 0; i < boardId.length; i++) if (message.boardId[i] !== boardId[i]) throw new Error("another board's");
  const ack = decodeAck(openMessage(down, message));
  if (ack.frameBoot !== boot || ack.frameNumber !== exchange.frame) throw new Error("another frame's");
  if (ack.stream !== exchange.stream || ack.boot !== exchange.boot || ack.sequence !== exchange.last) throw new Error("other records");
  return ack;
}

/** Events carry no flags, so the first reading or checkpoint of the run says it. */
function markGap(records: BoardRecord[]): void {
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    if (record && record.kind !== "event") {
      record.flags |= FLAG.gap;
      return;
    }
  }
}
