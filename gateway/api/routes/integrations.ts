/**
 * Routes: other systems in the house, and energy that no board of ours metered.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { publicId } from "../schemas/access.ts";
import { integerText, page, pageQuery } from "../schemas/fields.ts";
import {
  externalInterval,
  externalSeriesList,
  externalSteps,
  externalStepsQuery,
  importQuery,
  importReport,
  integrationList,
  manualAnswer,
  manualEntry,
} from "../schemas/integrations.ts";
import { body, conflict, defineRoute, done, json, missing, refused, unavailable } from "./define.ts";

const tags = ["integrations"];
const params = z.strictObject({ seriesId: publicId });
const utcMsText = (description: string) => integerText(0, Number.MAX_SAFE_INTEGER, description).optional();

export const integrationsRoute = defineRoute({
  method: "get",
  path: "/integrations",
  "x-access": "read",
  tags,
  summary: "Other systems in the house, and how each connection stands",
  responses: { 200: json(integrationList, "All of them, those that are off too.") },
});

export const externalSeriesRoute = defineRoute({
  method: "get",
  path: "/external",
  "x-access": "read",
  tags,
  summary: "Energy that no board of ours metered, by series",
  responses: { 200: json(externalSeriesList, "Every series.") },
});

export const externalIntervalsRoute = defineRoute({
  method: "get",
  path: "/external/{seriesId}",
  "x-access": "read",
  tags,
  summary: "What a series has, oldest first",
  request: {
    params,
    query: z.strictObject({
      fromUtcMs: utcMsText("Begin of the time, UTC ms."),
      toUtcMs: utcMsText("End of the time, itself left out, UTC ms."),
      ...pageQuery,
    }),
  },
  responses: { 200: json(page(externalInterval), "Intervals that overlap the time."), 400: refused, 404: missing },
});

export const externalStepsRoute = defineRoute({
  method: "get",
  path: "/external/{seriesId}/series",
  "x-access": "read",
  tags,
  summary: "A series in steps of time for charts, gaps as gaps",
  request: { params, query: externalStepsQuery },
  responses: { 200: json(externalSteps, "One item per step."), 400: refused, 404: missing },
});

export const enterRoute = defineRoute({
  method: "post",
  path: "/external",
  "x-access": "control",
  tags,
  summary: "Type in what was consumed or produced within some time",
  request: { body: body(manualEntry) },
  responses: { 201: json(manualAnswer, "It is kept."), 400: refused, 409: conflict, 503: unavailable },
});

export const importRoute = defineRoute({
  method: "post",
  path: "/external/import",
  "x-access": "control",
  tags,
  summary: "Import a CSV file of consumption and production",
  description:
    "Columns: `start` (or time, timestamp, date), `end` unless stepSeconds says how long each interval is, and consumption_kwh, " +
    "production_kwh, or the same with _wh or _w (mean power). Commas, semicolons (then with decimal commas) or tabs. A row that cannot be " +
    "read is left out and named; sending a file again changes nothing.",
  request: { query: importQuery, body: { required: true, content: { "text/csv": { schema: z.string() } } } },
  responses: { 200: json(importReport, "What became of its rows."), 400: refused, 409: conflict, 503: unavailable },
});

export const deleteExternalRoute = defineRoute({
  method: "delete",
  path: "/external/{seriesId}",
  "x-access": "admin",
  tags,
  summary: "Delete a series with all it has",
  request: { params },
  responses: { 204: done("Deleted."), 404: missing },
});
