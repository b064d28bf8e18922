/**
 * The board's one processor: work takes time, and while it works its timers and events wait. Without it a loop that measures until a
 * time has passed would never end in virtual time.
 * @module
 */
import type { Cancel, Scheduler } from "../scheduler.ts";

/**
 * Estimates for an ESP32 at 240 MHz, in ms: natives took 2 to 4 µs on an x86 build, and the ESP32 is 25 to 60 times slower. Not measured
 * on a board.
 */
export const COST_MS = { analogRead: 0.1, getTime: 0.03, flashWrite: 0.5, flashErase: 40 } as const;

export interface Cpu {
  /** ms since power-on, with the time that the work in hand has taken so far. */
  nowMs(): number;
  /** Lets the work in hand take so much longer. */
  spend(ms: number): void;
  /** Runs work `delayMs` from now, or as soon as the processor is free then. */
  after(delayMs: number, work: () => void): Cancel;
  /** Drops all work that is waiting, for ever: the power is off. */
  halt(): void;
}

export function createCpu(scheduler: Scheduler): Cpu {
  const originMs = scheduler.nowMs();
  let busyUntilMs = originMs;
  let halted = false;

  const nowMs = (): number => Math.max(scheduler.nowMs(), busyUntilMs);

  function after(delayMs: number, work: () => void): Cancel {
    let cancel = scheduler.after(nowMs() + Math.max(0, delayMs) - scheduler.nowMs(), function run() {
      if (halted) return;
      // Waiting in line keeps the order: whoever waited first is planned first.
      if (busyUntilMs > scheduler.nowMs()) cancel = scheduler.after(busyUntilMs - scheduler.nowMs(), run);
      else work();
    });
    return () => cancel();
  }

  return {
    nowMs: () => nowMs() - originMs,
    spend(ms) {
      busyUntilMs = nowMs() + ms;
    },
    after,
    halt() {
      halted = true;
    },
  };
}
