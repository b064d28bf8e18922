/**
 * Readings in steps of time, gaps as gaps.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { MAX_METER } from "#firmware/wire/records.ts";
import { boardId, count, integer, integerText, utcMs } from "./fields.ts";

export const resolution = z
  .enum(["minute", "quarter", "day", "month"])
  .openapi({ description: "Length of a step: a minute, 15 minutes, a day or month of the gateway's time zone." });

export const seriesQuery = z.strictObject({
  boardId,
  meter: integerText(0, MAX_METER, "Index of the meter on its board."),
  resolution,
  fromUtcMs: integerText(0, Number.MAX_SAFE_INTEGER, "Steps that end after this."),
  toUtcMs: integerText(0, Number.MAX_SAFE_INTEGER, "Steps that begin before this."),
});

export const seriesPoint = z
  .strictObject({
    startUtcMs: utcMs,
    endUtcMs: utcMs,
    coveredMs: count.openapi({ description: "Time that readings cover; 0 in a gap, where power, voltage and charge are null." }),
    powerMw: integer.nullable().openapi({ description: "Mean over the covered time; positive is import." }),
    minPowerMw: integer.nullable(),
    maxPowerMw: integer.nullable(),
    voltageMv: integer.nullable(),
    importMwh: count.nullable().openapi({ description: "Energy by the meter's counters, that of a gap spread over it by time." }),
    exportMwh: count.nullable(),
    estimatedMwh: count.openapi({ description: "Of both: spread over a gap, so that when it flowed is estimated." }),
    chargePermille: integer.nullable().openapi({ description: "Battery charge at its end; null on other meters." }),
  })
  .openapi("SeriesPoint");
export type SeriesPoint = z.infer<typeof seriesPoint>;

export const series = z
  .strictObject({ boardId, meter: count, resolution, timeZone: z.string(), items: z.array(seriesPoint) })
  .openapi("Series", { description: "One point per step, in order, steps without readings too." });
