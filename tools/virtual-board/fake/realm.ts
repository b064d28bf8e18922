/**
 * The JavaScript world of one board: a `vm` context pruned to Espruino's library. Host functions reach it only through
 * {@link Realm.native}, so that nothing of Node leaks in.
 * @module
 */
import vm from "node:vm";
import { DIFFERENCES, pruningScript } from "./language.ts";

/** Thrown through the firmware when its board has no power any more: no firmware code may go on. */
export class PowerLost extends Error {
  override name = "PowerLost";
}

/** A function of the firmware, to be called by a device. */
export type Callback = (...values: unknown[]) => unknown;

export interface Realm {
  /** Runs a classic script; throws when it does not end within `timeoutMs` of real time. */
  run(code: string, filename: string, timeoutMs?: number): unknown;
  define(name: string, value: unknown): void;
  /** A host function as one of the realm's: what it throws arrives as the realm's `Error`. */
  native(call: (...values: never[]) => unknown): Callback;
  /** An object whose members are natives (functions) or plain values. */
  object(members: Record<string, unknown>): object;
  /** A copy as the realm's `Uint8Array`, `ArrayBuffer`, or as JSON would carry it. */
  bytes(data: Uint8Array): unknown;
  buffer(data: Uint8Array): unknown;
  json(value: unknown): unknown;
  /** What `JSON.parse` in the realm makes of text. Throws the realm's `SyntaxError`. */
  parse(text: string): unknown;
  stringify(value: unknown): string;
  isFunction(value: unknown): value is Callback;
  /** From now on every native throws {@link PowerLost}, so that firmware that catches everything ends too. */
  kill(): void;
}

/** Made before pruning, so that it may use what the firmware may not. */
const HELPERS = `({
  native: (call) => function (...values) {
    try { return call(...values); } catch (error) {
      if (error && error.name === "PowerLost") throw error;
      throw new Error(error instanceof Object || (error && error.message) ? error.message : String(error));
    }
  },
  object: () => ({}),
  bytes: (data) => new globalThis.Uint8Array(data),
  buffer: (data) => new Uint8Array(data).buffer,
  parse: JSON.parse,
  stringify: JSON.stringify,
})`;

interface Helpers {
  native: (call: (...values: never[]) => unknown) => Callback;
  object: () => Record<string, unknown>;
  bytes: (data: Uint8Array) => unknown;
  buffer: (data: Uint8Array) => unknown;
  parse: (text: string) => unknown;
  stringify: (value: unknown) => string;
}

export function createRealm(): Realm {
  const context = vm.createContext({}, { codeGeneration: { strings: true, wasm: false } });
  const run = (code: string, filename: string, timeoutMs?: number): unknown =>
    vm.runInContext(code, context, timeoutMs === undefined ? { filename } : { filename, timeout: timeoutMs });
  // HELPERS evaluates to exactly this shape.
  const helpers = run(HELPERS, "helpers") as Helpers;
  // DIFFERENCES evaluates to a function without parameters.
  const applyDifferences = run(DIFFERENCES, "differences") as () => void;
  run(pruningScript(), "prune");
  applyDifferences();
  let alive = true;

  function native(call: (...values: never[]) => unknown): Callback {
    return helpers.native((...values: never[]) => {
      if (!alive) throw new PowerLost("The board has no power");
      return call(...values);
    });
  }

  return {
    run,
    define(name, value) {
      context[name] = value;
    },
    native,
    object(members) {
      const object = helpers.object();
      for (const [name, value] of Object.entries(members)) {
        // Only host functions of this folder are passed here.
        object[name] = typeof value === "function" ? native(value as Callback) : value;
      }
      return object;
    },
    bytes: helpers.bytes,
    buffer: helpers.buffer,
    json: (value) => helpers.parse(JSON.stringify(value)),
    parse: helpers.parse,
    stringify: helpers.stringify,
    isFunction: (value): value is Callback => typeof value === "function",
    kill() {
      alive = false;
    },
  };
}
