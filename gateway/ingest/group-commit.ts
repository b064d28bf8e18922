/**
 * Group commit: what comes in while a commit is under way waits and goes into the next one together, so that an fsync is shared.
 * @module
 */
import { createFairQueue } from "./fair-queue.ts";

export interface GroupCommitOptions<T, R> {
  /** Commits a group; one result for each item, in order. Never called again before it has settled. */
  commit: (group: T[]) => Promise<R[]>;
  /** Called after a failed commit, before anything that waited for it is told. */
  failed: () => void;
  /** Whose item it is: senders are served in turn, and each one's items stay in order. */
  senderOf: (item: T) => string;
  /** Most items that wait, beside those under way: of all, and of one sender. */
  maxWaiting: number;
  maxWaitingOfOne: number;
  /** Most items in one commit. */
  maxGroup: number;
}

/** Told once when an item is committed, or with the error when it is not. */
export type Settled<R> = (outcome: { result: R } | { error: unknown }) => void;

interface Waiting<T, R> {
  item: T;
  settled: Settled<R>;
}

/**
 * Makes a function that takes an item and tells of it once its group is committed, or takes nothing and returns false when too many wait.
 * When a commit fails, its group and all that wait behind it fail with its error: what follows must not be kept without what it follows.
 * (A callback rather than a promise: there is one for each frame, thousands a second.)
 */
export function createGroupCommit<T, R>(options: GroupCommitOptions<T, R>): (item: T, settled: Settled<R>) => boolean {
  const { commit, failed, senderOf, maxWaiting, maxWaitingOfOne, maxGroup } = options;
  const waiting = createFairQueue<Waiting<T, R>>({ senderOf: ({ item }) => senderOf(item), most: maxWaiting, mostOfOne: maxWaitingOfOne });
  let running = false;

  async function commitGroup(group: Waiting<T, R>[]): Promise<void> {
    let results: R[];
    try {
      results = await commit(group.map(({ item }) => item));
      if (results.length !== group.length) throw new Error(`group commit: ${results.length} results for ${group.length} items`);
    } catch (error) {
      const lost = group.concat(waiting.take(waiting.size));
      failed();
      for (const { settled } of lost) settled({ error });
      return;
    }
    for (const [index, result] of results.entries()) group[index]?.settled({ result });
  }

  async function run(): Promise<void> {
    running = true;
    while (waiting.size > 0) await commitGroup(waiting.take(maxGroup));
    running = false;
  }

  return (item, settled) => {
    if (!waiting.push({ item, settled })) return false;
    if (!running) void run();
    return true;
  };
}
