/**
 * The cookie of a session: not for scripts, not for other sites, not without TLS where there is TLS.
 * @module
 */
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { isSecure } from "./env.ts";
import type { ApiContext, Transport } from "./env.ts";

/** Browsers keep none for longer than 400 days; the session itself ends by its own rules. */
const MAX_AGE_SECONDS = 90 * 24 * 3600;

export interface SessionCookie {
  read(c: ApiContext): string | undefined;
  write(c: ApiContext, secret: string): void;
  clear(c: ApiContext): void;
}

/** @param node number of the home: cookies know no ports, and a village has two homes on one machine. */
export function createSessionCookie(node: number, transport: Transport): SessionCookie {
  const plain = `daisee_session_${node}`;
  /** RFC 6265bis, 4.1.3.2: the prefix keeps a cookie without `Secure`, or of another path or domain, from standing in. */
  const nameOf = (c: ApiContext): string => (isSecure(c, transport) ? `__Host-${plain}` : plain);
  const optionsOf = (c: ApiContext) => ({ httpOnly: true, sameSite: "Strict", secure: isSecure(c, transport), path: "/" }) as const;
  return {
    read: (c) => getCookie(c, nameOf(c)),
    write: (c, secret) => setCookie(c, nameOf(c), secret, { ...optionsOf(c), maxAge: MAX_AGE_SECONDS }),
    clear: (c) => void deleteCookie(c, nameOf(c), optionsOf(c)),
  };
}
