/**
 * Remembers answered exchanges, so that a datagram that comes twice is done once and answered twice (RFC 7252 section 4.5).
 * @module
 */
import type { Clock } from "#gateway/clock.ts";
import type { Peer } from "./udp/socket.ts";

/** A message id is not used again within it (RFC 7252 section 4.8.2). */
const EXCHANGE_LIFETIME_MS = 247_000;

export interface Exchange {
  readonly slot: number;
  readonly address: number;
  readonly beganMs: number;
  /** Where its bytes lie, and how many are the datagram's and the answer's; no answer while it is being made. */
  readonly place: number;
  readonly datagramBytes: number;
  answerBytes: number;
}

export interface Exchanges {
  /**
   * The exchange that a request belongs to: a known one, or one that begins with it. The whole datagram must be the same: a stranger who
   * guesses a message id must not be answered for a board, nor a board for itself before its restart.
   */
  begin(peer: Peer, messageId: number, datagram: Buffer): { exchange: Exchange; isNew: boolean };
  /** Keeps the answer to an exchange. */
  end(exchange: Exchange, answer: Buffer): void;
  /** A copy of the answer to an exchange; null while it is being made. */
  answer(exchange: Exchange): Buffer | null;
  /** Forgets an exchange, so that the same datagram begins another one. */
  forget(exchange: Exchange): void;
}

export interface ExchangesOptions {
  clock: Clock;
  /** Exchanges at once: the oldest give way. */
  most: number;
  /** Longest datagram, and longest answer that is kept: an exchange with a longer one is forgotten. */
  mostDatagramBytes: number;
  mostAnswerBytes: number;
}

/** Sender's port and message id as one integer of 32 bits, which a map finds fastest. Another address may have the same: the last one stays. */
function slotOf({ port }: Peer, messageId: number): number {
  return (port << 16) | messageId;
}

export function createExchanges({ clock, most, mostDatagramBytes, mostAnswerBytes }: ExchangesOptions): Exchanges {
  const exchanges = new Map<number, Exchange>();
  /** In the order in which they began, those that were forgotten too. (The map's own order is slow to ask for when much was deleted.) */
  const ring: Exchange[] = [];
  /** Their bytes, in one piece of memory: thousands of small Buffers would each be memory of its own, and the collector's work. */
  const memory = Buffer.alloc(most * (mostDatagramBytes + mostAnswerBytes));
  let at = 0;

  const datagramAt = (place: number): number => place * (mostDatagramBytes + mostAnswerBytes);
  const answerAt = (place: number): number => datagramAt(place) + mostDatagramBytes;

  function forget(exchange: Exchange): void {
    if (exchanges.get(exchange.slot) === exchange) exchanges.delete(exchange.slot);
  }

  function isOf({ address, beganMs, place, datagramBytes }: Exchange, peer: Peer, datagram: Buffer, nowMs: number): boolean {
    if (address !== peer.address || datagramBytes !== datagram.length || nowMs - beganMs >= EXCHANGE_LIFETIME_MS) return false;
    return memory.compare(datagram, 0, datagramBytes, datagramAt(place), datagramAt(place) + datagramBytes) === 0;
  }

  return {
    begin(peer, messageId, datagram) {
      const nowMs = clock.nowMs();
      const slot = slotOf(peer, messageId);
      const known = exchanges.get(slot);
      if (known !== undefined && isOf(known, peer, datagram, nowMs)) return { exchange: known, isNew: false };
      const oldest = ring[at];
      if (oldest !== undefined) forget(oldest);
      const exchange: Exchange = { slot, address: peer.address, beganMs: nowMs, place: at, datagramBytes: datagram.length, answerBytes: 0 };
      memory.set(datagram, datagramAt(at));
      exchanges.set(slot, exchange);
      ring[at] = exchange;
      at = (at + 1) % most;
      return { exchange, isNew: true };
    },
    end(exchange, answer) {
      // Its place is another's by now.
      if (ring[exchange.place] !== exchange) return;
      if (answer.length > mostAnswerBytes) return forget(exchange);
      memory.set(answer, answerAt(exchange.place));
      exchange.answerBytes = answer.length;
    },
    answer({ place, answerBytes }) {
      return answerBytes === 0 ? null : Buffer.from(memory.subarray(answerAt(place), answerAt(place) + answerBytes));
    },
    forget,
  };
}
