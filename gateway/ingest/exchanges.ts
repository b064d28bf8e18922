/**
 * Remembers answered exchanges, so that a datagram that comes twice is done once and answered twice (RFC 7252 section 4.5).
 * @module
 */
import type { Clock } from "#gateway/clock.ts";

/** A message id is not used again within it (RFC 7252 section 4.8.2). */
const EXCHANGE_LIFETIME_MS = 247_000;

export interface Exchange {
  /**
   * The sender and the whole datagram, as text of one byte a character: thousands of small Buffers would each be memory of its own, outside
   * the heap.
   */
  readonly key: string;
  readonly beganMs: number;
  /** Null while the answer is being made. */
  answer: string | null;
}

export interface Exchanges {
  /**
   * The exchange that a datagram belongs to: a known one, or one that begins with it. The whole datagram must be the same, not its message
   * id alone: a stranger who guesses one must not be answered for a board, nor a board for itself before its restart.
   */
  begin(sender: string, datagram: Buffer): { exchange: Exchange; isNew: boolean };
  /** Keeps the answer to an exchange. */
  end(exchange: Exchange, answer: Buffer): void;
  /** Forgets an exchange, so that the same datagram begins another one. */
  forget(exchange: Exchange): void;
}

/** `most` exchanges at once: the oldest give way. */
export function createExchanges(clock: Clock, most: number): Exchanges {
  const exchanges = new Map<string, Exchange>();
  /** In the order in which they began, those that were forgotten too. (The map's own order is slow to ask for when much was deleted.) */
  const ring: Exchange[] = [];
  let at = 0;

  function forget(exchange: Exchange): void {
    if (exchanges.get(exchange.key) === exchange) exchanges.delete(exchange.key);
  }

  return {
    begin(sender, datagram) {
      const nowMs = clock.nowMs();
      const key = `${sender} ${datagram.toString("latin1")}`;
      const known = exchanges.get(key);
      if (known !== undefined && nowMs - known.beganMs < EXCHANGE_LIFETIME_MS) return { exchange: known, isNew: false };
      const exchange: Exchange = { key, beganMs: nowMs, answer: null };
      const oldest = ring[at];
      if (oldest !== undefined) forget(oldest);
      ring[at] = exchange;
      at = (at + 1) % most;
      exchanges.set(key, exchange);
      return { exchange, isNew: true };
    },
    end(exchange, answer) {
      exchange.answer = answer.toString("latin1");
    },
    forget,
  };
}
