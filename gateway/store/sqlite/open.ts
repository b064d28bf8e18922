/**
 * The store in SQLite, seen from the gateway's thread.
 * @module
 */
import { Worker } from "node:worker_threads";
import { ACCOUNT_METHODS } from "../accounts.ts";
import { COMMAND_METHODS } from "../commands.ts";
import { EXTERNAL_METHODS } from "../external.ts";
import { HISTORY_METHODS } from "../history.ts";
import { SETTLEMENT_METHODS } from "../settlement.ts";
import { TRADE_METHODS } from "../trade.ts";
import { RECORD_METHODS } from "../store.ts";
import type { Store } from "../store.ts";
import { createCaller } from "./caller.ts";
import type { ThreadSetting } from "./messages.ts";
import type { Method } from "./synchronous.ts";
import { packFrames, unpackResult } from "./transfer.ts";

const ALL_METHODS: Record<Method, true> = {
  ...RECORD_METHODS,
  ...HISTORY_METHODS,
  ...COMMAND_METHODS,
  ...ACCOUNT_METHODS,
  ...SETTLEMENT_METHODS,
  ...TRADE_METHODS,
  ...EXTERNAL_METHODS,
};
/** What the thread makes is filed and forgotten at once: more room for it would only be more memory, 30 MB under load. */
const YOUNG_MB = 6;
// The keys of a Record<Method, true> are methods.
const METHODS = Object.keys(ALL_METHODS) as Method[];

/**
 * Opens the store in the SQLite file at `path`, creating it when there is none (its folder must exist), and migrating an older one.
 * Rejects when the file is of a newer gateway or another program, or SQLite is too old. When the database thread dies, what was asked and
 * not answered rejects, and so does every later call: whether such a call took effect is unknown.
 */
export async function openSqliteStore(path: string): Promise<Store> {
  const setting: ThreadSetting = { path };
  const url = new URL("thread.mjs", import.meta.url);
  const worker = new Worker(url, { workerData: setting, name: "store", execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
  const { ready, call, commitPacked, close } = createCaller(worker);
  await ready();
  const asked = METHODS.map((method) => [method, (...parameters: Parameters<Store[Method]>) => call(method, ...parameters)]);
  // The interfaces' METHODS name every method, and `call` gives each its own type.
  const store = Object.fromEntries(asked) as Pick<Store, Method>;
  return { ...store, commitFrames: async (frames) => unpackResult(frames, await commitPacked(packFrames(frames))), close };
}
