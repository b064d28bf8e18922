/**
 * Admitting a board, and changing what the gateway calls it.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { METER_KINDS } from "#contracts/meter-id.ts";
import { MAX_METER } from "#firmware/wire/records.ts";
import { shownName } from "./access.ts";
import { policySettings } from "./commands.ts";
import { boardId, count, integer } from "./fields.ts";

const meterIndex = count.max(MAX_METER);
const meterDescription = z.strictObject({
  meter: meterIndex.openapi({ description: "Index of the meter on its board." }),
  kind: z.enum(METER_KINDS),
  name: shownName,
  ratedPowerW: integer.min(1).max(1_000_000),
});

/** No two of them have the same index. */
const meters = z
  .array(meterDescription)
  .min(1)
  .max(MAX_METER + 1)
  .refine((all) => new Set(all.map(({ meter }) => meter)).size === all.length, "expected each meter's index once");

const secret = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "expected the board's secret: 64 lower-case hex digits")
  .openapi({ description: "Shared with the board; kept encrypted, never shown again.", format: "password" });

export const newSecret = z.strictObject({ secret }).openapi("NewSecret");
export const nextBoot = z
  .strictObject({
    firstBoot: integer.min(1).openapi({
      description: "Number from which the board must count its starts, so that none of its records is taken for an older one.",
    }),
  })
  .openapi("NextBoot");

export const newBoard = z
  .strictObject({
    boardId,
    name: shownName,
    role: z.enum(["consumer", "producer"]),
    meters,
    secret,
    readingMs: integer.min(100).max(3_600_000).openapi({ description: "Interval of its readings." }),
    policy: policySettings.optional(),
  })
  .openapi("NewBoard");
export type NewBoard = z.infer<typeof newBoard>;

export const boardChange = z.strictObject({ name: shownName, meters }).openapi("BoardChange");
export type BoardChange = z.infer<typeof boardChange>;
