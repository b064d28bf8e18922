/**
 * What all route definitions share: who may ask, the forms of answers, the errors that each may have.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import type { RouteConfig, z } from "@hono/zod-openapi";
import { problemSchema } from "../problem.ts";

/**
 * Who may ask. `public`: anybody. `board`: a board, whose seals show which one it is. `person`: whoever is logged in, for what is their
 * own. The others are scopes, each with all before it: `read` looks, `control` moves relays and trades, `admin` changes who and what the
 * gateway knows.
 */
export const ACCESS = ["public", "board", "person", "read", "control", "admin"] as const;
export type Access = (typeof ACCESS)[number];

/** The OpenAPI security requirement of each; names are those of {@link SECURITY_SCHEMES}. */
const SECURITY: Record<Access, Record<string, string[]>[]> = {
  public: [],
  board: [],
  person: [{ session: [] }],
  read: [{ session: [] }, { token: ["read"] }],
  control: [{ session: [] }, { token: ["control"] }],
  admin: [{ session: [] }, { token: ["admin"] }],
};

/** Ways to log in, as the OpenAPI document names them. */
export const SECURITY_SCHEMES = {
  session: {
    type: "apiKey",
    in: "cookie",
    name: "daisee_session",
    description: "Set by `POST /session`; its name ends with the node's number.",
  },
  token: { type: "http", scheme: "bearer", description: "Made by `POST /tokens`, with one of the scopes read, control, admin." },
} as const;

/** An error's answer. Handlers throw it, so it is no part of their return types. */
export const problem = (description: string) => ({ description, content: { "application/problem+json": { schema: problemSchema } } });

export const refused = problem("What was sent was refused; `errors` names the fields, what was expected and what came.");
export const missing = problem("There is no such thing.");
export const unavailable = problem("This gateway does not have the part that would answer.");
export const conflict = problem("It contradicts what is there already.");
export const stale = problem("It changed since it was read (If-Match): read it again.");

const LOGGED_IN = { 401: problem("Nobody is logged in, or the token is unknown."), 403: problem("The account or token may not do this.") };

/** A JSON answer. */
export function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { "application/json": { schema } } };
}

/** An answer that comes as a table or a SenML pack too, by Accept. */
export function table<Schema extends z.ZodType>(schema: Schema, description: string) {
  return json(schema, `${description} Also as application/cbor, text/csv, application/senml+json and application/senml+cbor (RFC 8428).`);
}

/** A JSON body. */
export function body<Schema extends z.ZodType>(schema: Schema) {
  return { required: true as const, content: { "application/json": { schema } } };
}

/** Nothing to say but that it is done. */
export const done = (description: string) => ({ description });

/** A route with the access that it needs. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- P keeps the path's text in the type, as in createRoute.
export function defineRoute<P extends string, R extends Omit<RouteConfig, "path" | "security"> & { path: P; "x-access": Access }>(
  config: R,
) {
  const access = config["x-access"];
  const responses = SECURITY[access].length === 0 ? config.responses : { ...LOGGED_IN, ...config.responses };
  return createRoute<P, R>({ ...config, responses, security: SECURITY[access] });
}

/** What {@link defineRoute} makes. */
export type ApiRoute = RouteConfig & { "x-access": Access; getRoutingPath(): string };
