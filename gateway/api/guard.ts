/**
 * Who may pass: finds out who asks, holds that against what the route needs, and refuses what another site made a browser send.
 * @module
 */
import type { MiddlewareHandler } from "hono";
import type { Access } from "#gateway/auth/access.ts";
import { includes } from "#gateway/auth/principal.ts";
import type { Principal } from "#gateway/auth/principal.ts";
import type { SessionCookie } from "./cookie.ts";
import { headerOf, originOf } from "./env.ts";
import type { ApiContext, ApiEnv, Transport } from "./env.ts";
import { ProblemError } from "./problem.ts";
import type { Access as RouteAccess } from "./routes/define.ts";

/** A header that no page of another site can send without being asked for by CORS, which is never granted. */
export const CLIENT_HEADER = "X-Daisee-Client";

const SAFE_METHODS = new Set(["GET", "HEAD"]);

/** RFC 6750, 2.1. */
function bearerOf(c: ApiContext): string | undefined {
  const header = headerOf(c, "authorization");
  if (header === undefined) return undefined;
  const [, secret] = /^Bearer ([\w.~+/=-]{1,200})$/i.exec(header) ?? [];
  if (secret === undefined) throw unauthorized("The Authorization header is not of the form “Bearer <token>”.");
  return secret;
}

function unauthorized(detail: string): ProblemError {
  return new ProblemError(401, detail, { headers: { "WWW-Authenticate": 'Bearer realm="daisee"' } });
}

/** A request that a browser sends with its cookie has to come from a page of this gateway. */
function checkSameSite(c: ApiContext): void {
  const origin = c.req.header("origin");
  const own = c.req.header("host") ?? new URL(c.req.url).host;
  // The port counts: cookies do not know it, so another program on this machine would get ours.
  const isForeign = origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === own.toLowerCase());
  if (isForeign || c.req.header(CLIENT_HEADER) === undefined) {
    const why = "so that no other site can make a browser send them. Programs use a token.";
    throw new ProblemError(403, `Changes need the header ${CLIENT_HEADER} and no foreign Origin, ${why}`, { type: "cross-site" });
  }
}

function checkScope(principal: Principal, needed: RouteAccess, isDemo: boolean): void {
  if (needed === "public" || needed === "board") return;
  const isPerson = principal.sessionId !== null;
  if (needed === "person" ? isPerson : includes(principal.scope, needed)) return;
  if (principal.accountId !== null) {
    const detail =
      needed === "person"
        ? "This is for people who are logged in, not for tokens."
        : `${principal.name} may not do this: it takes the scope ${needed}.`;
    throw new ProblemError(403, `${detail} Ask an owner of the household.`);
  }
  if (isDemo && needed !== "person") {
    throw new ProblemError(403, "This is a demo: without a log-in everything can be looked at and nothing changed. Log in to change it.", {
      type: "demo-read-only",
    });
  }
  throw unauthorized("Nobody is logged in: log in, or send a token.");
}

/** A middleware for each access that a route can need. It sets the principal. */
export function createGuard(options: { access: Access; cookie: SessionCookie; transport: Transport }) {
  const { access, cookie, transport } = options;
  const isDemo = access.mode === "demo";

  return (needed: RouteAccess): MiddlewareHandler<ApiEnv> =>
    async function guard(c, next) {
      const bearer = bearerOf(c);
      const credentials = { bearer, cookie: bearer === undefined ? cookie.read(c) : undefined };
      const principal = access.identify(credentials);
      if (principal === null) throw unauthorized("The token is unknown, was revoked, or has expired: make a new one.");
      checkScope(principal, needed, isDemo);
      // A program that shows a token sends nothing that a browser would add by itself; neither does a board.
      if (!SAFE_METHODS.has(c.req.method) && bearer === undefined && needed !== "board") checkSameSite(c);
      c.set("principal", principal);
      if (principal.accountId === null) return next();
      const secret = await access.use(principal, credentials, originOf(c, transport));
      await next();
      // Behind the handler: what it answers with may be made without hono's context.
      if (secret !== null) cookie.write(c, secret);
      return undefined;
    };
}
