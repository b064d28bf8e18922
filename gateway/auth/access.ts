/**
 * The gateway's door: who a request comes from, logging in and out, the first account.
 * @module
 */
import type { Clock } from "#gateway/clock.ts";
import type { AccountStore, StoredAccount } from "#gateway/store/accounts.ts";
import { createAccounts } from "./accounts.ts";
import type { Accounts } from "./accounts.ts";
import { createAttempts } from "./attempts.ts";
import { lesser, nobody, scopeOf } from "./principal.ts";
import type { Principal } from "./principal.ts";
import type { Random } from "./secrets.ts";
import { createSessions } from "./sessions.ts";
import type { Origin, Sessions } from "./sessions.ts";
import { createSetupCode } from "./setup-code.ts";
import { createTokens } from "./tokens.ts";
import type { Tokens } from "./tokens.ts";

/** `accounts`: nothing without a log-in. `demo`: anybody may look. */
export type AccessMode = "accounts" | "demo";

/** What a request shows of itself. */
export interface Credentials {
  /** Of the session's cookie. */
  cookie: string | undefined;
  /** Of the Authorization header. */
  bearer: string | undefined;
}

/** What became of an attempt to log in. */
export type LogIn =
  | { kind: "in"; account: StoredAccount; secret: string }
  /** Name and password, or code, do not fit; locked for so long, 0 for not. */
  | { kind: "wrong"; lockSeconds: number }
  | { kind: "locked"; waitSeconds: number };

export interface Access {
  readonly mode: AccessMode;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  /** The code that the first account takes, to be printed; null once there is an account. */
  setupCode(): string | null;
  /** Who asks; null for credentials that fit nobody. */
  identify(credentials: Credentials): Principal | null;
  /** Whether a principal could still be identified: its session or token has not ended. */
  isValid(principal: Principal): boolean;
  /** Notes that a session or token is used. @returns the session's new secret when it was time for one. */
  use(principal: Principal, credentials: Credentials, origin: Origin): Promise<string | null>;
  logIn(name: string, password: string, origin: Origin): Promise<LogIn>;
  /** Makes the first account; null when there is one already. */
  setUp(code: string, name: string, password: string, origin: Origin): Promise<LogIn | null>;
  /** Checks the old password as a log-in does, ends all sessions of the account, and opens a new one. */
  changePassword(accountId: string, oldPassword: string, newPassword: string, origin: Origin): Promise<LogIn>;
  /** Deletes an account with its sessions and tokens. */
  removeAccount(accountId: string): Promise<void>;
}

/** Stands for the name in the count of set-up codes tried; no account can be called so. */
const SETUP_NAME = "\0setup";

export async function createAccess(options: { store: AccountStore; clock: Clock; random: Random; mode: AccessMode }): Promise<Access> {
  const { mode, random } = options;
  const accounts = await createAccounts(options);
  const sessions = await createSessions(options);
  const tokens = await createTokens(options);
  const attempts = createAttempts();
  const code = createSetupCode(random);
  const anybody = nobody(mode);
  const needsSetup = (): boolean => accounts.list().length === 0;

  function ofSession(secret: string): Principal | null {
    const session = sessions.find(secret);
    const account = session === null ? undefined : accounts.find(session.accountId);
    if (session === null || account === undefined) return null;
    const { accountId, name, role } = account;
    return { name, scope: scopeOf(role), accountId, sessionId: session.sessionId, tokenId: null };
  }

  function ofToken(secret: string): Principal | null {
    const token = tokens.find(secret);
    const account = token === null ? undefined : accounts.find(token.accountId);
    if (token === null || account === undefined) return null;
    const scope = lesser(token.scope, scopeOf(account.role));
    return { name: `token ${token.name} (${account.name})`, scope, accountId: account.accountId, sessionId: null, tokenId: token.tokenId };
  }

  /** Lets `attempt` be made unless it was made in vain too often. */
  async function limited(name: string, origin: Origin, attempt: () => Promise<StoredAccount | null>): Promise<LogIn> {
    const waitSeconds = await attempts.waitSeconds(name, origin.address);
    if (waitSeconds > 0) return { kind: "locked", waitSeconds };
    // Counted before the password is looked at: as many at a time must not be more attempts than one after the other.
    const lockSeconds = await attempts.failed(name, origin.address);
    const account = await attempt();
    if (account === null) return { kind: "wrong", lockSeconds };
    await attempts.succeeded(name, origin.address);
    const { secret } = await sessions.open(account.accountId, origin);
    await accounts.loggedIn(account.accountId);
    return { kind: "in", account: accounts.find(account.accountId) ?? account, secret };
  }

  return {
    mode,
    accounts,
    sessions,
    tokens,
    setupCode: () => (needsSetup() ? code.text : null),
    identify({ cookie, bearer }) {
      if (bearer !== undefined) return ofToken(bearer);
      // A cookie that has expired is no reason to refuse what anybody may see.
      return (cookie === undefined ? null : ofSession(cookie)) ?? anybody;
    },
    isValid: ({ sessionId, tokenId }) => (sessionId === null || sessions.has(sessionId)) && (tokenId === null || tokens.has(tokenId)),
    async use({ sessionId, tokenId }, { cookie, bearer }, origin) {
      const token = tokenId === null || bearer === undefined ? null : tokens.find(bearer);
      if (token !== null) await tokens.use(token);
      const session = sessionId === null || cookie === undefined ? null : sessions.find(cookie);
      return session === null ? null : sessions.use(session, origin);
    },
    logIn: (name, password, origin) => limited(name, origin, () => accounts.check(name, password)),
    async setUp(typed, name, password, origin) {
      if (!needsSetup()) return null;
      let isTaken = false;
      const result = await limited(SETUP_NAME, origin, async () => {
        if (!code.fits(typed)) return null;
        const account = await accounts.addFirst(name, password);
        isTaken = account === null;
        return account;
      });
      return isTaken ? null : result;
    },
    async changePassword(accountId, oldPassword, newPassword, origin) {
      const name = accounts.find(accountId)?.name ?? "";
      return limited(name, origin, async () => {
        const account = await accounts.check(name, oldPassword);
        if (account === null) return null;
        const changed = await accounts.change(accountId, { password: newPassword });
        await sessions.endOf(accountId);
        return changed;
      });
    },
    async removeAccount(accountId) {
      await accounts.remove(accountId);
      sessions.forget(accountId);
      tokens.forget(accountId);
    },
  };
}
