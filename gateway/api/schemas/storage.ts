/**
 * What the gateway keeps, and how much room there is.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { count, utcMs } from "./fields.ts";

export const storage = z
  .strictObject({
    databaseBytes: count,
    freeBytes: count.nullable().openapi({ description: "Left on the disk; null when the system does not tell." }),
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
