/**
 * Sends waiting records and diagnostics to the gateway, one exchange at a time (RFC 7252 section 4.7, NSTART = 1), and frees what it
 * acknowledged. Checkpoints go first, then the oldest records; while many wait, the newest readings are sent beside them, once each.
 *
 * A message is retransmitted byte for byte. Given up, its records go out again in a new frame under a new number, after a pause that
 * doubles each time. Only a sealed answer to the very frame frees records; an unsealed one can do no more than cause a pause.
 * @module
 */
import { COAP_CODE, COAP_TIMING, COAP_TYPE, encodePost, parseAnswer } from "../wire/coap.ts";
import { decodeAck } from "../wire/ack.ts";
import { encodeFrame } from "../wire/frame.ts";
import { DIAGNOSTICS, FLAG, STREAM } from "../wire/records.ts";
import { openMessage, parseMessage, sealMessage } from "../wire/seal.ts";
import type { CoapAnswer } from "../wire/coap.ts";
import type { NumberedCommand } from "../wire/commands.ts";
import type { Ack, BoardRecord, Stream } from "../wire/records.ts";
import type { SealKeys } from "../wire/seal.ts";
import type { RecordRing, RecordRun } from "./record-ring.ts";

/** Bounds the time that one frame takes to build, during which nothing else runs. */
export const MAX_RUN = 16;
/** With more records waiting, new readings would arrive too late to be looked at, so they are sent out of turn as well. */
const BACKLOG = 64;
export const DIAGNOSTICS_MS = 600000;
const POKE_MS = 1000;
const MIN_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 300000;
/** Message identifiers of one boot begin far from those of the boot before, which a gateway may still remember. */
const BOOT_STRIDE = 4099;

export interface SenderOptions {
  boardId: Uint8Array;
  boot: number;
  up: SealKeys;
  down: SealKeys;
  /** By stream; none in safe mode. */
  rings: RecordRing[];
  /** The newest reading of each meter. */
  live: RecordRun;
  /** A plaintext of diagnostics. */
  diagnose: (nowMs: number) => Uint8Array;
  /** A command from the gateway, which may come more than once. */
  onCommand(command: NumberedCommand, nowMs: number): void;
  /** Hands a datagram to the network; may be lost, must not throw. */
  send(datagram: Uint8Array): void;
  /** UTC from an acknowledgement. */
  onUtc(utcMs: number, uptimeMs: number): void;
  /** 0 (included) to 1, for jitter only. */
  random(): number;
}

/** An exchange that waits for its answer. */
interface Exchange {
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

export class Sender {
  /** Datagrams that were no answer to what was asked, or whose seal does not fit. */
  refused: number;
  /** Datagrams that were sent again. */
  retransmitted: number;
  private readonly options: SenderOptions;
  private nextFrame: number;
  private exchange: Exchange | null;
  private pauseMs: number;
  private resumeMs: number;
  private diagnosticsMs: number;
  private pokedMs: number;
  /** Number of the live reading that was sent last. */
  private shown: number;

  constructor(options: SenderOptions) {
    this.refused = 0;
    this.retransmitted = 0;
    this.diagnosticsMs = 0;
    this.pokedMs = -POKE_MS;
    this.shown = -1;
    this.options = options;
    this.nextFrame = 0;
    this.exchange = null;
    this.pauseMs = 0;
    this.resumeMs = 0;
  }

  /** Sends, sends again or gives up, whatever is due. Throws where records cannot be sent, and pauses then as after any failure. */
  tick(nowMs: number): void {
    const exchange = this.exchange;
    if (!exchange) {
      if (nowMs >= this.resumeMs) this.begin(nowMs);
    } else if (nowMs >= exchange.dueMs) {
      if (exchange.retransmits >= COAP_TIMING.maxRetransmit) this.giveUp(nowMs);
      else this.retransmit(exchange, nowMs);
    }
  }

  /** The network came up: no reason to go on waiting. */
  hurry(nowMs: number): void {
    this.pauseMs = 0;
    this.resumeMs = nowMs;
    if (this.exchange) this.exchange.dueMs = nowMs;
  }

  /** Diagnostics are due now rather than in their turn. */
  diagnose(): void {
    this.diagnosticsMs = 0;
  }

  /** Takes a datagram. Whatever it is, it does not throw. */
  receive(datagram: Uint8Array, nowMs: number): void {
    try {
      const exchange = this.exchange;
      const answer = parseAnswer(datagram);
      if (answer.type === COAP_TYPE.nonConfirmable && answer.code === COAP_CODE.post) return this.poke(nowMs);
      if (!exchange || answer.messageId !== exchange.messageId) throw new Error("answers nothing");
      this.settle(exchange, answer, nowMs);
    } catch {
      this.refused++;
    }
  }

  /** Somebody, perhaps the gateway, asks for a frame now; heeded once a second, whoever it was (`POST /poke` in wire/README.md). */
  private poke(nowMs: number): void {
    if (nowMs < this.pokedMs + POKE_MS) return;
    this.pokedMs = nowMs;
    this.diagnosticsMs = 0;
    this.resumeMs = nowMs;
  }

  private begin(nowMs: number): void {
    try {
      if (nowMs >= this.diagnosticsMs) this.beginDiagnostics(nowMs);
      // Checkpoints before readings: they are few, and money hangs on them.
      else if (!this.beginLive(nowMs) && !this.beginStream(STREAM.coarse, nowMs)) this.beginStream(STREAM.fine, nowMs);
    } catch (error) {
      this.giveUp(nowMs);
      throw error;
    }
  }

  private beginDiagnostics(nowMs: number): void {
    // Set first: what cannot be made now is not tried at once again.
    this.diagnosticsMs = nowMs + DIAGNOSTICS_MS;
    const { boot, diagnose } = this.options;
    this.post(DIAGNOSTICS, boot, 0, false, diagnose(nowMs), nowMs);
  }

  private beginStream(stream: Stream, nowMs: number): boolean {
    const ring = this.options.rings[stream];
    const run = ring ? ring.oldest(MAX_RUN) : null;
    if (!ring || !run) return false;
    if (ring.dropped) markGap(run.records);
    this.postRun(stream, run, true, nowMs);
    return true;
  }

  /** The gateway keeps a record once, however often it comes, so this costs the bytes only. */
  private beginLive(nowMs: number): boolean {
    const { live, rings } = this.options;
    const fine = rings[STREAM.fine];
    if (!fine || fine.waiting() < BACKLOG || live.records.length === 0 || live.sequence === this.shown) return false;
    this.shown = live.sequence;
    this.postRun(STREAM.fine, live, false, nowMs);
    return true;
  }

  private postRun(stream: Stream, run: RecordRun, isFreeing: boolean, nowMs: number): void {
    const { boot, sequence, records } = run;
    const { plaintext, count } = encodeFrame({ stream, uptimeMs: nowMs, boot, sequence, records }, this.options.boot);
    this.post(stream, boot, sequence + count - 1, isFreeing, plaintext, nowMs);
  }

  private post(stream: Exchange["stream"], recordBoot: number, last: number, isFreeing: boolean, plaintext: Uint8Array, nowMs: number): void {
    const { boot, boardId, up } = this.options;
    // Counted before it is used: no number seals twice, whatever happens next.
    const frame = this.nextFrame++;
    const messageId = (boot * BOOT_STRIDE + frame) & 0xffff;
    const message = sealMessage(up, boardId, { boot, number: frame }, plaintext);
    const timeoutMs = COAP_TIMING.ackTimeoutMs * (1 + this.options.random() * (COAP_TIMING.ackRandomFactor - 1));
    this.exchange = {
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
    this.options.send(this.exchange.datagram);
  }

  private retransmit(exchange: Exchange, nowMs: number): void {
    exchange.retransmits++;
    this.retransmitted++;
    exchange.timeoutMs *= 2;
    exchange.dueMs = nowMs + exchange.timeoutMs;
    this.options.send(exchange.datagram);
  }

  private giveUp(nowMs: number): void {
    const { exchange } = this;
    // Of no use to anyone later: made anew once the gateway is back.
    if (exchange && exchange.stream === DIAGNOSTICS) this.diagnosticsMs = nowMs;
    this.exchange = null;
    this.pauseMs = Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, this.pauseMs * 2));
    this.resumeMs = nowMs + this.pauseMs * (0.5 + this.options.random() / 2);
  }

  private settle(exchange: Exchange, answer: CoapAnswer, nowMs: number): void {
    if (answer.type === COAP_TYPE.reset) return this.giveUp(nowMs);
    if (answer.type !== COAP_TYPE.acknowledgement) throw new Error("no acknowledgement");
    // An empty acknowledgement only says that the answer comes later; the next retransmission asks again.
    if (answer.code === COAP_CODE.empty) return;
    if (answer.token !== (exchange.frame & 0xffff)) throw new Error("another token");
    if (answer.code !== COAP_CODE.changed) return this.giveUp(nowMs);
    const ack = this.open(exchange, answer.payload);
    this.exchange = null;
    this.pauseMs = 0;
    this.resumeMs = nowMs;
    this.options.onUtc(ack.utcMs, nowMs);
    const ring = exchange.isFreeing ? this.options.rings[exchange.stream] : null;
    if (ring) {
      ring.dropped = false;
      ring.acknowledge(exchange.boot, exchange.last);
    }
    if (ack.command) this.options.onCommand(ack.command, nowMs);
  }

  /** Checks that the sealed answer is the gateway's, and to this very frame. */
  private open(exchange: Exchange, payload: Uint8Array): Ack {
    const { boardId, boot, down } = this.options;
    const message = parseMessage(payload);
    for (let i = 0; i < boardId.length; i++) if (message.boardId[i] !== boardId[i]) throw new Error("another board's");
    const ack = decodeAck(openMessage(down, message));
    if (ack.frameBoot !== boot || ack.frameNumber !== exchange.frame) throw new Error("another frame's");
    if (ack.stream !== exchange.stream || ack.boot !== exchange.boot || ack.sequence !== exchange.last) throw new Error("other records");
    return ack;
  }
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
