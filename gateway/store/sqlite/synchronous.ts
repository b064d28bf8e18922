/**
 * The store's methods as they run in the database thread: the same ones, without promises.
 * @module
 */
import type { Store } from "../store.ts";

/** Every method but `close`, which belongs to the thread, and `commitFrames`, which crosses packed. */
export type Method = Exclude<keyof Store, "close" | "commitFrames">;

/** An interface of asynchronous methods, without promises. */
export type Synchronous<S> = {
  [M in keyof S]: S[M] extends (...parameters: infer P) => Promise<infer R> ? (...parameters: P) => R : never;
};

export type SynchronousStore = Synchronous<Pick<Store, Method>>;
