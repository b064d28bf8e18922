/**
 * A client of Server-Sent Events as the standard has them (HTML, 9.2), over a real socket.
 * @module
 */
export interface SseEvent {
  event: string;
  data: unknown;
  id: string | undefined;
}

function parse(block: string): SseEvent {
  const fields = new Map(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
  return { event: fields.get("event") ?? "message", data: JSON.parse(fields.get("data") ?? "null"), id: fields.get("id") };
}

export interface SseClient {
  /** The next event that is no heartbeat; rejects when the stream has ended. */
  next(): Promise<SseEvent>;
  /** The next event, heartbeats too. */
  nextOfAny(): Promise<SseEvent>;
  headers: Headers;
  close(): void;
}

/** Opens the stream; `lastEventId` as a browser sends it when it connects again. */
export async function openStream(
  origin: string,
  lastEventId?: string,
  request: { query?: string; headers?: Record<string, string> } = {},
): Promise<SseClient> {
  const abort = new AbortController();
  const headers = { ...request.headers, ...(lastEventId !== undefined && { "Last-Event-ID": lastEventId }) };
  const response = await fetch(`${origin}/api/v1/stream${request.query ?? ""}`, { headers, signal: abort.signal });
  if (!response.ok || response.body === null) throw new Error(`the stream answered ${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";

  async function nextOfAny(): Promise<SseEvent> {
    while (!text.includes("\n\n")) {
      const { done, value } = await reader.read();
      if (done) throw new Error("the stream has ended");
      text += value;
    }
    const end = text.indexOf("\n\n");
    const block = text.slice(0, end);
    text = text.slice(end + 2);
    return parse(block);
  }

  async function next(): Promise<SseEvent> {
    const event = await nextOfAny();
    return event.event === "clock" ? next() : event;
  }

  return { next, nextOfAny, headers: response.headers, close: () => abort.abort() };
}
