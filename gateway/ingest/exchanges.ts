/**
 * Remembers answered exchanges, so that a datagram that comes twice is done once and answered twice (RFC 7252 section 4.5).
 * @module
 */
import type { Clock } from "#gateway/clock.ts";

/** A message id is not used again within it (RFC 7252 section 4.8.2). */
const EXCHANGE_LIFETIME_MS = 247_000;

interface Exchange {
  /** Null while the answer is being made. */
  answer: Buffer | null;
  beganMs: number;
}

export interface Exchanges {
  /** Null when the exchange is new and begins; "pending" when its answer is being made; or the answer that it had. */
  begin(key: string): Buffer | "pending" | null;
  /** Keeps the answer of an exchange, or with null forgets the exchange. */
  end(key: string, answer: Buffer | null): void;
}

/** Exchanges by key, `most` at once: the oldest give way. */
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
    begin(key) {
      const nowMs = clock.nowMs();
      dropOld(nowMs);
      const known = exchanges.get(key);
      if (known !== undefined) return known.answer ?? "pending";
      exchanges.set(key, { answer: null, beganMs: nowMs });
      return null;
    },
    end(key, answer) {
      const exchange = exchanges.get(key);
      if (exchange === undefined) return;
      if (answer === null) exchanges.delete(key);
      else exchange.answer = answer;
    },
  };
}
