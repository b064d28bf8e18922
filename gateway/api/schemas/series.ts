/**
 * Readings in steps of time, gaps as gaps.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { MAX_METER } from "#firmware/wire/records.ts";
import { boardId, count, integer, integerText, utcMs } from "./fields.ts";

export const resolution = z.enum(["minute", "quarter", "day"]).openapi({ description: "Length of a step: a minute, 15 minutes, a UTC day." });
/** Most steps in one answer: a year of quarter-hours. */
export const MAX_STEPS = 40_000;

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
    coveredMs: count.openapi({ description: "Time that readings cover; 0 in a gap, where all that is measured is null." }),
    powerMw: integer.nullable().openapi({ description: "Mean over the covered time; positive is import." }),
    minPowerMw: integer.nullable(),
    maxPowerMw: integer.nullable(),
    voltageMv: integer.nullable(),
    importMwh: count.nullable().openapi({ description: "Energy that the counter advanced within the covered time." }),
    exportMwh: count.nullable(),
    chargePermille: integer.nullable().openapi({ description: "Battery charge at its end; null on other meters." }),
  })
  .openapi("SeriesPoint");
export type SeriesPoint = z.infer<typeof seriesPoint>;

export const series = z
  .strictObject({ boardId, meter: count, resolution, items: z.array(seriesPoint) })
  .openapi("Series", { description: "One point per step, in order, steps without readings too." });
