/**
 * The object `E`: native sums, conversions, the watchdog and the end of a run.
 * @module
 */
import { crc32 } from "node:zlib";
import type { Cancel } from "../scheduler.ts";
import { createRandom } from "../random.ts";
import { bytesOf, numbersOf, textOfBytes } from "./data.ts";
import { createEmitter } from "./machine.ts";
import type { Machine } from "./machine.ts";

/** `E.hwRand` is no true source on an ESP32: `rand()` is never seeded, so every boot draws the same numbers. */
const HW_RAND_SEED = 1;

export interface Espruino {
  members: Record<string, (...values: never[]) => unknown>;
  /** Raises error flags, as running out of memory does. */
  raise(flags: string[]): void;
}

function numbers(value: unknown): ArrayLike<number> {
  const list = numbersOf(value);
  if (list === undefined) throw new Error("Expecting first argument to be iterable");
  return list;
}

function sum(list: ArrayLike<number>, term: (value: number) => number): number {
  let total = 0;
  for (let i = 0; i < list.length; i++) total += term(list[i] ?? 0);
  return total;
}

/** @param restart is called for a reboot with its reason; from {@link Espruino.members} it must not return. */
export function createEspruino(machine: Machine, restart: (reason: "watchdog" | "software") => void): Espruino {
  const events = createEmitter(machine, ["errorFlag"]);
  const random = createRandom(HW_RAND_SEED);
  let timeoutMs = 0;
  let automatic = false;
  let cancel: Cancel | undefined;

  function kick(): void {
    if (cancel === undefined) return;
    cancel();
    // An automatic watchdog is kicked by every idle turn, so only a dead loop trips it, and that stops the fake too.
    if (!automatic) cancel = machine.cpu.after(timeoutMs, () => restart("watchdog"));
  }

  const members = {
    sum: (value: unknown) => sum(numbers(value), (item) => item),
    /** Not divided by the count: jswrap_espruino_variance. */
    variance: (value: unknown, mean: number) => sum(numbers(value), (item) => (item - mean) ** 2),
    /** Goes round to the start of the second array, from an offset that may be negative: jswrap_espruino_convolve. */
    convolve(first: unknown, second: unknown, offset: number) {
      const [a, b] = [numbers(first), numbers(second)];
      const from = ((Math.trunc(offset) % b.length) + b.length) % b.length;
      let total = 0;
      for (let i = 0; i < a.length; i++) total += (a[i] ?? 0) * (b[(i + from) % b.length] ?? 0);
      return total;
    },
    CRC32: (value: unknown) => crc32(bytesOf(value)),
    toString: (...values: unknown[]) => values.map((value) => textOfBytes(bytesOf(value))).join(""),
    toUint8Array: (...values: unknown[]) =>
      machine.realm.bytes(
        Buffer.concat(values.map((value) => (typeof value === "number" ? Uint8Array.of(value) : Buffer.from(bytesOf(value))))),
      ),
    hwRand: () => Math.floor(random() * 4294967296) | 0,
    enableWatchdog(seconds: number, isAuto?: boolean) {
      if (!(seconds > 0)) throw new Error("Watchdog: a time in seconds is expected");
      timeoutMs = seconds * 1000;
      automatic = isAuto ?? true;
      cancel ??= () => undefined;
      kick();
    },
    kickWatchdog: kick,
    on: (event: unknown, callback: unknown) => events.on(event, callback),
    reboot: () => restart("software"),
  };
  return { members, raise: (flags) => events.emit("errorFlag", machine.realm.json(flags)) };
}
