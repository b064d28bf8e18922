/**
 * Group commit: what comes in while a commit is under way waits and goes into the next one together, so that an fsync is shared.
 * @module
 */

export interface GroupCommitOptions<T, R> {
  /** Commits a group; one result for each item, in order. Never called again before it has settled. */
  commit: (group: T[]) => Promise<R[]>;
  /** Called after a failed commit, before anything that waited for it is told. */
  failed: () => void;
  /** Most items that wait, beside those under way. */
  maxWaiting: number;
  /** Most items in one commit. */
  maxGroup: number;
}

interface Waiting<T, R> {
  item: T;
  resolve(result: R): void;
  reject(error: unknown): void;
}

/**
 * Makes a function that takes an item and gives the promise of its result once its group is committed, or takes nothing and gives null
 * when too many wait. When a commit fails, its group and all that wait behind it are rejected with its error: what follows must not be
 * kept without what it follows.
 */
export function createGroupCommit<T, R>(options: GroupCommitOptions<T, R>): (item: T) => Promise<R> | null {
  const { commit, failed, maxWaiting, maxGroup } = options;
  let waiting: Waiting<T, R>[] = [];
  let running = false;

  async function commitGroup(group: Waiting<T, R>[]): Promise<void> {
    try {
      const results = await commit(group.map(({ item }) => item));
      if (results.length !== group.length) throw new Error(`group commit: ${results.length} results for ${group.length} items`);
      for (const [index, result] of results.entries()) group[index]?.resolve(result);
    } catch (error) {
      const lost = group.concat(waiting);
      waiting = [];
      failed();
      for (const entry of lost) entry.reject(error);
    }
  }

  async function run(): Promise<void> {
    running = true;
    while (waiting.length > 0) await commitGroup(waiting.splice(0, maxGroup));
    running = false;
  }

  return (item) => {
    if (waiting.length >= maxWaiting) return null;
    return new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!running) void run();
    });
  };
}
