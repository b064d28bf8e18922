/**
 * Refuses requests that were not addressed to this gateway by a name it knows. A foreign page that points its own name at 127.0.0.1
 * (DNS rebinding) would otherwise read the home's data through the visitor's browser.
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { headerOf } from "./env.ts";
import { problemResponse } from "./problem.ts";

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];

/** The host without its port, lower case; null when there is none. */
function hostName(host: string): string | null {
  return /^(\[[0-9a-f:.]+\]|[^:@/?#\\\s]+)(?::\d{1,5})?$/i.exec(host)?.[1]?.toLowerCase() ?? null;
}

/** @param allowedHosts names beside the loopback's, as in the Host header, without a port. */
export function hostCheck(allowedHosts: readonly string[] = []): MiddlewareHandler {
  const allowed = new Set([...LOOPBACK_NAMES, ...allowedHosts.map((host) => host.toLowerCase())]);
  return async function checkHost(c, next) {
    const name = hostName(headerOf(c, "host") ?? new URL(c.req.url).host);
    if (name !== null && allowed.has(name)) return next();
    return problemResponse(c, 421, "This gateway answers to localhost and to the names in its settings; open it by one of those.");
  };
}
