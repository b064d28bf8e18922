/**
 * Handlers: the live stream, boards' frames, the OpenAPI document.
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ApiEnv } from "../env.ts";
import { prepare } from "../formats/answer.ts";
import type { Prepared } from "../formats/answer.ts";
import type { Mount } from "../mount.ts";
import { available } from "../ports.ts";
import { ProblemError } from "../problem.ts";
import * as routes from "../routes/wire.ts";
import { SECURITY_SCHEMES } from "../routes/define.ts";
import { createStream } from "../stream.ts";
import type { Parts } from "./parts.ts";

/** Heartbeat of the live stream, ms of real time. */
const HEARTBEAT_MS = 5000;

const DESCRIPTION = {
  openapi: "3.1.0",
  info: {
    title: "DAISEE gateway",
    version: "1",
    description:
      "What a home's boards measured, what they are asked to do, and what was settled on the neighbours' chain. " +
      "Errors are problem details (RFC 9457). " +
      "Units are in the fields' names: Ma, Mv, Mw, Mwh, Permille, UtcMs, Micro (millionths of the currency). " +
      "Reads answer as JSON or CBOR, readings and series as CSV and SenML too, by Accept. " +
      "A change that replaces something takes If-Match; a POST takes an Idempotency-Key, and is done once. " +
      "Pages of other sites are kept out by the header X-Daisee-Client, which changes need unless they show a token.",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
  servers: [{ url: "/api/v1" }],
};

export function mountWire(mount: Mount, parts: Parts, api: OpenAPIHono<ApiEnv>): void {
  const { access } = parts;
  const stream = createStream({ ...parts, heartbeatMs: HEARTBEAT_MS });

  mount.raw(routes.streamRoute, (c) => {
    const principal = c.get("principal");
    return stream(c, { topics: c.req.valid("query").topics, isValid: () => access.isValid(principal) });
  });

  mount.raw(routes.framesRoute, async (c) => {
    const type = c.req.header("content-type");
    if (type !== "application/cbor-seq")
      throw new ProblemError(415, `Frames come as application/cbor-seq; ${type?.slice(0, 80) ?? "no Content-Type"} came.`);
    const frames = available(parts.frames, "way to take frames over HTTP");
    const { status, contentType, body, retryAfterSeconds } = await frames.acceptSequence(new Uint8Array(await c.req.arrayBuffer()));
    if (status === 400 || status === 413) throw new ProblemError(status, `${new TextDecoder().decode(body)}.`);
    const retry = retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) };
    return c.body(body, status, { "Content-Type": contentType, ...retry });
  });

  let document: Prepared<unknown> | undefined;
  for (const [name, scheme] of Object.entries(SECURITY_SCHEMES)) api.openAPIRegistry.registerComponent("securitySchemes", name, scheme);
  // Made when it is asked for: then every route has been mounted.
  mount.read(routes.openapiRoute, () => (document ??= prepare(api.getOpenAPI31Document(DESCRIPTION))));
}
