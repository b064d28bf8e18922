/**
 * The database thread: does one call after the other. It is a thread of its own because an fsync on an SD card can take 100 ms,
 * for which the gateway's thread must not stand still.
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { createAccountStore } from "./accounts.ts";
import { createBatches } from "./batches.ts";
import { createBoards } from "./boards.ts";
import { createCommandStore } from "./commands.ts";
import { openDatabase } from "./database.ts";
import { createExternalStore } from "./external.ts";
import { createFrames } from "./frames.ts";
import { createHistory } from "./history.ts";
import type { Call, Reply, ThreadSetting } from "./messages.ts";
import { createRecords } from "./records.ts";
import { createSettlementStore } from "./settlement.ts";
import type { SynchronousStore } from "./synchronous.ts";
import { packResult, unpackFrames } from "./transfer.ts";
import type { PackedFrames, PackedResult } from "./transfer.ts";

const port = parentPort;
if (port === null) throw new Error("store: thread.ts runs as a worker thread only");

function reply(message: Reply): void {
  port?.postMessage(message);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function serve(): void {
  // openSqliteStore passes a ThreadSetting.
  const { path } = workerData as ThreadSetting;
  const database = openDatabase(path);
  const history = createHistory(database);
  const frames = createFrames(database, history.intake);
  const store: SynchronousStore & { commitPacked: (packed: PackedFrames) => PackedResult } = {
    ...createBoards(database),
    ...frames,
    commitPacked(packed) {
      const received = unpackFrames(packed);
      return packResult(received, frames.commitFrames(received));
    },
    ...createRecords(database, history.readings),
    ...history.store,
    ...createBatches(database),
    ...createCommandStore(database),
    ...createAccountStore(database),
    ...createSettlementStore(database),
    ...createExternalStore(database),
  };
  port?.on("message", ({ id, method, parameters }: Call) => {
    try {
      if (method === "close") {
        database.close();
        reply({ id, result: undefined });
        port?.close();
        return;
      }
      // The sender's types fit parameters to method.
      const run = store[method] as (...parameters: unknown[]) => unknown;
      reply({ id, result: run(...parameters) });
    } catch (error) {
      reply({ id, error: describe(error) });
    }
  });
}

try {
  serve();
  reply({ id: 0, result: undefined });
} catch (error) {
  reply({ id: 0, error: describe(error) });
  port.close();
}
