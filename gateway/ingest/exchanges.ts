/**
 * Remembers answered exchanges, so that a datagram that comes twice is done once and answered twice (RFC 7252 section 4.5).
 * @module
 */
import type { Clock } from "#gateway/clock.ts";

/** A message id is not used again within it (RFC 7252 section 4.8.2). */
const EXCHANGE_LIFETIME_MS = 247_000;

export interface Exchange {
  readonly datagram: Buffer;
  readonly beganMs: number;
  /** Null while the answer is being made. */
  answer: Buffer | null;
}

export interface Exchanges {
  /**
   * The exchange that a datagram belongs to: a known one, or one that begins with it. The whole datagram must be the same: a stranger who
   * guesses a message id must not be answered for a board, nor a board for itself before its restart.
   * @param key the sender's address and message id.
   * @param datagram is kept, so it must have memory of its own, as those of node:dgram have.
   */
  begin(key: string, datagram: Buffer): { exchange: Exchange; isNew: boolean };
  /** Forgets an exchange, so that the same datagram begins another one. */
  forget(key: string, exchange: Exchange): void;
}

/** `most` exchanges at once: the oldest give way. */
export function createExchanges(clock: Clock, most: number): Exchanges {
  // In the order in which they began.
  const exchanges = new Map<string, Exchange>();

  function dropOld(nowMs: number): void {
    for (const [key, { beganMs }] of exchanges) {
      if (nowMs - beganMs < EXCHANGE_LIFETIME_MS && exchanges.size <= most) return;
      exchanges.delete(key);
    }
  }

  return {
    begin(key, datagram) {
      const nowMs = clock.nowMs();
      dropOld(nowMs);
      const known = exchanges.get(key);
      if (known?.datagram.equals(datagram) === true) return { exchange: known, isNew: false };
      const exchange: Exchange = { datagram, beganMs: nowMs, answer: null };
      exchanges.delete(key);
      exchanges.set(key, exchange);
      return { exchange, isNew: true };
    },
    forget(key, exchange) {
      if (exchanges.get(key) === exchange) exchanges.delete(key);
    },
  };
}
