/**
 * Calls the database thread and matches its replies.
 * @module
 */
import type { Worker } from "node:worker_threads";
import type { Store } from "../store.ts";
import type { Call, Reply } from "./messages.ts";
import type { Method } from "./synchronous.ts";
import type { PackedFrames, PackedResult } from "./transfer.ts";

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export interface Caller {
  /** Resolves when the thread says that it is ready; rejects with why it is not, once it has ended. */
  ready: () => Promise<void>;
  call: <M extends Method>(method: M, ...parameters: Parameters<Store[M]>) => ReturnType<Store[M]>;
  /** `commitFrames` as an array of numbers, which crosses at once. */
  commitPacked: (frames: PackedFrames) => Promise<PackedResult>;
  /** Has the thread do what was asked before and end. */
  close: () => Promise<void>;
}

/** Takes a fresh worker. When it dies, what was asked and not answered rejects, and so does every later call. */
export function createCaller(worker: Worker): Caller {
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
  worker.on("error", (error) => {
    end(new Error(`store: the database thread failed: ${error.message}: restart the gateway`, { cause: error }));
  });
  worker.on("message", (message: Reply) => {
    const waiting = pending.get(message.id);
    pending.delete(message.id);
    if ("error" in message) waiting?.reject(new Error(message.error));
    else waiting?.resolve(message.result);
  });

  function reply(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (ended === null) pending.set(id, { resolve, reject });
      else reject(ended);
    });
  }

  function send(method: Call["method"], parameters: unknown[], transfer: ArrayBuffer[] = []): Promise<unknown> {
    const id = ++lastId;
    worker.postMessage({ id, method, parameters } satisfies Call, transfer);
    return reply(id);
  }

  return {
    async ready() {
      try {
        await reply(0);
      } catch (error) {
        await exited;
        throw error;
      }
    },
    call<M extends Method>(method: M, ...parameters: Parameters<Store[M]>) {
      const answer = closing === null ? send(method, parameters) : Promise.reject(new Error("store: closed"));
      // The thread's method of this name has the same parameters and result (SynchronousStore).
      return answer as ReturnType<Store[M]>;
    },
    commitPacked(frames) {
      const answer = closing === null ? send("commitPacked", [frames], [frames.buffer]) : Promise.reject(new Error("store: closed"));
      // The thread's method of this name gives it.
      return answer as Promise<PackedResult>;
    },
    close() {
      closing ??= (ended === null ? send("close", []) : Promise.resolve()).then(() => exited);
      return closing;
    },
  };
}
