/**
 * Every error that the API answers is a problem detail (RFC 9457): what went wrong, and what to do next.
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Context, ErrorHandler, NotFoundHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";

export const problemSchema = z
  .strictObject({
    type: z.literal("about:blank").openapi({ description: "The title and status say it all (RFC 9457, 4.2.1)." }),
    title: z.string().openapi({ example: "Not Found" }),
    status: z.number().int().openapi({ example: 404 }),
    detail: z.string().openapi({ description: "What went wrong, and what to do next." }),
    errors: z
      .array(z.strictObject({ in: z.string(), name: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: "The fields that were refused." }),
  })
  .openapi("Problem");
export type Problem = z.infer<typeof problemSchema>;

/** RFC 9110, 15: the reason phrase of each status that the API uses. */
const TITLES: Partial<Record<ContentfulStatusCode, string>> = {
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  421: "Misdirected Request",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** Thrown by a handler to answer with a problem. */
export class ProblemError extends Error {
  readonly status: ContentfulStatusCode;
  readonly headers: Record<string, string>;

  constructor(status: ContentfulStatusCode, detail: string, headers: Record<string, string> = {}) {
    super(detail);
    this.name = "ProblemError";
    this.status = status;
    this.headers = headers;
  }
}

/** The answer to a request that failed. */
export function problemResponse(
  c: Context,
  status: ContentfulStatusCode,
  detail: string,
  more: { errors?: Problem["errors"]; headers?: Record<string, string> } = {},
): Response {
  const problem: Problem = { type: "about:blank", title: TITLES[status] ?? "Error", status, detail };
  if (more.errors !== undefined) problem.errors = more.errors;
  return c.body(JSON.stringify(problem), status, { ...more.headers, "Content-Type": "application/problem+json" });
}

/** What a validation reports, as far as it is read here (hono's hook). */
interface Validation {
  target: string;
  success: boolean;
  error?: { issues: readonly { path: readonly PropertyKey[]; message: string }[] };
}

/** Answers a request whose query or path was refused, naming each field. */
export function onInvalid(result: Validation, c: Context): Response | undefined {
  if (result.success) return undefined;
  const errors = (result.error?.issues ?? []).map(({ path, message }) => ({ in: result.target, name: path.map(String).join("."), message }));
  const fields = errors.map(({ name, message }) => (name === "" ? message : `${name}: ${message}`)).join("; ");
  return problemResponse(c, 400, `The ${result.target} was refused: ${fields}. /api/v1/openapi.json describes what is accepted.`, { errors });
}

export const onNotFound: NotFoundHandler = (c) =>
  problemResponse(c, 404, `There is nothing at ${c.req.path}. /api/v1/openapi.json lists what there is.`);

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
    if (error instanceof ProblemError) return problemResponse(c, error.status, error.message, { headers: error.headers });
    if (error instanceof HTTPException && error.status < 500) return problemResponse(c, 400, error.message);
    log.error({ err: error, path: c.req.path }, "request failed");
    return problemResponse(c, 500, "The gateway failed to answer; its log says why.");
  };
}
