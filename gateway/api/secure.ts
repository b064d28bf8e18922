/**
 * Headers by which a browser keeps what is here to itself: everything from this origin and nothing from another; no frame around it.
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { ApiEnv } from "./env.ts";

/** Those of an answer that is no page, as a plain object for the routes that are asked most; the middleware gives all others the same. */
export const SECURE_HEADERS = {
  "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/** @param images sources of images beside this origin. */
export function secure(images: string[] = []): MiddlewareHandler<ApiEnv> {
  const addHeaders = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      ...(images.length > 0 && { imgSrc: ["'self'", ...images] }),
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
      objectSrc: ["'none'"],
    },
    xFrameOptions: "DENY",
    // A gateway in a house may go back to plain HTTP, and is known by an address that another machine may have tomorrow.
    strictTransportSecurity: false,
    // For browsers that cannot show the dashboard anyway; each header costs time on every answer.
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  const done = async (): Promise<void> => undefined;
  return async function secureAnswer(c, next) {
    await next();
    if (c.get("isSecured") !== true) await addHeaders(c, done);
  };
}
