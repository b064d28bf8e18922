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
  /** As text, one byte a character: thousands of small Buffers would each be memory of its own, outside the heap. */
  readonly datagram: string;
  readonly beganMs: number;
  /** Null while the answer is being made. */
  answer: string | null;
}

export interface Exchanges {
  /**
   * The exchange that a request belongs to: a known one, or one that begins with it. The whole datagram must be the same: a stranger who
   * guesses a message id must not be answered for a board, nor a board for itself before its restart.
   */
  begin(peer: Peer, messageId: number, datagram: Buffer): { exchange: Exchange; isNew: boolean };
  /** Keeps the answer to an exchange. */
  end(exchange: Exchange, answer: Buffer): void;
  /** Forgets an exchange, so that the same datagram begins another one. */
  forget(exchange: Exchange): void;
}

/** Sender's port and message id as one integer of 32 bits, which a map finds fastest. Another address may have the same: the last one stays. */
function slotOf({ port }: Peer, messageId: number): number {
  return (port << 16) | messageId;
}

/** `most` exchanges at once: the oldest give way. */
export function createExchanges(clock: Clock, most: number): Exchanges {
  const exchanges = new Map<number, Exchange>();
  /** In the order in which they began, those that were forgotten too. (The map's own order is slow to ask for when much was deleted.) */
  const ring: Exchange[] = [];
  let at = 0;

  function forget(exchange: Exchange): void {
    if (exchanges.get(exchange.slot) === exchange) exchanges.delete(exchange.slot);
  }

  return {
    begin(peer, messageId, bytes) {
      const nowMs = clock.nowMs();
      const { address } = peer;
      const datagram = bytes.toString("latin1");
      const slot = slotOf(peer, messageId);
      const known = exchanges.get(slot);
      const isNew = known?.datagram !== datagram || known.address !== address || nowMs - known.beganMs >= EXCHANGE_LIFETIME_MS;
      if (!isNew) return { exchange: known, isNew };
      const exchange: Exchange = { slot, address, datagram, beganMs: nowMs, answer: null };
      exchanges.set(slot, exchange);
      const oldest = ring[at];
      if (oldest !== undefined) forget(oldest);
      ring[at] = exchange;
      at = (at + 1) % most;
      return { exchange, isNew };
    },
    end(exchange, answer) {
      exchange.answer = answer.toString("latin1");
    },
    forget,
  };
}
