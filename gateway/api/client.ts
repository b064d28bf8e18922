/**
 * A client whose paths, parameters and answers are those of `routes.ts`. Runs in browsers and in Node.
 * @module
 */
import { hc } from "hono/client";
import type { Api } from "./api.ts";

/** @param origin the gateway's, like "http://127.0.0.1:8080"; "" in a page that it serves. */
export function createClient(origin = "") {
  return hc<Api>(`${origin}/api/v1`);
}

export type Client = ReturnType<typeof createClient>;

/** The body of an answer; throws on a problem or when nothing answers. */
export { parseResponse as bodyOf } from "hono/client";
