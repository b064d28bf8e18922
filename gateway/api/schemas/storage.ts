/**
 * What the gateway keeps, and how much room there is.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { count, utcMs } from "./fields.ts";

export const storage = z
  .strictObject({
    databaseBytes: count,
    freeBytes: count.openapi({ description: "Left on the disk." }),
    state: z.enum(["ok", "low", "full"]).openapi({ description: "full: boards' frames are refused, and kept by the boards, until there is room." }),
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
