/**
 * The live stream from the gateway, opened again whenever it ends: after a restart, a cable pulled, a sleep.
 * @module
 */
import type { Batch } from "#gateway/api/schemas/batches.ts";
import type { Chain, Neighbour } from "#gateway/api/schemas/chain.ts";
import type { BoardCommand, Diagnostics } from "#gateway/api/schemas/commands.ts";
import type { Transfer } from "#gateway/api/schemas/exchange.ts";
import type { BoardEvent, Reading } from "#gateway/api/schemas/records.ts";
import type { Order, Settlement } from "#gateway/api/schemas/trade.ts";

/** The stream's events and their data (`gateway/api/routes.ts`, streamRoute). */
export interface StreamEvents {
  reading: Reading;
  event: BoardEvent;
  command: BoardCommand;
  diagnostics: Diagnostics;
  order: Order;
  settlement: Settlement;
  transfer: Transfer;
  batch: Batch;
  chain: Chain;
  neighbours: Neighbour[];
  clock: { utcMs: number };
  resync: Record<string, never>;
}

const NAMES = [
  "reading",
  "event",
  "command",
  "diagnostics",
  "batch",
  "chain",
  "neighbours",
  "order",
  "settlement",
  "transfer",
  "clock",
  "resync",
] as const satisfies (keyof StreamEvents)[];

export type StreamMessage = { [Name in keyof StreamEvents]: { name: Name; data: StreamEvents[Name] } }[keyof StreamEvents];

/** The gateway sends its clock every 5 s: after this long without it the connection is dead, even if nobody closed it. */
const SILENCE_MS = 15_000;
const RETRY_MS = 1000;

export interface Connection {
  /** Starts over. */
  reopen(): void;
  /** Starts over when nothing was heard for longer than the gateway ever is silent: timers stand still in a sleep. */
  wake(): void;
  close(): void;
}

/**
 * Follows the stream at `url` until it is closed.
 * @param onLost told with true when the gateway answered, and refused.
 */
export function connect(url: string, onMessage: (message: StreamMessage) => void, onLost: (isRefused: boolean) => void): Connection {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let heardMs = Date.now();

  function openAfter(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(open, ms);
  }

  function lost(isRefused = false): void {
    source?.close();
    onLost(isRefused);
    openAfter(RETRY_MS);
  }

  function open(): void {
    source?.close();
    source = new EventSource(url);
    source.onerror = () => {
      // The browser itself tries again, with Last-Event-ID, unless it has given up.
      if (source?.readyState === EventSource.CLOSED) lost(true);
      else onLost(false);
    };
    for (const name of NAMES) {
      source.addEventListener(name, (event: MessageEvent<string>) => {
        clearTimeout(timer);
        timer = setTimeout(lost, SILENCE_MS);
        heardMs = Date.now();
        // The gateway that serves this page made both: the data is what the name says.
        onMessage({ name, data: JSON.parse(event.data) });
      });
    }
    timer = setTimeout(lost, SILENCE_MS);
  }

  open();
  return {
    reopen: () => lost(),
    wake() {
      if (Date.now() - heardMs > SILENCE_MS) openAfter(0);
    },
    close() {
      clearTimeout(timer);
      source?.close();
    },
  };
}
