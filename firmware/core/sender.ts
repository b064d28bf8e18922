/**
 * Sends waiting records and diagnostics to the gateway, one exchange at a time (RFC 7252 section 4.7, NSTART = 1), and frees what it
 * acknowledged. Here is when something is due; `exchange.ts` is what is said then, which a board has in memory only while it says it.
 *
 * A message is retransmitted byte for byte. Given up, its records go out again in a new frame under a new number, after a pause that
 * doubles each time. Only a sealed answer to the very frame frees records; an unsealed one can do no more than cause a pause.
 * @module
 */
import { COAP_CODE, COAP_TIMING, COAP_TYPE, parseCoap } from "../wire/coap.ts";
import { begin, settle } from "./exchange.ts";
import { DIAGNOSTICS } from "../wire/records.ts";
import type { NumberedCommand } from "../wire/commands.ts";
import type { Exchange } from "./exchange.ts";
import type { SealKeys } from "../wire/seal.ts";
import type { RecordRing, RecordRun } from "./record-ring.ts";

const POKE_MS = 1000;
const MIN_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 300000;

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
  onCommand: (command: NumberedCommand, nowMs: number) => void;
  /** Hands a datagram to the network; may be lost, must not throw. */
  send: (datagram: Uint8Array) => void;
  /** UTC from an acknowledgement. */
  onUtc: (utcMs: number, uptimeMs: number) => void;
  /** 0 (included) to 1, for jitter only. */
  random: () => number;
}

export class Sender {
  /** Datagrams that were no answer to what was asked, or whose seal does not fit. */
  refused: number;
  /** Datagrams that were sent again. */
  retransmitted: number;
  readonly options: SenderOptions;
  nextFrame: number;
  exchange: Exchange | null;
  pauseMs: number;
  resumeMs: number;
  diagnosticsMs: number;
  /** Number of the live reading that was sent last. */
  shown: number;
  /** Whether no waiting record was sent since. */
  wasLive: boolean;
  private pokedMs: number;

  constructor(options: SenderOptions) {
    this.refused = 0;
    this.retransmitted = 0;
    this.diagnosticsMs = 0;
    this.pokedMs = -POKE_MS;
    this.shown = -1;
    this.wasLive = false;
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
      const answer = parseCoap(datagram);
      if (answer.type === COAP_TYPE.nonConfirmable && answer.code === COAP_CODE.post) this.poke(nowMs);
      else if (!exchange || answer.messageId !== exchange.messageId) throw new Error("answers nothing");
      else settle(this, exchange, answer, nowMs);
    } catch {
      this.refused++;
    }
  }

  /** The exchange failed: a pause, twice as long as the one before, and not the same for all boards. */
  giveUp(nowMs: number): void {
    const { exchange } = this;
    // Of no use to anyone later: made anew once the gateway is back.
    if (exchange && exchange.stream === DIAGNOSTICS) this.diagnosticsMs = nowMs;
    this.exchange = null;
    this.pauseMs = Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, this.pauseMs * 2));
    this.resumeMs = nowMs + this.pauseMs * (0.5 + this.options.random() / 2);
  }

  private begin(nowMs: number): void {
    try {
      begin(this, nowMs);
    } catch (error) {
      this.giveUp(nowMs);
      throw error;
    }
  }

  /** Somebody, perhaps the gateway, asks for a frame now; heeded once a second, whoever it was (`POST /poke` in wire/README.md). */
  private poke(nowMs: number): void {
    if (nowMs < this.pokedMs + POKE_MS) return;
    this.pokedMs = nowMs;
    this.diagnosticsMs = 0;
    this.resumeMs = nowMs;
  }

  private retransmit(exchange: Exchange, nowMs: number): void {
    exchange.retransmits++;
    this.retransmitted++;
    exchange.timeoutMs *= 2;
    exchange.dueMs = nowMs + exchange.timeoutMs;
    this.options.send(exchange.datagram);
  }
}
