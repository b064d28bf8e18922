/**
 * A client whose paths, parameters and answers are those of `routes/`. Runs in browsers and in Node.
 * @module
 */
import type { RouteConfig, RouteConfigToTypedResponse, RouteHandler } from "@hono/zod-openapi";
import type { Context, Env, Hono, ToSchema } from "hono";
import { hc } from "hono/client";
import type { MergePath } from "hono/types";
import type * as routes from "./routes/index.ts";

/** What a route takes, as its handler sees it. */
// oxlint-disable-next-line typescript/no-explicit-any -- a Context is invariant in its first two parameters; only the third is wanted.
type InputOf<R extends RouteConfig> = Parameters<RouteHandler<R>>[0] extends Context<any, any, infer Input> ? Input : never;

/** One route as hono's client reads it. */
type SchemaOf<R> = R extends RouteConfig & { getRoutingPath(): infer Path extends string }
  ? ToSchema<R["method"], MergePath<"/", Path>, InputOf<R>, RouteConfigToTypedResponse<R>>
  : never;

type Together<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void ? All : never;

/** All routes. */
type ApiSchema = Together<SchemaOf<(typeof routes)[keyof typeof routes]>>;

export interface ClientOptions {
  /** Of a program; a browser has its session's cookie. */
  token?: string;
  /** Goes to the network; default: the global one. */
  fetch?: typeof fetch;
}

/**
 * What the gateway asks of a change that a browser sends with its cookie: a page of another site could not add it (`guard.ts`).
 */
const CLIENT = { "X-Daisee-Client": "client" };

/** @param origin the gateway's, like "http://127.0.0.1:8080"; "" in a page that it serves. */
export function createClient(origin = "", options: ClientOptions = {}) {
  const { token, fetch } = options;
  const headers: Record<string, string> = token === undefined ? CLIENT : { ...CLIENT, Authorization: `Bearer ${token}` };
  return hc<Hono<Env, ApiSchema>>(`${origin}/api/v1`, { headers, ...(fetch !== undefined && { fetch }) });
}

export type Client = ReturnType<typeof createClient>;

/**
 * A `fetch` that keeps the session's cookie as a browser does, for a program in Node whose user logs in by name and password:
 * `createClient(origin, { fetch: withCookie() })`, then `client.session.$post(…)`. For one origin only.
 */
export function withCookie(inner: typeof fetch = fetch): typeof fetch {
  const cookies = new Map<string, string>();
  return async function fetchWithCookie(input, init) {
    const headers = new Headers(init?.headers);
    if (cookies.size > 0) headers.set("Cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await inner(input, { ...init, headers });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=;]+)=([^;]*)/.exec(cookie) ?? [];
      if (name === undefined || value === undefined) continue;
      if (value === "" || /max-age=0(;|$)/i.test(cookie)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
}

/** The body of an answer; throws on a problem or when nothing answers. */
export { parseResponse as bodyOf } from "hono/client";
