/**
 * A POST that is sent again with the same Idempotency-Key is not done again: it gets the first one's answer. Kept in memory, since an
 * answer may hold a token's secret: after a restart a key is new.
 * @module
 */
import { hashSecret } from "#gateway/auth/secrets.ts";
import type { Clock } from "#gateway/clock.ts";
import { ProblemError } from "./problem.ts";

const KEEP_MS = 24 * 3_600_000;
const MOST_KEPT = 1000;
const KEY = /^[\x21-\x7e]{1,128}$/;

/** Path and body are kept as a hash: a body may hold a secret. */
interface Kept {
  request: string;
  answer: Promise<Response>;
  sinceMs: number;
}

/** A request with its key. */
export interface Keyed {
  /** Whose key it is: another one's equal key is another key. */
  owner: string;
  key: string;
  /** Path and body. */
  request: string;
}

/** Does `work` once per key and gives every caller a copy of its answer. What failed is forgotten, and can be tried again. */
export type Once = (keyed: Keyed, work: () => Promise<Response>) => Promise<Response>;

export function createIdempotency(clock: Clock): Once {
  const kept = new Map<string, Kept>();

  return async function once({ owner, key: ownKey, request: text }, work) {
    if (!KEY.test(ownKey)) throw new ProblemError(400, "Idempotency-Key takes 1 to 128 printable ASCII characters.");
    const key = `${owner} ${ownKey}`;
    const request = hashSecret(text);
    const nowMs = clock.nowMs();
    for (const [old, { sinceMs }] of kept) {
      // The map is in the order of insertion.
      if (nowMs - sinceMs < KEEP_MS && kept.size < MOST_KEPT) break;
      kept.delete(old);
    }
    const known = kept.get(key);
    if (known !== undefined && known.request !== request) {
      throw new ProblemError(409, "This Idempotency-Key was used for another request: take a new one.", { type: "idempotency-key-used" });
    }
    const answer = known?.answer ?? work();
    if (known === undefined) kept.set(key, { request, answer, sinceMs: nowMs });
    try {
      const response = await answer;
      if (response.status >= 400) kept.delete(key);
      return response.clone();
    } catch (error) {
      kept.delete(key);
      throw error;
    }
  };
}
