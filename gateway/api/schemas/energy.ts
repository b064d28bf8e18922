/**
 * Energy and money by day, week, month or year of a time zone.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { MAX_METER } from "#firmware/wire/records.ts";
import { publicId } from "./access.ts";
import { boardId, count, hash, integer, integerText, utcMs } from "./fields.ts";
import { localDate, timeZone } from "./tariffs.ts";

export const period = z.enum(["day", "week", "month", "year"]).openapi({ description: "A week begins on Monday (ISO 8601)." });
const bounds = {
  period,
  from: localDate.openapi({ description: "The period that has this day is the first.", param: { name: "from", in: "query" } }),
  to: localDate.openapi({ description: "The period that has this day is the last.", param: { name: "to", in: "query" } }),
  timeZone: timeZone.optional().openapi({ description: "Default: the gateway's own." }),
};

export const energyQuery = z.strictObject({
  ...bounds,
  boardId: boardId.optional().openapi({ description: "Only this board's meters." }),
  meter: integerText(0, MAX_METER, "Only the meters with this index.").optional(),
});
export const moneyQuery = z.strictObject(bounds);

const periodFields = {
  date: localDate.openapi({ description: "The period's first day." }),
  startUtcMs: utcMs,
  endUtcMs: utcMs,
};

const flow = {
  importMwh: count.nullable().openapi({ description: "Null when nothing is known." }),
  exportMwh: count.nullable(),
  coveredMs: count.openapi({ description: "Time of it that readings cover." }),
  estimatedMwh: count.openapi({ description: "Of both: metered, but over a gap, so that when it flowed is estimated." }),
};

export const energy = z
  .strictObject({
    period,
    timeZone,
    items: z.array(z.strictObject({ ...periodFields, meters: z.array(z.strictObject({ meterId: hash, boardId, meter: count, ...flow })) })),
  })
  .openapi("Energy");
export type Energy = z.infer<typeof energy>;

const moneyPeriod = z.strictObject({
  ...periodFields,
  importMwh: count.openapi({ description: "Of the billed meters, on days with a tariff." }),
  exportMwh: count,
  coveredMs: count.openapi({ description: "Time of it that readings cover, of all billed meters together." }),
  estimatedMwh: count.openapi({ description: "Of both: metered, but over a gap, so that the band is estimated." }),
  bands: z
    .array(
      z.strictObject({
        tariffId: publicId,
        name: z.string(),
        importMwh: count,
        exportMwh: count,
        importMicro: integer.openapi({ description: "Cost of what was drawn, in millionths of the currency." }),
        exportMicro: integer.openapi({ description: "Earned by what was given." }),
      }),
    )
    .openapi({ description: "By tariff and band." }),
  fixedMicro: integer.openapi({ description: "The fixed part of the days that have begun." }),
  totalMicro: integer.openapi({ description: "Import and fixed part less export, rounded once." }),
  peakPowerMw: count
    .nullable()
    .openapi({ description: "Highest mean import over a quarter-hour of all billed meters together; null without a subscribed power." }),
  aboveSubscribedMs: count.openapi({ description: "Time of the quarter-hours above the subscribed power." }),
});

export const money = z
  .strictObject({ period, timeZone, currency: z.string().nullable(), items: z.array(moneyPeriod) })
  .openapi("Money", { description: "By the tariffs in force. Tokens between neighbours are in `/settlements`, not in here." });
export type Money = z.infer<typeof money>;
