/**
 * Handlers: setting up, logging in and out, one's own password and sessions.
 * @module
 */
import type { LogIn } from "#gateway/auth/access.ts";
import { BusyError } from "#gateway/auth/passwords.ts";
import { scopeOf } from "#gateway/auth/principal.ts";
import type { StoredAccount } from "#gateway/store/accounts.ts";
import { originOf } from "../env.ts";
import type { ApiContext } from "../env.ts";
import type { Mount } from "../mount.ts";
import { presentAccount, presentSession } from "../present.ts";
import { ProblemError } from "../problem.ts";
import * as routes from "../routes/access.ts";
import { missing } from "./parts.ts";
import type { Parts } from "./parts.ts";

function waitFor(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`;
}

export function mountAccess(mount: Mount, { access, cookie, transport }: Parts): void {
  /** Sets the cookie of whoever is in. @throws ProblemError for who is not. */
  async function enter(c: ApiContext, attempt: Promise<LogIn | null>): Promise<StoredAccount> {
    const result = await attempt.catch((error: unknown) => {
      if (error instanceof BusyError) throw new ProblemError(429, error.message, { headers: { "Retry-After": "3" } });
      throw error;
    });
    if (result === null) throw new ProblemError(409, "This gateway has an account already: log in, or ask its owner for an account.");
    if (result.kind === "locked") {
      const detail = `Too many attempts in vain: try again in ${waitFor(result.waitSeconds)}.`;
      throw new ProblemError(429, detail, { headers: { "Retry-After": String(result.waitSeconds) } });
    }
    if (result.kind === "wrong") {
      const next =
        result.lockSeconds > 0
          ? `The next attempt can be made in ${waitFor(result.lockSeconds)}.`
          : "Mind capitals and the keyboard's language.";
      throw new ProblemError(401, `What was entered does not fit. ${next}`, { type: "wrong-credentials" });
    }
    cookie.write(c, result.secret);
    const { name, role, accountId } = result.account;
    c.set("principal", { name, scope: scopeOf(role), accountId, sessionId: null, tokenId: null });
    return result.account;
  }

  mount.raw(routes.accessRoute, (c) => {
    const { scope, accountId } = c.get("principal");
    const account = accountId === null ? undefined : access.accounts.find(accountId);
    const state = {
      mode: access.mode,
      needsSetup: access.setupCode() !== null,
      scope,
      account: account === undefined ? null : presentAccount(account),
    };
    return c.json(state, 200, { "Cache-Control": "no-store" });
  });

  mount.change(routes.setUpRoute, async (c) => {
    const { code, name, password } = c.req.valid("json");
    const account = presentAccount(await enter(c, access.setUp(code, name, password, originOf(c, transport))));
    return { status: 201, body: account, audit: { action: "account.first", target: account.accountId, before: null, after: account } };
  });

  mount.change(routes.logInRoute, async (c) => {
    const { name, password } = c.req.valid("json");
    const account = presentAccount(await enter(c, access.logIn(name, password, originOf(c, transport))));
    return { status: 201, body: account, audit: { action: "session.open", target: account.accountId, before: null, after: null } };
  });

  mount.change(routes.logOutRoute, async (c) => {
    const { sessionId, accountId } = c.get("principal");
    if (sessionId !== null) await access.sessions.end([sessionId]);
    cookie.clear(c);
    return { status: 204, body: null, audit: { action: "session.end", target: accountId ?? "", before: null, after: null } };
  });

  mount.change(routes.changePasswordRoute, async (c) => {
    const { oldPassword, newPassword } = c.req.valid("json");
    const accountId = c.get("principal").accountId ?? "";
    await enter(c, access.changePassword(accountId, oldPassword, newPassword, originOf(c, transport)));
    return { status: 204, body: null, audit: { action: "account.password", target: accountId, before: null, after: null } };
  });

  /** The sessions that a person may see and end. */
  function visible(c: ApiContext) {
    const { scope, accountId, sessionId } = c.get("principal");
    const own = access.sessions.list().filter((session) => scope === "admin" || session.accountId === accountId);
    return own.map((session) => presentSession(session, access.accounts.find(session.accountId)?.name ?? "nobody", sessionId));
  }

  mount.read(routes.sessionsRoute, (c) => ({ items: visible(c) }));

  mount.change(routes.endSessionRoute, async (c) => {
    const { sessionId } = c.req.valid("param");
    const session = visible(c).find((one) => one.sessionId === sessionId);
    if (session === undefined) throw missing(`session ${sessionId} that you could end`);
    await access.sessions.end([sessionId]);
    return { status: 204, body: null, audit: { action: "session.end", target: sessionId, before: session, after: null } };
  });
}
