/**
 * Handlers: accounts, tokens and the audit log.
 * @module
 */
import { AccountError } from "#gateway/auth/accounts.ts";
import { entryCursor, entryPlace } from "../cursor.ts";
import { checkMatch } from "../formats/answer.ts";
import type { Mount } from "../mount.ts";
import { presentAccount, presentAuditRecord, presentToken } from "../present.ts";
import { ProblemError } from "../problem.ts";
import * as routes from "../routes/accounts.ts";
import { DEFAULT_LIMIT } from "../schemas/fields.ts";
import { given, missing, pageOf } from "./parts.ts";
import type { Parts } from "./parts.ts";

/** Does a change that the household's rules may forbid. @throws ProblemError 409 then. */
async function allowed<Result>(change: Promise<Result>): Promise<Result> {
  try {
    return await change;
  } catch (error) {
    throw error instanceof AccountError ? new ProblemError(409, error.message) : error;
  }
}

export function mountAccounts(mount: Mount, { access, store, clock }: Parts): void {
  const { accounts, sessions, tokens } = access;
  const nameOf = (accountId: string): string => accounts.find(accountId)?.name ?? "nobody";

  function accountOf(accountId: string) {
    const account = accounts.find(accountId);
    if (account === undefined) throw missing(`account ${accountId}`);
    return presentAccount(account);
  }

  mount.read(routes.accountsRoute, () => ({ items: accounts.list().map(presentAccount) }));

  mount.change(routes.createAccountRoute, async (c) => {
    const account = presentAccount(await allowed(accounts.add(c.req.valid("json"))));
    return { status: 201, body: account, audit: { action: "account.create", target: account.accountId, before: null, after: account } };
  });

  mount.read(routes.accountRoute, (c) => accountOf(c.req.valid("param").accountId));

  mount.change(routes.changeAccountRoute, async (c) => {
    const before = accountOf(c.req.valid("param").accountId);
    checkMatch(c, before);
    const { password, ...change } = c.req.valid("json");
    const after = presentAccount(await allowed(accounts.change(before.accountId, { ...change, ...given({ password }) })));
    // Whoever knew the old password, or had the greater role, is to log in again.
    if (password !== undefined || before.role !== after.role)
      await sessions.endOf(before.accountId, c.get("principal").sessionId ?? undefined);
    const isNewPassword = password !== undefined;
    return {
      status: 200,
      body: after,
      audit: { action: "account.change", target: before.accountId, before, after: { ...after, isNewPassword } },
    };
  });

  mount.change(routes.deleteAccountRoute, async (c) => {
    const before = accountOf(c.req.valid("param").accountId);
    await allowed(access.removeAccount(before.accountId));
    return { status: 204, body: null, audit: { action: "account.delete", target: before.accountId, before, after: null } };
  });

  mount.read(routes.tokensRoute, () => ({ items: tokens.list().map((token) => presentToken(token, nameOf(token.accountId))) }));

  mount.change(routes.createTokenRoute, async (c) => {
    const { name, scope, expiresUtcMs = null } = c.req.valid("json");
    if (expiresUtcMs !== null && expiresUtcMs <= clock.nowMs()) throw new ProblemError(400, "expiresUtcMs has to be in the future.");
    const accountId = c.get("principal").accountId ?? "";
    const { token, secret } = await tokens.create({ accountId, name, scope, expiresUtcMs });
    const shown = presentToken(token, nameOf(accountId));
    return {
      status: 201,
      body: { ...shown, secret },
      audit: { action: "token.create", target: token.tokenId, before: null, after: shown },
    };
  });

  mount.change(routes.revokeTokenRoute, async (c) => {
    const { tokenId } = c.req.valid("param");
    const token = tokens.list().find((one) => one.tokenId === tokenId);
    if (token === undefined || !(await tokens.revoke(tokenId))) throw missing(`token ${tokenId}`);
    return {
      status: 204,
      body: null,
      audit: { action: "token.revoke", target: tokenId, before: presentToken(token, nameOf(token.accountId)), after: null },
    };
  });

  mount.read(routes.auditRoute, async (c) => {
    const { cursor, limit = DEFAULT_LIMIT } = c.req.valid("query");
    const before = cursor === undefined ? undefined : entryPlace(cursor);
    const found = await store.audit({ ...given({ before }), limit: limit + 1 });
    return pageOf(found, limit, presentAuditRecord, ({ entry }) => entryCursor(entry));
  });
}
