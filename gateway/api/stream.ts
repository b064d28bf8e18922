/**
 * The live stream (Server-Sent Events). A client that was away for a moment goes on where it stopped; one that was away for longer,
 * or is new, gets `resync`: load what you show, what happens from here on follows.
 * @module
 */
import { streamSSE } from "hono/streaming";
import type { Clock } from "#gateway/clock.ts";
import type { ApiContext } from "./env.ts";
import type { Live, Notification } from "./live.ts";
import { presentBatch, presentCommand, presentDiagnostics, presentEvent, presentReading } from "./present.ts";
import { ProblemError } from "./problem.ts";
import type { ErrorLog } from "./problem.ts";
import type { Topic } from "./schemas/stream.ts";

/** Most clients at a time: each holds a connection and a place in the ring. */
const MAX_CLIENTS = 256;
/** Notifications that are taken from the ring at a time. */
const RUN = 64;
/** How long a browser waits before it connects anew. */
const RETRY_MS = 1000;

/** The data of a stream's event, as its name says. */
function present(notification: Notification): unknown {
  if (notification.type === "reading") return presentReading(notification.reading);
  if (notification.type === "event") return presentEvent(notification.event);
  if (notification.type === "command") return presentCommand(notification.command);
  if (notification.type === "diagnostics") return presentDiagnostics(notification.diagnostics);
  if (notification.type === "batch") return presentBatch(notification.batch);
  if (notification.type === "chain") return notification.chain;
  if (notification.type === "neighbours") return notification.neighbours;
  if (notification.type === "order") return notification.order;
  return notification.type === "settlement" ? notification.settlement : notification.transfer;
}

/** Text of one event (HTML, 9.2.6). JSON has no line break in it. */
const frame = (event: string, data: string, rest = ""): string => `event: ${event}\ndata: ${data}\n${rest}\n`;

/** Each notification's text is made once for all clients. */
function createTexts(epoch: string): (notification: Notification, position: number) => string {
  const texts = new WeakMap<Notification, string>();
  return (notification, position) => {
    const known = texts.get(notification);
    if (known !== undefined) return known;
    const text = frame(notification.type, JSON.stringify(present(notification)), `id: ${epoch}-${position}\n`);
    texts.set(notification, text);
    return text;
  };
}

/** The position that a Last-Event-ID names: null when it is of another run, or none. */
function resumePosition(live: Live, id: string | undefined): number | null {
  const [, epoch, position] = /^([0-9A-Za-z]+)-(\d{1,15})$/.exec(id ?? "") ?? [];
  return epoch === live.epoch && position !== undefined ? Number(position) : null;
}

/** Resolves at the next publication, at the abort, or after `ms`: true when the time has run out. */
function waitForNews(live: Live, signal: AbortSignal, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (timedOut: boolean) => {
      clearTimeout(timer);
      unsubscribe();
      signal.removeEventListener("abort", onAbort);
      resolve(timedOut);
    };
    const onAbort = () => finish(false);
    const timer = setTimeout(() => finish(true), ms);
    const unsubscribe = live.subscribe(() => finish(false));
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) finish(false);
  });
}

/** What one client wants, and for how long it may have it. */
export interface Subscription {
  /** All when it is left out. */
  topics?: readonly Topic[] | undefined;
  /** Whether the session or token that opened the stream has not ended. */
  isValid: () => boolean;
}

/**
 * A handler that streams what `live` publishes, and the gateway's clock every `heartbeatMs` so that both ends notice a dead connection.
 * @returns the handler; it throws a ProblemError when too many clients are connected.
 */
export function createStream(options: {
  live: Live;
  clock: Clock;
  log: ErrorLog;
  heartbeatMs: number;
}): (c: ApiContext, subscription: Subscription) => Response {
  const { live, clock, log, heartbeatMs } = options;
  const textOf = createTexts(live.epoch);
  const clockText = (): string => frame("clock", JSON.stringify({ utcMs: clock.nowMs() }));
  let clients = 0;

  return function stream(c, { topics, isValid }) {
    // A HEAD answer has no reader, and a stream without one would wait for it for ever.
    if (c.req.method === "HEAD") return c.body(null, 200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" });
    if (clients >= MAX_CLIENTS)
      throw new ProblemError(503, "Too many live streams are open: close a dashboard.", { headers: { "Retry-After": "5" } });
    clients += 1;
    const wanted = topics === undefined ? null : new Set<string>(topics);
    let position = resumePosition(live, c.req.header("last-event-id"));

    return streamSSE(c, async (sse) => {
      const gone = new AbortController();
      sse.onAbort(() => gone.abort());
      let lastWriteMs = 0;
      const write = async (text: string): Promise<void> => {
        lastWriteMs = performance.now();
        await sse.write(text);
      };
      try {
        await write(`retry: ${RETRY_MS}\n${clockText()}`);
        while (!gone.signal.aborted && isValid()) {
          const run = position === null ? null : live.read(position, RUN);
          if (position === null || run === null) {
            position = live.end();
            await write(frame("resync", "{}", `id: ${live.epoch}-${position}\n`));
          } else if (run.length > 0) {
            let text = "";
            for (const notification of run) {
              position += 1;
              if (wanted === null || wanted.has(notification.type)) text += textOf(notification, position);
            }
            if (text !== "") await write(text);
            // Whoever wants few topics still has to see that the connection lives.
            else if (performance.now() - lastWriteMs >= heartbeatMs) await write(clockText());
          } else if (await waitForNews(live, gone.signal, heartbeatMs)) {
            await write(clockText());
          }
        }
      } catch (err) {
        // hono would write it to the console, and its text to the client.
        log.error({ err, path: c.req.path }, "live stream failed");
      } finally {
        clients -= 1;
      }
    });
  };
}
