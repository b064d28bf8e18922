/**
 * Something that a page reads from the gateway: loading, there, or not to be had; read again after the gateway was away.
 * @module
 */
import { useSignal, useSignalEffect } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useApp } from "./app.ts";
import type { StreamMessage } from "./connection.ts";
import { explain } from "./problem.ts";

export interface Resource<Data> {
  /** Null while nothing was read. What was read stays while it is read again, and when that fails. */
  data: ReadonlySignal<Data | null>;
  /** Why the newest attempt failed, in words; null when it did not. */
  error: ReadonlySignal<string | null>;
  isLoading: ReadonlySignal<boolean>;
  reload(): Promise<void>;
}

export interface ResourceOptions<Data> {
  /** What the data becomes by something that happened; the same object when nothing. */
  follow?: (data: Data, message: StreamMessage) => Data;
  /** What `load` depends on: with another value the old data is dropped. */
  key?: string;
  /** With another value it is read again, and the old data stays until then. */
  again?: number;
}

/**
 * Reads with `load`, and again whenever `key` changes or the gateway was away.
 * The newest attempt counts; one that is overtaken changes nothing.
 */
export function useResource<Data>(load: () => Promise<Data>, { follow, key = "", again = 0 }: ResourceOptions<Data> = {}): Resource<Data> {
  const { model } = useApp();
  const data = useSignal<Data | null>(null);
  const error = useSignal<string | null>(null);
  const isLoading = useSignal(true);
  const attempt = useRef(0);
  const latest = useRef({ load, follow });
  latest.current = { load, follow };

  async function reload(): Promise<void> {
    const own = ++attempt.current;
    isLoading.value = true;
    try {
      const read = await latest.current.load();
      if (own !== attempt.current) return;
      data.value = read;
      error.value = null;
    } catch (cause) {
      if (own === attempt.current) error.value = explain(cause);
    }
    if (own === attempt.current) isLoading.value = false;
  }

  useEffect(() => {
    data.value = null;
    void reload();
    return () => {
      attempt.current++;
    };
  }, [key]);

  const first = useRef(again);
  useEffect(() => {
    if (first.current !== again) void reload();
    first.current = again;
  }, [again]);

  const seen = useRef(model.resyncs.peek());
  useSignalEffect(() => {
    if (model.resyncs.value === seen.current) return;
    seen.current = model.resyncs.value;
    void reload();
  });

  useEffect(
    () =>
      model.listen((message) => {
        const before = data.peek();
        if (before !== null && latest.current.follow !== undefined) data.value = latest.current.follow(before, message);
      }),
    [],
  );
  return { data, error, isLoading, reload };
}

export interface Action<Arguments extends unknown[]> {
  /** Runs it; true when it was done. A second run while one is under way does nothing. */
  run(...given: Arguments): Promise<boolean>;
  isRunning: ReadonlySignal<boolean>;
  error: ReadonlySignal<string | null>;
}

/** A change that a person asks for: under way, done, or refused with the reason in words. */
export function useAction<Arguments extends unknown[]>(act: (...given: Arguments) => Promise<unknown>): Action<Arguments> {
  const isRunning = useSignal(false);
  const error = useSignal<string | null>(null);
  async function run(...given: Arguments): Promise<boolean> {
    if (isRunning.peek()) return false;
    isRunning.value = true;
    error.value = null;
    try {
      await act(...given);
      return true;
    } catch (cause) {
      error.value = explain(cause);
      return false;
    } finally {
      isRunning.value = false;
    }
  }
  return { run, isRunning, error };
}
