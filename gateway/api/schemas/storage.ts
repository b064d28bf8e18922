/**
 * What the gateway keeps, and how much room there is.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { count, integer, utcMs } from "./fields.ts";
import { timeZone } from "./tariffs.ts";

export const storage = z
  .strictObject({
    databaseBytes: count,
    freeBytes: count.openapi({ description: "Left on the disk." }),
    state: z
      .enum(["ok", "low", "full"])
      .openapi({ description: "full: boards' frames are refused, and kept by the boards, until there is room." }),
    readings: count,
    packedReadings: count.openapi({ description: "Of them: packed, because they are old." }),
    events: count,
    checkpoints: count,
    batches: count,
    oldestReadingUtcMs: utcMs.nullable(),
    newestReadingUtcMs: utcMs.nullable(),
  })
  .openapi("Storage");
export type Storage = z.infer<typeof storage>;

const days = integer.min(0).max(36_500);

export const storeSettings = z
  .strictObject({
    timeZone: timeZone.openapi({ description: "Of days and months. Changing it rolls all of them up anew." }),
    packAfterDays: days.openapi({ description: "Readings older than this are packed once their batch is final." }),
    packUnbatchedAfterDays: days.openapi({
      description: "Readings in no batch are packed when they are older than this, and then no longer committed.",
    }),
    keepReadingsMonths: integer
      .min(1)
      .max(1200)
      .nullable()
      .openapi({ description: "Packed readings older than this are dropped; null keeps them." }),
    keepMinutesDays: integer
      .min(1)
      .max(36_500)
      .nullable()
      .openapi({ description: "Minutes older than this are dropped; null keeps them." }),
    lowDiskBytes: count.openapi({ description: "Free space below which the storage's state is low." }),
    fullDiskBytes: count.openapi({ description: "Free space below which boards' frames are refused." }),
  })
  .refine(({ packAfterDays, packUnbatchedAfterDays }) => packUnbatchedAfterDays >= packAfterDays, {
    path: ["packUnbatchedAfterDays"],
    message: "expected packAfterDays or more",
  })
  .openapi("StoreSettings");
