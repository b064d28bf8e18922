/**
 * The database thread: does one call after the other. It is a thread of its own because an fsync on an SD card can take 100 ms,
 * for which the gateway's thread must not stand still.
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { HISTORY_METHODS } from "../history.ts";
import { RECORD_METHODS } from "../store.ts";
import { createAccountStore } from "./accounts.ts";
import { createBatches } from "./batches.ts";
import { createBoards } from "./boards.ts";
import { createCommandStore } from "./commands.ts";
import { openDatabase } from "./database.ts";
import { createExternalStore } from "./external.ts";
import { createFrames } from "./frames.ts";
import { createHistory } from "./history.ts";
import { createJournal } from "./journal.ts";
import type { Journal } from "./journal.ts";
import type { Call, Reply, ThreadSetting } from "./messages.ts";
import { createReaders } from "./readers.ts";
import { createRecords } from "./records.ts";
import { createSettlementStore } from "./settlement.ts";
import type { SynchronousStore } from "./synchronous.ts";
import { createTradeStore } from "./trade.ts";

/** What looks at records or at what was filed with them, and must find all that was committed. */
const READS_RECORDS = new Set<string>([...Object.keys(RECORD_METHODS), ...Object.keys(HISTORY_METHODS), "bootBounds"]);
// These do not; and without them a gateway starts before anything is filed.
for (const method of ["increment", "storeSettings", "boards", "admitBoard", "progress"]) READS_RECORDS.delete(method);

const PREPARE_MS = 1000;

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
  const journal = createJournal(database, frames);
  const readers = createReaders(journal);
  const preparing = setInterval(readers.prepare, PREPARE_MS).unref();
  const boards = createBoards(database);
  const store: SynchronousStore & Pick<Journal, "commitPacked"> = {
    ...boards,
    progress: () => journal.progress(boards.progress()),
    bootBounds: frames.bootBounds,
    commitPacked: journal.commitPacked,
    ...createRecords(database, history.readings),
    ...history.store,
    ...createBatches(database),
    ...createCommandStore(database),
    ...createAccountStore(database),
    ...createSettlementStore(database),
    ...createTradeStore(database),
    ...createExternalStore(database),
  };

  function answer(id: number, run: () => unknown): void {
    try {
      reply({ id, result: run() });
    } catch (error) {
      reply({ id, error: describe(error) });
    }
  }

  port?.on("message", ({ id, method, parameters }: Call) => {
    if (method === "close") {
      clearInterval(preparing);
      readers.finish();
      answer(id, () => void database.close());
      port?.close();
      return;
    }
    // The sender's types fit parameters to method.
    const run = store[method] as (...parameters: unknown[]) => unknown;
    const read = (): void => answer(id, () => run(...parameters));
    if (READS_RECORDS.has(method)) readers.add({ read, fail: (error) => reply({ id, error: describe(error) }) });
    else read();
    // Now, while the gateway acknowledges and makes the next commit, nobody waits for it.
    if (method === "commitPacked") readers.tidy();
  });
}

try {
  serve();
  reply({ id: 0, result: undefined });
} catch (error) {
  reply({ id: 0, error: describe(error) });
  port.close();
}
