/**
 * What the gateway's thread and the database thread say to each other. Calls are done in the order in which they were sent, but that those
 * which read records may be overtaken by others; see `readers.ts`.
 * @module
 */
import type { Method } from "./synchronous.ts";

/** Given to the thread when it starts. */
export interface ThreadSetting {
  path: string;
}

export interface Call {
  id: number;
  method: Method | "commitPacked" | "close";
  parameters: unknown[];
}

/** To a call by its id, or to the start with id 0. */
export type Reply = { id: number; result: unknown } | { id: number; error: string };
