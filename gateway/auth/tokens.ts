/**
 * Tokens of programs: made by an owner, shown once, kept as a hash, ended at once when they are revoked.
 * @module
 */
import type { Clock } from "#gateway/clock.ts";
import type { AccountStore, Scope, StoredToken } from "#gateway/store/accounts.ts";
import { createId, createSecret, hashSecret } from "./secrets.ts";
import type { Random } from "./secrets.ts";

/** Tells people, and programs that look for leaked secrets, what it is. */
const PREFIX = "daisee_";
/** `lastUsedUtcMs` is kept to within so much, so that reading costs no fsync. */
const USED_MS = 60_000;

export interface NewToken {
  accountId: string;
  name: string;
  scope: Scope;
  expiresUtcMs: number | null;
}

export interface Tokens {
  create(token: NewToken): Promise<{ token: StoredToken; secret: string }>;
  /** The token of a secret; null when there is none, or it has expired. */
  find(secret: string): StoredToken | null;
  has(tokenId: string): boolean;
  /** Notes that a token is used. */
  use(token: StoredToken): Promise<void>;
  /** Newest first. */
  list(): StoredToken[];
  /** @returns whether there was one. */
  revoke(tokenId: string): Promise<boolean>;
  /** Drops what the store has dropped with the account. */
  forget(accountId: string): void;
}

export async function createTokens(options: { store: AccountStore; clock: Clock; random: Random }): Promise<Tokens> {
  const { store, clock, random } = options;
  const byHash = new Map<string, StoredToken>();
  for (const token of await store.tokens()) byHash.set(token.secretHash, token);

  const isOver = (token: StoredToken): boolean => token.expiresUtcMs !== null && clock.nowMs() >= token.expiresUtcMs;
  const byId = (tokenId: string): StoredToken | undefined => [...byHash.values()].find((token) => token.tokenId === tokenId);

  return {
    async create(wanted) {
      const { secret, secretHash } = createSecret(random, PREFIX);
      const token = { tokenId: createId(random), ...wanted, secretHash, createdUtcMs: clock.nowMs(), lastUsedUtcMs: null };
      await store.putToken(token);
      byHash.set(secretHash, token);
      return { token, secret };
    },
    find(secret) {
      const token = byHash.get(hashSecret(secret));
      return token === undefined || isOver(token) ? null : token;
    },
    has(tokenId) {
      const token = byId(tokenId);
      return token !== undefined && !isOver(token);
    },
    async use(token) {
      const nowMs = clock.nowMs();
      if (token.lastUsedUtcMs !== null && nowMs - token.lastUsedUtcMs < USED_MS) return;
      token.lastUsedUtcMs = nowMs;
      await store.putToken(token);
    },
    list: () => [...byHash.values()].sort((a, b) => b.createdUtcMs - a.createdUtcMs),
    async revoke(tokenId) {
      const token = byId(tokenId);
      if (token === undefined) return false;
      byHash.delete(token.secretHash);
      await store.deleteToken(tokenId);
      return true;
    },
    forget(accountId) {
      for (const [hash, token] of byHash) if (token.accountId === accountId) byHash.delete(hash);
    },
  };
}
