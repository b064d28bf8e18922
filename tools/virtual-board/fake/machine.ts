/**
 * What every device of the fake needs of its board: processor, realm, console, and how the firmware's functions are called.
 * @module
 */
import type { Cpu } from "./cpu.ts";
import { PowerLost } from "./realm.ts";
import type { Callback, Realm } from "./realm.ts";

export interface Machine {
  readonly cpu: Cpu;
  readonly realm: Realm;
  print(line: string): void;
  /** Calls into the firmware. What it throws is printed, as Espruino does; the board goes on. */
  call(callback: Callback, values: unknown[]): void;
  /** Calls into the firmware from its idle loop, after the work in hand. */
  queue(callback: Callback, values: unknown[]): void;
}

export function createMachine(cpu: Cpu, realm: Realm, print: (line: string) => void): Machine {
  function call(callback: Callback, values: unknown[]): void {
    try {
      callback(...values);
    } catch (error) {
      if (error instanceof PowerLost) return;
      print("Uncaught " + String(error));
    }
  }
  return { cpu, realm, print, call, queue: (callback, values) => void cpu.after(0, () => call(callback, values)) };
}

/** The `on` of an object that emits events. */
export interface Emitter {
  on(event: unknown, callback: unknown): void;
  emit(event: string, ...values: unknown[]): void;
}

/** `on` throws for an event that is not in `events`: on a board it would wait for ever. */
export function createEmitter(machine: Machine, events: readonly string[]): Emitter {
  const listeners: { event: string; callback: Callback }[] = [];
  return {
    on(event, callback) {
      if (typeof event !== "string" || !events.includes(event)) throw new Error("There is no event " + String(event));
      if (!machine.realm.isFunction(callback)) throw new Error("Expecting a function");
      listeners.push({ event, callback });
    },
    emit(event, ...values) {
      for (const listener of listeners) if (listener.event === event) machine.queue(listener.callback, values);
    },
  };
}
