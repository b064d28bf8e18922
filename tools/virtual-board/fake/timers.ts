/**
 * `setInterval`, `setTimeout` and their ends. Intervals keep their pace: a late turn does not move the next one.
 * @module
 */
import type { Cancel } from "../scheduler.ts";
import type { Machine } from "./machine.ts";
import type { Callback } from "./realm.ts";

/** The shortest interval that the interpreter keeps (TIMER_MIN_INTERVAL). */
const MIN_INTERVAL_MS = 0.1;

export interface Timers {
  globals: Record<string, (...values: never[]) => unknown>;
  /** Removes every timer, as running out of memory does. */
  clear(): void;
}

export function createTimers(machine: Machine): Timers {
  const { cpu } = machine;
  const running = new Map<number, Cancel>();
  let lastId = 0;

  function start(callback: Callback, delay: unknown, values: unknown[], repeat: boolean): number {
    if (!machine.realm.isFunction(callback)) throw new Error("Function not supplied!");
    const given = Number(delay);
    const delayMs = given > MIN_INTERVAL_MS ? given : MIN_INTERVAL_MS;
    const id = ++lastId;
    let dueMs = cpu.nowMs() + delayMs;
    const turn = (): void => {
      if (!repeat) running.delete(id);
      machine.call(callback, values);
      if (!repeat || !running.has(id)) return;
      dueMs += delayMs;
      running.set(id, cpu.after(dueMs - cpu.nowMs(), turn));
    };
    running.set(id, cpu.after(delayMs, turn));
    return id;
  }

  function clear(...ids: unknown[]): void {
    if (ids.length === 0) {
      for (const cancel of running.values()) cancel();
      running.clear();
      return;
    }
    const id = ids[0];
    if (id === undefined) throw new Error("clearInterval(undefined) not allowed. Use clearInterval() instead");
    const cancel = running.get(Number(id));
    if (cancel === undefined) return;
    cancel();
    running.delete(Number(id));
  }

  return {
    globals: {
      setInterval: (callback: Callback, delay: unknown, ...values: unknown[]) => start(callback, delay, values, true),
      setTimeout: (callback: Callback, delay: unknown, ...values: unknown[]) => start(callback, delay, values, false),
      clearInterval: clear,
      clearTimeout: clear,
    },
    clear: () => clear(),
  };
}
