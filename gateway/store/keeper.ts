/**
 * Keeps the store tidy between frames, and watches the room on its disk.
 * @module
 */
import type { BaseLogger } from "pino";
import type { Clock } from "#gateway/clock.ts";
import type { HistoryStore, StorageStatus } from "./history.ts";

export interface KeeperOptions {
  store: Pick<HistoryStore, "tidy" | "storage">;
  clock: Clock;
  log: Pick<BaseLogger, "info" | "warn" | "error">;
  /** Called when the disk's state changes, and once at the start. */
  onStorage?: (status: StorageStatus) => void;
}

export interface Keeper {
  start(): void;
  /** Resolves when the step under way is done. */
  stop(): Promise<void>;
}

/** Between two steps: frames that came in meanwhile go first. */
const STEP_PAUSE_MS = 500;
/** Between two walks through all that is unpacked. */
const WALK_PAUSE_MS = 3_600_000;
const STORAGE_MS = 60_000;

/** Calls `work` again and again, each time after the pause that it asked for. */
function repeat(work: () => Promise<number>): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  async function run(): Promise<void> {
    const pauseMs = await work();
    if (isStopped) return;
    timer = setTimeout(() => {
      running = run();
    }, pauseMs);
  }
  let running = run();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    return running;
  };
}

export function createKeeper({ store, clock, log, onStorage }: KeeperOptions): Keeper {
  let stops: (() => Promise<void>)[] = [];
  let state: StorageStatus["state"] | null = null;

  async function tidy(): Promise<number> {
    try {
      const { more, ...done } = await store.tidy(clock.nowMs());
      if (Object.values(done).some((count) => count > 0)) log.info(done, "store: tidied");
      return more ? STEP_PAUSE_MS : WALK_PAUSE_MS;
    } catch (error) {
      log.error({ err: error }, "store: tidying failed; readings stay as they are, and it is tried again in an hour");
      return WALK_PAUSE_MS;
    }
  }

  async function watch(): Promise<number> {
    try {
      const status = await store.storage();
      if (status.state !== state) {
        state = status.state;
        const { freeBytes, databaseBytes } = status;
        const room = { freeBytes, databaseBytes };
        if (state === "low") log.warn(room, "store: the disk is getting full; make room, or keep readings for less time");
        if (state === "full") log.error(room, "store: the disk is full; frames are refused until there is room, and boards keep them");
        onStorage?.(status);
      }
    } catch (error) {
      log.error({ err: error }, "store: its room cannot be told");
    }
    return STORAGE_MS;
  }

  return {
    start() {
      stops = [repeat(tidy), repeat(watch)];
    },
    async stop() {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}
