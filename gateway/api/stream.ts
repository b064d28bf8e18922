/**
 * The live stream (Server-Sent Events). A client that was away for a moment goes on where it stopped; one that was away for longer,
 * or is new, gets `resync`: load what you show, what happens from here on follows.
 * @module
 */
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { Clock } from "#gateway/clock.ts";
import type { Live, Notification } from "./live.ts";
import { presentBatch, presentEvent, presentReading } from "./present.ts";
import { ProblemError } from "./problem.ts";
import type { ErrorLog } from "./problem.ts";

/** Most clients at a time: each holds a connection and a place in the ring. */
const MAX_CLIENTS = 64;
/** Notifications that are taken from the ring at a time. */
const RUN = 64;
/** How long a browser waits before it connects anew. */
const RETRY_MS = 1000;

/** The data of a stream's event, as its name says. */
function present(notification: Notification): unknown {
  if (notification.type === "reading") return presentReading(notification.reading);
  if (notification.type === "event") return presentEvent(notification.event);
  if (notification.type === "batch") return presentBatch(notification.batch);
  return notification.type === "chain" ? notification.chain : notification.neighbours;
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

/**
 * A handler that streams what `live` publishes, and the gateway's clock every `heartbeatMs` so that both ends notice a dead connection.
 * @returns the handler; it throws a ProblemError when too many clients are connected.
 */
export function createStream(options: { live: Live; clock: Clock; log: ErrorLog; heartbeatMs: number }): (c: Context) => Response {
  const { live, clock, log, heartbeatMs } = options;
  let clients = 0;

  return function stream(c) {
    // A HEAD answer has no reader, and a stream without one would wait for it for ever.
    if (c.req.method === "HEAD") return c.body(null, 200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" });
    if (clients >= MAX_CLIENTS) throw new ProblemError(503, "Too many live streams are open: close a dashboard.", { "Retry-After": "5" });
    clients += 1;
    let position = resumePosition(live, c.req.header("last-event-id"));

    return streamSSE(c, async (sse) => {
      const gone = new AbortController();
      sse.onAbort(() => gone.abort());
      try {
        await sse.writeSSE({ event: "clock", data: JSON.stringify({ utcMs: clock.nowMs() }), retry: RETRY_MS });
        while (!gone.signal.aborted) {
          const run = position === null ? null : live.read(position, RUN);
          if (position === null || run === null) {
            position = live.end();
            await sse.writeSSE({ event: "resync", data: "{}", id: `${live.epoch}-${position}` });
          } else if (run.length > 0) {
            for (const notification of run) {
              position += 1;
              await sse.writeSSE({ event: notification.type, data: JSON.stringify(present(notification)), id: `${live.epoch}-${position}` });
            }
          } else if (await waitForNews(live, gone.signal, heartbeatMs)) {
            await sse.writeSSE({ event: "clock", data: JSON.stringify({ utcMs: clock.nowMs() }) });
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
