/**
 * Routes: batches, neighbours and the chain.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { batch, batchPage, batchQuery } from "../schemas/batches.ts";
import { chain, neighbourList } from "../schemas/chain.ts";
import { integerText } from "../schemas/fields.ts";
import { defineRoute, json, missing, refused } from "./define.ts";

const tags = ["chain"];

export const batchesRoute = defineRoute({
  method: "get",
  path: "/batches",
  "x-access": "read",
  tags,
  summary: "This home's batches, newest first",
  request: { query: batchQuery },
  responses: { 200: json(batchPage, "A page of batches."), 400: refused },
});

export const batchRoute = defineRoute({
  method: "get",
  path: "/batches/{number}",
  "x-access": "read",
  tags,
  summary: "One batch",
  request: { params: z.strictObject({ number: integerText(1, Number.MAX_SAFE_INTEGER, "The batch's number.") }) },
  responses: { 200: json(batch, "The batch."), 400: refused, 404: missing },
});

export const neighboursRoute = defineRoute({
  method: "get",
  path: "/neighbours",
  "x-access": "read",
  tags,
  summary: "The homes of the community as the chain's events tell it, this one included",
  responses: { 200: json(neighbourList, "Every home that wrote to the chain.") },
});

export const chainRoute = defineRoute({
  method: "get",
  path: "/chain",
  "x-access": "read",
  tags,
  summary: "The chain, and this home's writing to it",
  responses: { 200: json(chain, "Head, contracts and outbox.") },
});
