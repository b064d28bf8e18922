/**
 * Routes: readings, series and events.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { readingProof } from "../schemas/batches.ts";
import { recordId } from "../schemas/fields.ts";
import { eventPage, eventQuery, latestReadings, reading, readingPage, readingQuery } from "../schemas/records.ts";
import { series, seriesQuery } from "../schemas/series.ts";
import { defineRoute, json, missing, refused, table } from "./define.ts";

const tags = ["readings"];
const params = z.strictObject({ readingId: recordId });

export const readingsRoute = defineRoute({
  method: "get",
  path: "/readings",
  "x-access": "read",
  tags,
  summary: "Readings, oldest first",
  request: { query: readingQuery },
  responses: { 200: table(readingPage, "A page of readings."), 400: refused },
});

export const latestRoute = defineRoute({
  method: "get",
  path: "/latest",
  "x-access": "read",
  tags,
  summary: "The newest reading of each meter",
  responses: { 200: table(latestReadings, "By board and meter.") },
});

export const readingRoute = defineRoute({
  method: "get",
  path: "/readings/{readingId}",
  "x-access": "read",
  tags,
  summary: "One reading",
  request: { params },
  responses: { 200: json(reading, "The reading."), 400: refused, 404: missing },
});

export const proofRoute = defineRoute({
  method: "get",
  path: "/readings/{readingId}/proof",
  "x-access": "read",
  tags,
  summary: "The proof that a reading is part of its batch on the chain",
  request: { params },
  responses: { 200: json(readingProof, "Leaf, Merkle path and transaction."), 400: refused, 404: missing },
});

export const seriesRoute = defineRoute({
  method: "get",
  path: "/series",
  "x-access": "read",
  tags,
  summary: "A meter's readings by minute, quarter-hour or day, gaps as gaps",
  request: { query: seriesQuery },
  responses: { 200: table(series, "One point per step."), 400: refused, 404: missing },
});

export const eventsRoute = defineRoute({
  method: "get",
  path: "/events",
  "x-access": "read",
  tags,
  summary: "Changes of source and why, newest first",
  request: { query: eventQuery },
  responses: { 200: json(eventPage, "A page of events."), 400: refused },
});
