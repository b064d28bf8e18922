/**
 * What happens in the gateway, told to whoever shows it: a bounded ring of notifications that readers follow at their own pace.
 * A reader keeps a position and never holds the writer up; one that falls out of the ring is told so and reads the state anew.
 * @module
 */
import type { LedgerChange } from "#gateway/ledger/status.ts";
import type { QueuedCommand, StoredDiagnostics } from "#gateway/store/commands.ts";
import type { CommittedFrame, StoredEvent, StoredReading } from "#gateway/store/store.ts";
import type { Transfer } from "./schemas/exchange.ts";
import type { Order, Settlement } from "./schemas/trade.ts";

/** One thing that happened. Each carries the whole new state of what it names. */
export type Notification =
  | { type: "reading"; reading: StoredReading }
  | { type: "event"; event: StoredEvent }
  | { type: "command"; command: QueuedCommand }
  | { type: "diagnostics"; diagnostics: StoredDiagnostics }
  | { type: "order"; order: Order }
  | { type: "settlement"; settlement: Settlement }
  | { type: "transfer"; transfer: Transfer }
  | LedgerChange;

export interface Live {
  /** Names this ring: positions of another one (an earlier run of the gateway) mean nothing here. */
  readonly epoch: string;
  publish(notification: Notification): void;
  /** Position behind the newest notification. */
  end(): number;
  /** The notifications from a position on, `limit` at most; null when the ring no longer holds them, or never will. */
  read(position: number, limit: number): Notification[] | null;
  /** Calls back after each publication. @returns what ends that. */
  subscribe(listener: () => void): () => void;
}

/**
 * @param options.epoch differs for each run of the gateway: letters and digits.
 * @param options.capacity notifications that are kept for readers that were away.
 */
export function createLive({ epoch, capacity = 1024 }: { epoch: string; capacity?: number }): Live {
  const ring: Notification[] = [];
  const listeners = new Set<() => void>();
  let end = 0;

  return {
    epoch,
    publish(notification) {
      ring[end % capacity] = notification;
      end += 1;
      for (const listener of listeners) listener();
    },
    end: () => end,
    read(position, limit) {
      if (!Number.isSafeInteger(position) || position > end || position < Math.max(0, end - capacity)) return null;
      const found: Notification[] = [];
      for (let at = position; at < end && found.length < limit; at++) {
        const notification = ring[at % capacity];
        if (notification !== undefined) found.push(notification);
      }
      return found;
    },
    subscribe(listener) {
      // A wrapper of its own, so that one function may be subscribed twice.
      const own = () => listener();
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}

/** Publishes what a commit stored anew: its readings and events. Checkpoints show up as batches. */
export function publishCommitted(live: Live, frames: CommittedFrame[]): void {
  for (const { stored } of frames) {
    for (const record of stored) {
      if (record.kind === "reading") live.publish({ type: "reading", reading: record });
      else if (record.kind === "event") live.publish({ type: "event", event: record });
    }
  }
}
