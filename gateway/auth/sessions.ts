/**
 * Sessions of people: who holds the secret of one is logged in. In memory for speed, in the store to survive a restart.
 * @module
 */
import type { Clock } from "#gateway/clock.ts";
import type { AccountStore, StoredSession } from "#gateway/store/accounts.ts";
import { createId, createSecret, hashSecret } from "./secrets.ts";
import type { Random } from "./secrets.ts";

/** A session ends when it was not used for so long. */
const IDLE_MS = 14 * 24 * 3_600_000;
/** A secret is replaced after so long: one that was stolen does not work for ever. */
const ROTATE_MS = 3_600_000;
/** For which the old secret still works: a browser may have sent requests with it already. */
const GRACE_MS = 60_000;
/** `seenUtcMs` is kept to within so much, so that reading costs no fsync. */
const SEEN_MS = 60_000;
/** Sessions that one account may have; the oldest make room. */
const MOST_SESSIONS = 20;

/** Where a request came from. */
export interface Origin {
  address: string;
  /** What its program calls itself. */
  client: string;
}

export interface Sessions {
  open(accountId: string, origin: Origin): Promise<{ session: StoredSession; secret: string }>;
  /** The session of a secret; null when there is none, or it has expired. */
  find(secret: string): StoredSession | null;
  has(sessionId: string): boolean;
  /** Notes that a session is used. @returns the new secret when it was time for one. */
  use(session: StoredSession, origin: Origin): Promise<string | null>;
  list(): StoredSession[];
  end(sessionIds: string[]): Promise<void>;
  /** Ends an account's sessions but for one. */
  endOf(accountId: string, exceptId?: string): Promise<void>;
  /** Drops what the store has dropped with the account. */
  forget(accountId: string): void;
}

export async function createSessions(options: { store: AccountStore; clock: Clock; random: Random }): Promise<Sessions> {
  const { store, clock, random } = options;
  const byHash = new Map<string, StoredSession>();
  /** Replaced secrets that still work. */
  const retired = new Map<string, { session: StoredSession; untilUtcMs: number }>();
  for (const session of await store.sessions()) byHash.set(session.secretHash, session);

  const isOver = (session: StoredSession): boolean => clock.nowMs() >= session.expiresUtcMs;
  // Of two that were opened in the same millisecond, the later one comes first too.
  const list = (): StoredSession[] => [...byHash.values()].toReversed().sort((a, b) => b.createdUtcMs - a.createdUtcMs);

  function drop(session: StoredSession): void {
    byHash.delete(session.secretHash);
    for (const [hash, old] of retired) if (old.session === session) retired.delete(hash);
  }

  async function end(sessionIds: string[]): Promise<void> {
    for (const session of list()) if (sessionIds.includes(session.sessionId)) drop(session);
    await store.deleteSessions(sessionIds);
  }

  function rotate(session: StoredSession, nowMs: number): string {
    const { secret, secretHash } = createSecret(random);
    for (const [hash, { untilUtcMs }] of retired) if (untilUtcMs <= nowMs) retired.delete(hash);
    retired.set(session.secretHash, { session, untilUtcMs: nowMs + GRACE_MS });
    byHash.delete(session.secretHash);
    session.secretHash = secretHash;
    session.rotatedUtcMs = nowMs;
    byHash.set(secretHash, session);
    return secret;
  }

  return {
    async open(accountId, { address, client }) {
      const { secret, secretHash } = createSecret(random);
      const nowMs = clock.nowMs();
      const times = { createdUtcMs: nowMs, rotatedUtcMs: nowMs, seenUtcMs: nowMs, expiresUtcMs: nowMs + IDLE_MS };
      const session = { sessionId: createId(random), accountId, secretHash, ...times, address, client };
      await store.putSession(session);
      byHash.set(secretHash, session);
      const all = list();
      const ofAccount = all.filter((one) => one.accountId === accountId && !isOver(one));
      const surplus = [...all.filter(isOver), ...ofAccount.slice(MOST_SESSIONS)];
      if (surplus.length > 0) await end(surplus.map(({ sessionId }) => sessionId));
      return { session, secret };
    },
    find(secret) {
      const hash = hashSecret(secret);
      const old = retired.get(hash);
      const session = byHash.get(hash) ?? (old !== undefined && clock.nowMs() < old.untilUtcMs ? old.session : undefined);
      return session === undefined || isOver(session) ? null : session;
    },
    has(sessionId) {
      for (const session of byHash.values()) if (session.sessionId === sessionId) return !isOver(session);
      return false;
    },
    async use(session, { address, client }) {
      const nowMs = clock.nowMs();
      const isDue = nowMs - session.rotatedUtcMs >= ROTATE_MS;
      if (!isDue && nowMs - session.seenUtcMs < SEEN_MS && session.address === address) return null;
      Object.assign(session, { seenUtcMs: nowMs, expiresUtcMs: nowMs + IDLE_MS, address, client });
      const secret = isDue ? rotate(session, nowMs) : null;
      await store.putSession(session);
      return secret;
    },
    list: () => list().filter((session) => !isOver(session)),
    end,
    endOf: (accountId, exceptId) =>
      end(
        list()
          .filter((one) => one.accountId === accountId && one.sessionId !== exceptId)
          .map(({ sessionId }) => sessionId),
      ),
    forget(accountId) {
      for (const session of list()) if (session.accountId === accountId) drop(session);
    },
  };
}
