/**
 * Every route of the API: its path, what it accepts and what it answers. Validation, the OpenAPI document and the client's types
 * all come from here.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { problemSchema } from "./problem.ts";
import { batch, batchPage, batchQuery, readingProof } from "./schemas/batches.ts";
import { chain, neighbourList } from "./schemas/chain.ts";
import { boardId, integerText, recordId } from "./schemas/fields.ts";
import { health } from "./schemas/health.ts";
import { board, boardList, meterList, node } from "./schemas/node.ts";
import { eventList, eventQuery, reading, readingPage, readingQuery } from "./schemas/records.ts";

function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { "application/json": { schema } } };
}

/** An error's answer. Handlers throw it, so it is no part of their return types. */
const problem = (description: string) => ({ description, content: { "application/problem+json": { schema: problemSchema } } });

const refused = problem("The query or path was refused; `errors` names the fields.");
const missing = problem("There is no such thing.");

export const nodeRoute = createRoute({
  method: "get",
  path: "/node",
  summary: "This home",
  responses: { 200: json(node, "The home and its gateway's clock.") },
});

export const boardsRoute = createRoute({
  method: "get",
  path: "/boards",
  summary: "The boards, each with its state now",
  responses: { 200: json(boardList, "Every admitted board.") },
});

export const boardRoute = createRoute({
  method: "get",
  path: "/boards/{boardId}",
  summary: "One board",
  request: { params: z.strictObject({ boardId }) },
  responses: { 200: json(board, "The board."), 400: refused, 404: missing },
});

export const metersRoute = createRoute({
  method: "get",
  path: "/meters",
  summary: "The meters of all boards, each with its newest reading",
  responses: { 200: json(meterList, "Every meter.") },
});

export const readingsRoute = createRoute({
  method: "get",
  path: "/readings",
  summary: "Readings, oldest first",
  request: { query: readingQuery },
  responses: { 200: json(readingPage, "A page of readings."), 400: refused },
});

export const readingRoute = createRoute({
  method: "get",
  path: "/readings/{readingId}",
  summary: "One reading",
  request: { params: z.strictObject({ readingId: recordId }) },
  responses: { 200: json(reading, "The reading."), 400: refused, 404: missing },
});

export const proofRoute = createRoute({
  method: "get",
  path: "/readings/{readingId}/proof",
  summary: "The proof that a reading is part of its batch on the chain",
  request: { params: z.strictObject({ readingId: recordId }) },
  responses: { 200: json(readingProof, "Leaf, Merkle path and transaction."), 400: refused, 404: missing },
});

export const eventsRoute = createRoute({
  method: "get",
  path: "/events",
  summary: "Changes of source and why, newest first",
  request: { query: eventQuery },
  responses: { 200: json(eventList, "The newest events."), 400: refused },
});

export const batchesRoute = createRoute({
  method: "get",
  path: "/batches",
  summary: "This home's batches, newest first",
  request: { query: batchQuery },
  responses: { 200: json(batchPage, "A page of batches."), 400: refused },
});

export const batchRoute = createRoute({
  method: "get",
  path: "/batches/{number}",
  summary: "One batch",
  request: { params: z.strictObject({ number: integerText(1, Number.MAX_SAFE_INTEGER, "The batch's number.") }) },
  responses: { 200: json(batch, "The batch."), 400: refused, 404: missing },
});

export const neighboursRoute = createRoute({
  method: "get",
  path: "/neighbours",
  summary: "The homes of the community as the chain's events tell it, this one included",
  responses: { 200: json(neighbourList, "Every home that wrote to the chain.") },
});

export const chainRoute = createRoute({
  method: "get",
  path: "/chain",
  summary: "The chain, and this home's writing to it",
  responses: { 200: json(chain, "Head, contracts and outbox.") },
});

export const healthRoute = createRoute({
  method: "get",
  path: "/health",
  summary: "Whether each part of the gateway does its work",
  responses: {
    200: json(health, "It works, if degraded."),
    503: json(health, "Nothing can be stored."),
  },
});

export const streamRoute = createRoute({
  method: "get",
  path: "/stream",
  summary: "What happens, live (Server-Sent Events)",
  description:
    "Events: `reading` (Reading), `event` (BoardEvent), `batch` (Batch), `chain` (Chain), `neighbours` (array of Neighbour), " +
    "`clock` ({utcMs}, at least every 10 s) and `resync` ({}): load what you show, what follows goes on from there. " +
    "Send Last-Event-ID to go on after a break.",
  responses: {
    200: { description: "The stream.", content: { "text/event-stream": { schema: z.string() } } },
    503: problem("Too many streams are open."),
  },
});

export const openapiRoute = createRoute({
  method: "get",
  path: "/openapi.json",
  summary: "This document",
  responses: { 200: json(z.unknown(), "OpenAPI 3.1.") },
});
