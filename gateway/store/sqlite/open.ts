/**
 * The store in SQLite, seen from the gateway's thread.
 * @module
 */
import { Worker } from "node:worker_threads";
import type { Store } from "../store.ts";
import { createCaller } from "./caller.ts";
import type { ThreadSetting } from "./messages.ts";

/**
 * Opens the store in the SQLite file at `path`, creating it when there is none (its folder must exist), and migrating an older one.
 * Rejects when the file is of a newer gateway or another program, or SQLite is too old. When the database thread dies, what was asked and
 * not answered rejects, and so does every later call: whether such a call took effect is unknown.
 */
export async function openSqliteStore(path: string): Promise<Store> {
  const setting: ThreadSetting = { path };
  const worker = new Worker(new URL("thread.mjs", import.meta.url), { workerData: setting, name: "store", execArgv: [] });
  const { ready, call, close } = createCaller(worker);
  await ready();
  return {
    admitBoard: (board) => call("admitBoard", board),
    boards: () => call("boards"),
    progress: () => call("progress"),
    commitFrames: (frames) => call("commitFrames", frames),
    reading: (key) => call("reading", key),
    readings: (query) => call("readings", query),
    latest: () => call("latest"),
    events: (query) => call("events", query),
    checkpoints: (query) => call("checkpoints", query),
    unbatchedReadings: (untilUtcMs, limit) => call("unbatchedReadings", untilUtcMs, limit),
    unbatchedCheckpoints: (limit) => call("unbatchedCheckpoints", limit),
    addBatch: (batch) => call("addBatch", batch),
    batches: (query) => call("batches", query),
    batch: (number) => call("batch", number),
    batchReadings: (number) => call("batchReadings", number),
    openTransactions: (limit) => call("openTransactions", limit),
    updateTransaction: (id, change) => call("updateTransaction", id, change),
    replaceTransaction: (id, signed) => call("replaceTransaction", id, signed),
    nextNonce: () => call("nextNonce"),
    increment: (counter) => call("increment", counter),
    close,
  };
}
