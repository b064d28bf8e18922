/**
 * Topics of the live stream.
 * @module
 */
import { z } from "@hono/zod-openapi";

export const TOPICS = ["reading", "event", "command", "diagnostics", "batch", "chain", "neighbours", "order", "settlement", "transfer"] as const;
export type Topic = (typeof TOPICS)[number];
const topic = z.enum(TOPICS);

/** Topics in a query, comma between them. */
export const topicList = z
  .string()
  .max(200)
  .transform((text) => text.split(","))
  .pipe(z.array(topic).min(1))
  .openapi({
    type: "string",
    description: "Only these, separated by commas: " + TOPICS.join(", ") + ". All when it is left out.",
    example: "reading,event",
  });
