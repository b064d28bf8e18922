/**
 * Other systems in the house, and energy that no board of ours metered.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { publicId, shownName } from "./access.ts";
import { count, integer, integerText, utcMs } from "./fields.ts";
import { resolution } from "./series.ts";
import { timeZone } from "./tariffs.ts";

export const integration = z
  .strictObject({
    name: z.enum(["citizenwatt-api", "citizenwatt-source", "mqtt", "prometheus", "csv-import"]),
    state: z.enum(["off", "starting", "working", "retrying", "failed"]).openapi({
      description: "off: not configured; failed: it cannot start with these settings, and is not tried again.",
    }),
    lastError: z.string().nullable().openapi({ description: "The newest thing that went wrong." }),
    lastErrorUtcMs: utcMs.nullable(),
    counters: z.record(z.string(), count).openapi({ description: "What it did and what it refused, since the gateway's start." }),
  })
  .openapi("Integration");
export const integrationList = z.strictObject({ items: z.array(integration) }).openapi("IntegrationList");

/** The years 2000 to 2100. */
const EARLIEST_UTC_MS = 946_684_800_000;
const LATEST_UTC_MS = 4_102_444_800_000;

const kind = z.enum(["consumption", "production"]);
export const externalSeries = z
  .strictObject({
    seriesId: publicId,
    origin: z.enum(["citizenwatt", "imported", "manual"]).openapi({ description: "Never from a board of ours, and never settled." }),
    kind,
    name: z.string(),
    intervals: count,
    energyMwh: count,
    fromUtcMs: utcMs.nullable(),
    toUtcMs: utcMs.nullable(),
  })
  .openapi("ExternalSeries");
export const externalSeriesList = z.strictObject({ items: z.array(externalSeries) }).openapi("ExternalSeriesList");

export const externalInterval = z.strictObject({ startUtcMs: utcMs, endUtcMs: utcMs, energyMwh: count }).openapi("ExternalInterval", {
  description: "Times between intervals are unknown.",
});

export const externalStepsQuery = z.strictObject({
  resolution,
  fromUtcMs: integerText(0, LATEST_UTC_MS, "Steps that end after this."),
  toUtcMs: integerText(0, LATEST_UTC_MS, "Steps that begin before this."),
});
export const externalSteps = z
  .strictObject({
    ...externalSeries.pick({ seriesId: true, origin: true, kind: true, name: true }).shape,
    resolution,
    timeZone: z.string(),
    items: z.array(
      z.strictObject({
        startUtcMs: utcMs,
        endUtcMs: utcMs,
        coveredMs: count.openapi({ description: "Time that intervals cover; 0 in a gap, where the energy is null." }),
        energyMwh: count.nullable().openapi({ description: "An interval over an edge is divided by time." }),
      }),
    ),
  })
  .openapi("ExternalSteps", { description: "One item per step, in order. `origin` says that no board of ours metered it: it is never settled." });

const series = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,40}$/, "expected 1 to 40 letters, digits, _ or -")
  .openapi({ example: "roof", description: "Goes into the id of the series; the same one goes on with it." });

const plausibleMs = integer.min(EARLIEST_UTC_MS).max(LATEST_UTC_MS);
export const manualEntry = z
  .strictObject({
    series,
    name: shownName,
    kind,
    startUtcMs: plausibleMs,
    endUtcMs: plausibleMs,
    energyMwh: count.openapi({ description: "Within that time." }),
  })
  .refine(({ startUtcMs, endUtcMs }) => startUtcMs < endUtcMs, { path: ["endUtcMs"], message: "expected a time after startUtcMs" })
  .openapi("ManualEntry");
export const manualAnswer = z.strictObject({ seriesId: publicId, interval: externalInterval }).openapi("ManualAnswer");

const DAY_SECONDS = 86_400;
export const importQuery = z.strictObject({
  series,
  name: shownName.optional(),
  stepSeconds: integerText(1, 366 * DAY_SECONDS, "Length of each row's interval, where there is no column `end`.").optional(),
  timeZone: timeZone.optional().openapi({ description: "Of times without an offset; the store's when it is left out." }),
});
export const importReport = z
  .strictObject({
    stored: count,
    duplicates: count.openapi({ description: "Were there already, just so." }),
    seriesIds: z.array(publicId),
    badRows: count,
    bad: z
      .array(z.strictObject({ line: count, why: z.string() }))
      .openapi({ description: "The first 100 that were left out; line 1 is the header." }),
  })
  .openapi("ImportReport");
