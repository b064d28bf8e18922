/**
 * Every error that the API answers is a problem detail (RFC 9457): what was expected, what came, and what to do next.
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Context, ErrorHandler, NotFoundHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";

export const problemSchema = z
  .strictObject({
    type: z.string().openapi({ description: "What kind of problem it is, for programs.", example: "urn:daisee:problem:not-found" }),
    title: z.string().openapi({ example: "Not Found" }),
    status: z.number().int().openapi({ example: 404 }),
    detail: z.string().openapi({ description: "What went wrong, and what to do next." }),
    errors: z
      .array(z.strictObject({ in: z.string(), name: z.string(), expected: z.string(), got: z.string() }))
      .optional()
      .openapi({ description: "The fields that were refused; what came is cut short, and left out where it may be secret." }),
  })
  .openapi("Problem");
export type Problem = z.infer<typeof problemSchema>;

/** Of each status that the API uses: the reason phrase (RFC 9110, 15), and the last part of the type when nothing closer is said. */
const STATUSES: Partial<Record<ContentfulStatusCode, [title: string, type: string]>> = {
  400: ["Bad Request", "invalid-request"],
  401: ["Unauthorized", "not-logged-in"],
  403: ["Forbidden", "not-allowed"],
  404: ["Not Found", "not-found"],
  405: ["Method Not Allowed", "method-not-allowed"],
  406: ["Not Acceptable", "not-acceptable"],
  409: ["Conflict", "conflict"],
  412: ["Precondition Failed", "changed-meanwhile"],
  413: ["Content Too Large", "too-large"],
  415: ["Unsupported Media Type", "unsupported-media-type"],
  421: ["Misdirected Request", "unknown-host"],
  428: ["Precondition Required", "if-match-required"],
  429: ["Too Many Requests", "too-many-attempts"],
  500: ["Internal Server Error", "internal"],
  503: ["Service Unavailable", "not-available"],
};

interface More {
  /** Closer than what the status says: the last part of the type. */
  type?: string;
  errors?: Problem["errors"];
  headers?: Record<string, string>;
}

/** Thrown by a handler to answer with a problem. */
export class ProblemError extends Error {
  readonly status: ContentfulStatusCode;
  readonly more: More;

  constructor(status: ContentfulStatusCode, detail: string, more: More = {}) {
    super(detail);
    this.name = "ProblemError";
    this.status = status;
    this.more = more;
  }
}

/** The answer to a request that failed. */
export function problemResponse(c: Context, status: ContentfulStatusCode, detail: string, more: More = {}): Response {
  const [title, type] = STATUSES[status] ?? ["Error", "error"];
  const problem: Problem = { type: `urn:daisee:problem:${more.type ?? type}`, title, status, detail };
  if (more.errors !== undefined) problem.errors = more.errors;
  return c.body(JSON.stringify(problem), status, { ...more.headers, "Content-Type": "application/problem+json" });
}

/** What a validation reports, as far as it is read here (hono's hook). */
interface Validation {
  target: string;
  success: boolean;
  data?: unknown;
  error?: { issues: readonly { path: readonly PropertyKey[]; message: string }[] };
}

const SECRET_FIELD = /password|secret|code/i;
const MOST_SHOWN = 80;

/** What came under a path, as JSON cut short. */
function show(data: unknown, path: readonly PropertyKey[]): string {
  if (path.some((name) => SECRET_FIELD.test(String(name)))) return "(not shown)";
  const value = path.reduce<unknown>(
    (inner, name) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, name) : undefined),
    data,
  );
  if (path.length === 0)
    return typeof value === "object" && value !== null ? `fields ${Object.keys(value).join(", ")}`.slice(0, MOST_SHOWN) : "something else";
  return value === undefined ? "nothing" : JSON.stringify(value).slice(0, MOST_SHOWN);
}

/** Answers a request whose query, path or body was refused, naming each field. */
export function onInvalid(result: Validation, c: Context): Response | undefined {
  if (result.success) return undefined;
  const errors = (result.error?.issues ?? []).map(({ path, message }) => ({
    in: result.target,
    name: path.map(String).join("."),
    expected: message,
    got: show(result.data, path),
  }));
  const fields = errors.map(({ name, expected }) => (name === "" ? expected : `${name}: ${expected}`)).join("; ");
  const what = result.target === "json" ? "body" : result.target;
  return problemResponse(c, 400, `The ${what} was refused: ${fields}. /api/docs describes what is accepted.`, { errors });
}

export const onNotFound: NotFoundHandler = (c) =>
  problemResponse(c, 404, `There is nothing at ${c.req.path}. /api/docs lists what there is.`);

export function onMethodNotAllowed(c: Context, methods: string[]): Response {
  const allow = methods.join(", ");
  // RFC 9110, 15.5.6: the answer names the methods that the resource has.
  return problemResponse(c, 405, `${c.req.path} is for ${allow} only.`, { headers: { Allow: allow } });
}

/** Where unexpected errors go; a pino logger is one. */
export interface ErrorLog {
  error(details: { err: unknown; path: string }, message: string): void;
}

/** Answers what a handler threw. What nobody expected is logged, and its text stays inside. */
export function createErrorHandler(log: ErrorLog): ErrorHandler {
  return (error, c) => {
    if (error instanceof ProblemError) return problemResponse(c, error.status, error.message, error.more);
    if (error instanceof HTTPException && error.status < 500) return problemResponse(c, 400, error.message);
    log.error({ err: error, path: c.req.path }, "request failed");
    return problemResponse(c, 500, "The gateway failed to answer; its log says why.");
  };
}
