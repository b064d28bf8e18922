/**
 * Puts a route and its handler together: the guard before it, the body's form behind it, the audit log after every change.
 * A route without a declared access cannot be mounted.
 * @module
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { RouteConfig, RouteHandler, z } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Audit, Change } from "#gateway/auth/audit.ts";
import type { ApiContext, ApiEnv, Transport } from "./env.ts";
import { originOf } from "./env.ts";
import { answer, prepare } from "./formats/answer.ts";
import type { Prepared, Tabular } from "./formats/answer.ts";
import type { Once } from "./idempotency.ts";
import { onInvalid, ProblemError, problemResponse } from "./problem.ts";
import { ACCESS } from "./routes/define.ts";
import type { Access, ApiRoute } from "./routes/define.ts";

/** Longest body of a request; the longest one that makes sense is a tariff. */
const MAX_BODY_BYTES = 65_536;
/** Longest sequence of frames: a board's backlog of a day. */
const MAX_FRAMES_BYTES = 1_048_576;

/** Longest imported file: some years of days, or half a year of quarter-hours. */
const MAX_CSV_BYTES = 4_194_304;

/** What the handler of a route gets: parameters, query and body as its schemas made them. */
// oxlint-disable-next-line typescript/no-explicit-any -- a Context is invariant in its first two parameters; the third is wanted.
type InputOf<R extends RouteConfig> = Parameters<RouteHandler<R>>[0] extends Context<any, any, infer Input> ? Input : never;
export type RouteContext<R extends RouteConfig> = Context<ApiEnv, R["path"], InputOf<R>>;

type JsonOf<R extends RouteConfig, Status extends number> =
  R["responses"] extends Record<Status, { content: { "application/json": { schema: infer Schema extends z.ZodType } } }>
    ? z.infer<Schema>
    : never;

/** What a change answers, and what the log keeps of it. Null: there is nothing to keep. */
interface Changed<Status extends number, Body> {
  status: Status;
  body: Body;
  audit: Change | null;
  headers?: Record<string, string>;
}

type ChangeOf<R extends RouteConfig> =
  Changed<200, JsonOf<R, 200>> | Changed<201, JsonOf<R, 201>> | Changed<202, JsonOf<R, 202>> | Changed<204, null>;

export interface Mount {
  /** A read: the handler gives the body, or one that it has prepared. */
  read<R extends ApiRoute>(
    route: R,
    handler: (c: RouteContext<R>) => Promise<JsonOf<R, 200> | Prepared<JsonOf<R, 200>>> | JsonOf<R, 200> | Prepared<JsonOf<R, 200>>,
    table?: Tabular<JsonOf<R, 200>>,
  ): void;
  /** A change: the handler does it and says what it was. A POST with an Idempotency-Key is done once. */
  change<R extends ApiRoute>(route: R, handler: (c: RouteContext<R>) => Promise<ChangeOf<R>>): void;
  /** Anything else: the handler answers by itself. */
  raw<R extends ApiRoute>(route: R, handler: (c: RouteContext<R>) => Response | Promise<Response>): void;
}

/** bodyLimit reads the body through, which costs more than all else: where the length is announced, Node itself holds the sender to it. */
function limitBody(maxSize: number): MiddlewareHandler {
  const unannounced = bodyLimit({ maxSize, onError: (c) => problemResponse(c, 413, `The body is longer than ${maxSize} bytes.`) });
  return async function checkLength(c, next) {
    const length = c.req.header("content-length");
    if (length === undefined || c.req.header("transfer-encoding") !== undefined) return unannounced(c, next);
    if (Number(length) > maxSize) return problemResponse(c, 413, `The body has ${length} bytes; ${maxSize} are accepted.`);
    return next();
  };
}

const limitJson = limitBody(MAX_BODY_BYTES);
const limitFrames = limitBody(MAX_FRAMES_BYTES);
const limitCsv = limitBody(MAX_CSV_BYTES);

/** zod-openapi takes a body of another type for no body at all. */
const jsonOnly: MiddlewareHandler = async function jsonOnly(c, next) {
  const type = c.req.header("content-type");
  if (/^application\/json\s*(;|$)/i.test(type ?? "")) return next();
  throw new ProblemError(
    415,
    `The body has to be application/json; ${type === undefined ? "no Content-Type came" : `${type.slice(0, 80)} came`}.`,
  );
};

function middlewareOf(route: ApiRoute, guard: MiddlewareHandler<ApiEnv>): MiddlewareHandler[] {
  const isRead = route.method === "get";
  const takesJson = route.request?.body?.content["application/json"] !== undefined;
  // What the guard needs is in its own types; hono's list of middleware has none.
  const takesCsv = route.request?.body?.content["text/csv"] !== undefined;
  const limit = route["x-access"] === "board" ? limitFrames : takesCsv ? limitCsv : limitJson;
  return [guard as MiddlewareHandler, ...(isRead ? [] : [limit]), ...(takesJson ? [jsonOnly] : [])];
}

const isPrepared = (value: unknown): value is Prepared<never> =>
  typeof value === "object" && value !== null && "json" in value && "tag" in value && "body" in value;

/** An application, and what mounts routes in it. */
export function createMount(options: {
  guard: (needed: Access) => MiddlewareHandler<ApiEnv>;
  audit: Audit;
  once: Once;
  transport: Transport;
}): { api: OpenAPIHono<ApiEnv>; mount: Mount } {
  const { guard, audit, once, transport } = options;
  const api = new OpenAPIHono<ApiEnv>({ defaultHook: onInvalid });

  function add<R extends ApiRoute>(route: R, handler: (c: RouteContext<R>) => Response | Promise<Response>): void {
    const access = route["x-access"];
    if (!ACCESS.includes(access)) throw new Error(`${route.method} ${route.path} declares no access`);
    // The route's own types are those of the handler; zod-openapi would want each status' response typed.
    const untyped: RouteConfig = { ...route, middleware: middlewareOf(route, guard(access)) };
    api.openapi(untyped, handler);
  }

  async function finish(c: ApiContext, { status, body, audit: change, headers }: Changed<number, unknown>): Promise<Response> {
    if (change !== null) await audit.write(c.get("principal").name, originOf(c, transport).address, change);
    if (status === 204) return c.body(null, 204, headers ?? {});
    const { json, tag } = prepare(body);
    // The tag of a resource that was replaced is the one that GET gives; that of anything else would match nothing.
    const etag = status === 200 ? { ETag: `"${tag}"` } : {};
    return c.body(json, status as 200, { ...headers, ...etag, "Content-Type": "application/json", "Cache-Control": "no-store" });
  }

  const mount: Mount = {
    read(route, handler, table) {
      add(route, async (c) => {
        const result = await handler(c);
        // A handler gives a body or a prepared one of the same type; TypeScript cannot tell them apart in a generic.
        const prepared = (isPrepared(result) ? result : prepare(result)) as Prepared<JsonOf<typeof route, 200>>;
        return answer(c as unknown as ApiContext, prepared, table);
      });
    },
    change(route, handler) {
      add(route, async (c) => {
        // The same context, without the route's own types.
        const plain = c as unknown as ApiContext;
        const work = async (): Promise<Response> => finish(plain, await handler(c));
        const key = c.req.header("idempotency-key");
        if (key === undefined || route.method !== "post") return work();
        const { accountId, tokenId } = plain.get("principal");
        if (accountId === null) return work();
        return once({ owner: tokenId ?? accountId, key, request: `${c.req.path} ${await c.req.text()}` }, work);
      });
    },
    raw: add,
  };
  return { api, mount };
}
