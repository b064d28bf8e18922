/**
 * Routes that are not JSON: the live stream, boards' frames, the document itself.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { topicList } from "../schemas/stream.ts";
import { defineRoute, json, problem, refused, unavailable } from "./define.ts";

export const streamRoute = defineRoute({
  method: "get",
  path: "/stream",
  "x-access": "read",
  tags: ["live"],
  summary: "What happens, live (Server-Sent Events)",
  description:
    "Events: `reading` (Reading), `event` (BoardEvent), `command` (BoardCommand), `diagnostics` (Diagnostics), `batch` (Batch), " +
    "`chain` (Chain), `neighbours` (array of Neighbour), `order` (Order), `settlement` (Settlement), `clock` ({utcMs}, at least every " +
    "10 s) and `resync` ({}): load what you show, what follows goes on from there. " +
    "Send Last-Event-ID to go on after a break. The stream ends with the session or token that opened it.",
  request: { query: z.strictObject({ topics: topicList.optional() }) },
  responses: {
    200: { description: "The stream.", content: { "text/event-stream": { schema: z.string() } } },
    400: refused,
    503: problem("Too many streams are open."),
  },
});

export const framesRoute = defineRoute({
  method: "post",
  path: "/frames",
  "x-access": "board",
  tags: ["live"],
  summary: "A board's sealed frames, for links that have no UDP",
  description:
    "Each frame's seal shows which board made it, so there is no log-in. The answer has the sealed acknowledgements in the frames' order.",
  request: { body: { required: true, content: { "application/cbor-seq": { schema: z.string().openapi({ format: "binary" }) } } } },
  responses: {
    200: {
      description: "A sequence of sealed acknowledgements (RFC 8742).",
      content: { "application/cbor-seq": { schema: z.string().openapi({ format: "binary" }) } },
    },
    400: refused,
    503: unavailable,
  },
});

export const openapiRoute = defineRoute({
  method: "get",
  path: "/openapi.json",
  "x-access": "public",
  tags: ["live"],
  summary: "This document",
  responses: { 200: json(z.unknown(), "OpenAPI 3.1.") },
});
