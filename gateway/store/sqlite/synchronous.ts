/**
 * The store's methods as they run in the database thread: the same ones, without promises.
 * @module
 */
import type { Store } from "../store.ts";

/** Every method but `close`, which belongs to the thread. */
export type Method = Exclude<keyof Store, "close">;

export type SynchronousStore = { [M in Method]: (...parameters: Parameters<Store[M]>) => Awaited<ReturnType<Store[M]>> };
