/**
 * Whether each part of the gateway does its work.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { count, utcMs } from "./fields.ts";

const part = z.strictObject({
  ok: z.boolean(),
  detail: z.string().nullable().openapi({ description: "What is wrong and what to do; null when nothing is." }),
});

export const health = z
  .strictObject({
    status: z.enum(["ok", "degraded", "failing"]).openapi({
      description: "degraded: the chain is away or a board is silent, everything else works; failing: nothing can be stored.",
    }),
    nowUtcMs: utcMs,
    store: part,
    chain: part,
    boards: part,
    ingest: z
      .strictObject({
        accepted: count.openapi({ description: "New frames accepted and committed." }),
        repeated: count.openapi({ description: "Frames accepted again because their answer was lost." }),
        recordsStored: count,
        recordsDuplicate: count.openapi({ description: "Records that came again and were there already." }),
        refused: z.record(z.string(), count).openapi({ description: "Refused messages by reason." }),
      })
      .openapi({ description: "Counts since the gateway's start." }),
  })
  .openapi("Health");
export type Health = z.infer<typeof health>;
