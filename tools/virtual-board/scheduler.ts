/**
 * The order of events in time. Time moves only when somebody moves it, so a test decides how fast, and a run repeats exactly; a process
 * moves it along with the wall clock, at any speed.
 * @module
 */

/** Undoes a planned task; harmless after the task has run. */
export type Cancel = () => void;

export interface Scheduler {
  /** ms since the scheduler was made; a running task sees the time it was planned for. */
  nowMs(): number;
  /** Runs `task` once, `delayMs` from now (at least 0). Tasks of one time run in the order they were planned. */
  after(delayMs: number, task: () => void): Cancel;
}

/** A scheduler whose time its owner moves. */
export interface VirtualScheduler extends Scheduler {
  /** Time of the next task; undefined when none is planned. */
  nextMs(): number | undefined;
  /** Moves time to `timeMs` and runs what is due on the way. */
  advanceTo(timeMs: number): void;
  /** Moves time on by `durationMs`. */
  advance(durationMs: number): void;
}

interface Task {
  timeMs: number;
  order: number;
  run: (() => void) | undefined;
}

function before(a: Task, b: Task): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.order < b.order);
}

/** A binary heap: the first task in time is at index 0. */
function push(heap: Task[], task: Task): void {
  let at = heap.length;
  while (at > 0) {
    const up = (at - 1) >> 1;
    const parent = heap[up];
    if (parent === undefined || !before(task, parent)) break;
    heap[at] = parent;
    at = up;
  }
  heap[at] = task;
}

function pop(heap: Task[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    if (left === undefined) break;
    const down = right !== undefined && before(right, left) ? 2 * at + 2 : 2 * at + 1;
    const child = heap[down];
    if (child === undefined || !before(child, last)) break;
    heap[at] = child;
    at = down;
  }
  heap[at] = last;
}

export function createScheduler(): VirtualScheduler {
  const heap: Task[] = [];
  let now = 0;
  let order = 0;

  function first(): Task | undefined {
    while (heap[0] !== undefined && heap[0].run === undefined) pop(heap);
    return heap[0];
  }

  function advanceTo(timeMs: number): void {
    for (let task = first(); task !== undefined && task.timeMs <= timeMs; task = first()) {
      pop(heap);
      now = Math.max(now, task.timeMs);
      task.run?.();
    }
    now = Math.max(now, timeMs);
  }

  return {
    nowMs: () => now,
    after(delayMs, run) {
      const task: Task = { timeMs: now + Math.max(0, delayMs), order: order++, run };
      push(heap, task);
      return () => {
        task.run = undefined;
      };
    },
    nextMs: () => first()?.timeMs,
    advanceTo,
    advance: (durationMs) => advanceTo(now + durationMs),
  };
}

/**
 * Moves a scheduler along with the machine's monotonic clock, `speed` times as fast; returns what stops it.
 * A task sees the time it was planned for, not when the machine got to it, so a busy machine gives no jitter in the model's time.
 */
export function runInRealTime(scheduler: VirtualScheduler, speed: number): Cancel {
  const originMs = performance.now() - scheduler.nowMs() / speed;
  let timer: NodeJS.Timeout | undefined;
  // Planned from outside (a datagram, a message) a task may come before the one waited for: look again at least this often.
  const longestSleepMs = 5;

  function turn(): void {
    scheduler.advanceTo((performance.now() - originMs) * speed);
    const next = scheduler.nextMs();
    const sleepMs = next === undefined ? longestSleepMs : next / speed + originMs - performance.now();
    timer = setTimeout(turn, Math.min(longestSleepMs, Math.max(0, sleepMs)));
  }

  turn();
  return () => clearTimeout(timer);
}
