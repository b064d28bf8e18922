/**
 * Who asks: a session's cookie, or a POST with login and password, held against the gateway's own accounts and their lock-out.
 * @module
 */
import { createHmac, randomBytes } from "node:crypto";
import type { SessionCookie } from "#gateway/api/cookie.ts";
import { originOf } from "#gateway/api/env.ts";
import type { ApiContext, Transport } from "#gateway/api/env.ts";
import type { Access } from "#gateway/auth/access.ts";
import { BusyError } from "#gateway/auth/passwords.ts";
import { includes } from "#gateway/auth/principal.ts";

/** Programs whose session is kept, so that one that asks every 8 s neither opens one each time nor costs 20 ms of hashing. */
const MOST_KEPT = 64;
const MAX_BODY_CHARS = 2048;

interface Credentials {
  login: string;
  password: string;
}

/** The form's fields. DAISEE's programs label a form as JSON, others send JSON: what it is shows from its first character. */
export function credentialsOf(body: string): Credentials | null {
  if (body.length > MAX_BODY_CHARS) return null;
  let fields: Record<string, unknown> = Object.fromEntries(new URLSearchParams(body));
  if (body.trimStart().startsWith("{")) {
    try {
      fields = Object(JSON.parse(body));
    } catch {
      return null;
    }
  }
  const { login, password } = fields;
  return typeof login === "string" && typeof password === "string" ? { login, password } : null;
}

/** Gives what tells whether a request may read. */
export function createDoor(options: { access: Access; cookie: SessionCookie; transport: Transport }): (c: ApiContext) => Promise<boolean> {
  const { access, cookie, transport } = options;
  /** Session secrets by a digest of login and password that nobody else can make. */
  const kept = new Map<string, string>();
  const digestKey = randomBytes(32);

  async function isSession(secret: string, c: ApiContext): Promise<string | null> {
    const credentials = { cookie: secret, bearer: undefined };
    const principal = access.identify(credentials);
    if (principal === null || principal.sessionId === null || !includes(principal.scope, "read")) return null;
    return (await access.use(principal, credentials, originOf(c, transport))) ?? secret;
  }

  async function isLogin({ login, password }: Credentials, c: ApiContext): Promise<boolean> {
    const digest = createHmac("sha256", digestKey).update(JSON.stringify([login, password])).digest("base64");
    const secret = kept.get(digest);
    // Replaced when it is time, and gone when the session was ended or the password changed.
    const still = secret === undefined ? null : await isSession(secret, c);
    kept.delete(digest);
    if (still !== null) {
      kept.set(digest, still);
      return true;
    }
    const result = await access.logIn(login, password, originOf(c, transport));
    if (result.kind !== "in") return false;
    kept.set(digest, result.secret);
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    return true;
  }

  return async function mayRead(c) {
    const own = cookie.read(c);
    if (own !== undefined) {
      const secret = await isSession(own, c);
      if (secret !== null && secret !== own) cookie.write(c, secret);
      if (secret !== null) return true;
    }
    const credentials = c.req.method === "POST" ? credentialsOf(await c.req.text()) : null;
    if (credentials === null) return false;
    try {
      return await isLogin(credentials, c);
    } catch (error) {
      if (error instanceof BusyError) return false;
      throw error;
    }
  };
}
