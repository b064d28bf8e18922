/**
 * Remembers answered exchanges, so that a datagram that comes twice is done once and answered twice (RFC 7252 section 4.5).
 * @module
 */
import type { Clock } from "#gateway/clock.ts";

/** A message id is not used again within it (RFC 7252 section 4.8.2). */
const EXCHANGE_LIFETIME_MS = 247_000;

/** Datagrams as text, one byte a character: thousands of small Buffers would each be memory of its own, outside the heap. */
export interface Exchange {
  readonly datagram: string;
  readonly beganMs: number;
  /** Null while the answer is being made. */
  answer: string | null;
}

export interface Exchanges {
  /**
   * The exchange that a datagram belongs to: a known one, or one that begins with it. The whole datagram must be the same: a stranger who
   * guesses a message id must not be answered for a board, nor a board for itself before its restart.
   * @param key the sender's address and message id.
   */
  begin(key: string, datagram: Buffer): { exchange: Exchange; isNew: boolean };
  /** Keeps the answer to an exchange. */
  end(exchange: Exchange, answer: Buffer): void;
  /** Forgets an exchange, so that the same datagram begins another one. */
  forget(key: string, exchange: Exchange): void;
}

/** `most` exchanges at once: the oldest give way. */
export function createExchanges(clock: Clock, most: number): Exchanges {
  // In the order in which they began.
  const exchanges = new Map<string, Exchange>();

  return {
    begin(key, datagram) {
      const nowMs = clock.nowMs();
      const text = datagram.toString("latin1");
      const known = exchanges.get(key);
      if (known?.datagram === text && nowMs - known.beganMs < EXCHANGE_LIFETIME_MS) return { exchange: known, isNew: false };
      const exchange: Exchange = { datagram: text, beganMs: nowMs, answer: null };
      exchanges.delete(key);
      exchanges.set(key, exchange);
      if (exchanges.size > most) {
        const [oldest = key] = exchanges.keys();
        exchanges.delete(oldest);
      }
      return { exchange, isNew: true };
    },
    end(exchange, answer) {
      exchange.answer = answer.toString("latin1");
    },
    forget(key, exchange) {
      if (exchanges.get(key) === exchange) exchanges.delete(key);
    },
  };
}
