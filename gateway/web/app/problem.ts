/**
 * What went wrong with a request, in words for whoever asked. Pure.
 * @module
 */
import type { Problem } from "#gateway/api/problem.ts";
import { texts } from "./texts.ts";

/** The HTTP status of a failed request; null when nothing answered. */
export function statusOf(error: unknown): number | null {
  return error instanceof Error && "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : null;
}

/** The problem details (RFC 9457) that a failed request of the client carries; null without any. */
export function problemOf(error: unknown): Problem | null {
  if (statusOf(error) === null || !(error instanceof Error) || !("detail" in error)) return null;
  // hono's DetailedError keeps the body in `detail.data`; the gateway's API answers every error in this one shape.
  const { data } = error.detail as { data?: Problem };
  return typeof data?.detail === "string" ? data : null;
}

/** One or two sentences: what went wrong and what to do. */
export function explain(error: unknown): string {
  const problem = problemOf(error);
  if (problem !== null) {
    const fields = problem.errors?.map(({ name, expected }) => `${name}: ${expected}`).join("; ");
    return fields === undefined || fields === "" ? problem.detail : `${problem.detail} (${fields})`;
  }
  const status = statusOf(error);
  return status === null ? texts.common.unreachable : texts.common.failed(status);
}
