/**
 * A gateway's live stream as an async iterator.
 * @module
 */
import { EventSourceParserStream } from "eventsource-parser/stream";

export interface LiveEvent {
  /** The event's name: reading, event, batch, chain, neighbours, clock, resync. */
  type: string;
  data: unknown;
}

/** Follows the stream until the signal aborts or the gateway ends it. Throws when it cannot be reached. */
export async function* followLive(dashboard: string, signal: AbortSignal): AsyncGenerator<LiveEvent> {
  const response = await fetch(new URL("/api/v1/stream", dashboard), { signal });
  if (!response.ok || response.body === null) throw new Error(`${dashboard} answered ${response.status} to the live stream`);
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { event, data } of events) yield { type: event ?? "message", data: JSON.parse(data) };
}
