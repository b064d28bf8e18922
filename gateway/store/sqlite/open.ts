/**
 * The store in SQLite, seen from the gateway's thread.
 * @module
 */
import { Worker } from "node:worker_threads";
import type { Store } from "../store.ts";
import type { Call, Reply, ThreadSetting } from "./messages.ts";
import type { Method } from "./synchronous.ts";

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/**
 * Opens the store in the SQLite file at `path`, creating it when there is none (its folder must exist), and migrating an older one.
 * Rejects when the file is of a newer gateway or another program, or SQLite is too old. When the database thread dies, what was asked and
 * not answered rejects, and so does every later call: whether such a call took effect is unknown.
 */
export async function openSqliteStore(path: string): Promise<Store> {
  const setting: ThreadSetting = { path };
  const worker = new Worker(new URL("thread.mjs", import.meta.url), { workerData: setting, name: "store" });
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let ended: Error | null = null;
  let closing: Promise<void> | null = null;

  function end(reason: Error): void {
    ended ??= reason;
    for (const waiting of pending.values()) waiting.reject(ended);
    pending.clear();
  }

  const exited = new Promise<void>((resolve) => {
    worker.on("exit", (code) => {
      end(new Error(closing === null ? `store: the database thread ended with code ${code}: restart the gateway` : "store: closed"));
      resolve();
    });
  });
  worker.on("error", (error) => end(new Error(`store: the database thread failed: ${error.message}: restart the gateway`, { cause: error })));
  worker.on("message", (message: Reply) => {
    const waiting = pending.get(message.id);
    pending.delete(message.id);
    if ("error" in message) waiting?.reject(new Error(message.error));
    else waiting?.resolve(message.result);
  });

  function send(id: number, method: Call["method"] | null, parameters: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (ended !== null) throw ended;
      if (method !== null) worker.postMessage({ id, method, parameters } satisfies Call);
      pending.set(id, { resolve, reject });
    });
  }

  function call<M extends Method>(method: M, ...parameters: Parameters<Store[M]>): ReturnType<Store[M]> {
    const answer = closing === null ? send(++lastId, method, parameters) : Promise.reject(new Error("store: closed"));
    // The thread's method of this name has the same parameters and result (SynchronousStore).
    return answer as ReturnType<Store[M]>;
  }

  async function close(): Promise<void> {
    if (ended === null) await send(++lastId, "close", []);
    await exited;
  }

  try {
    await send(0, null, []);
  } catch (error) {
    await exited;
    throw error;
  }
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
    nextNonce: () => call("nextNonce"),
    increment: (counter) => call("increment", counter),
    close: () => (closing ??= close()),
  };
}
