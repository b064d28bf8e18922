/**
 * What travels with a request through the application.
 * @module
 */
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { Principal } from "#gateway/auth/principal.ts";

export interface ApiEnv {
  /** Missing when a test asks without a socket. */
  Bindings: Partial<HttpBindings>;
  Variables: {
    principal: Principal;
    /** The answer has its security headers already (secure.ts). */
    isSecured?: boolean;
  };
}

export type ApiContext = Context<ApiEnv>;

/** How people reach the gateway, as far as it matters to who they are. */
export interface Transport {
  /** It speaks TLS itself. */
  isTls: boolean;
  /** A reverse proxy on this machine passes on who asks, in X-Forwarded-For and X-Forwarded-Proto. */
  hasProxy: boolean;
}

/**
 * A request's header. Node has parsed them already; hono would first make a Headers of all of them, which takes longer than to answer.
 * @param name in lower case.
 */
export function headerOf(c: Context, name: string): string | undefined {
  // Without a socket (tests) there is no environment.
  const incoming = (c.env as Partial<HttpBindings> | undefined)?.incoming;
  const value = incoming?.headers === undefined ? c.req.header(name) : incoming.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/** The peer's address; null without a socket. */
function peerOf(c: ApiContext): string | null {
  return c.env?.incoming?.socket.remoteAddress ?? null;
}

/** Whether the request came by the reverse proxy: nobody but this machine is believed to be it. */
function isByProxy(c: ApiContext, transport: Transport): boolean {
  return transport.hasProxy && LOOPBACK.test(peerOf(c) ?? "");
}

/** Where a request came from. */
export function originOf(c: ApiContext, transport: Transport): { address: string; client: string } {
  // The proxy writes the last entry; those before it are whatever the client said.
  const forwarded = isByProxy(c, transport) ? c.req.header("x-forwarded-for")?.split(",").at(-1)?.trim() : undefined;
  return { address: (forwarded ?? peerOf(c) ?? "unknown").slice(0, 64), client: (c.req.header("user-agent") ?? "").slice(0, 120) };
}

/** Whether the browser's connection is encrypted. */
export function isSecure(c: ApiContext, transport: Transport): boolean {
  return transport.isTls || (isByProxy(c, transport) && c.req.header("x-forwarded-proto") === "https");
}
