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

/** @param origin the gateway's, like "http://127.0.0.1:8080"; "" in a page that it serves. */
export function createClient(origin = "") {
  return hc<Hono<Env, ApiSchema>>(`${origin}/api/v1`);
}

export type Client = ReturnType<typeof createClient>;

/** The body of an answer; throws on a problem or when nothing answers. */
export { parseResponse as bodyOf } from "hono/client";
