/**
 * What live streams cost the gateway: 100 clients with 10 events a second each, in parts of one core.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { listenHttp } from "#gateway/api/server.ts";
import { createBenchHome } from "./home.ts";
import type { Bench, Figure } from "./harness.ts";

const CLIENTS = 100;
const EVENTS_PER_SECOND = 10;
const SECONDS = 8;
const WARM_UP_MS = 2000;

/** Opens the streams in a process of its own, and counts the events that come until it is told to stop. */
const READER = `
const [url, clients, token] = process.argv.slice(1);
let events = 0;
let opened = 0;
const open = async () => {
  const response = await fetch(url, { headers: { Authorization: "Bearer " + token } });
  if (++opened === Number(clients)) process.send("open");
  for await (const chunk of response.body) events += Buffer.from(chunk).toString("latin1").split("event: reading").length - 1;
};
for (let i = 0; i < Number(clients); i++) open().catch(() => {});
process.on("message", (message) => {
  if (message !== "start") return process.send(String(events), () => process.exit());
  events = 0;
  process.send("started");
});
`;

/** Part of a core that this process uses while clients read, and the events that each of them got. */
async function measure(url: string, token: string, publish: () => void): Promise<{ core: number; events: number }> {
  const reader = spawn(process.execPath, ["-e", READER, url, String(CLIENTS), token], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  try {
    await once(reader, "message");
    const ticking = setInterval(publish, 1000 / EVENTS_PER_SECOND);
    await sleep(WARM_UP_MS);
    reader.send("start");
    await once(reader, "message");
    const before = process.cpuUsage();
    const startMs = performance.now();
    await sleep(SECONDS * 1000);
    const { user, system } = process.cpuUsage(before);
    const core = (user + system) / 1000 / (performance.now() - startMs);
    clearInterval(ticking);
    reader.send("stop");
    const [events] = await once(reader, "message");
    return { core, events: Number(events) / CLIENTS };
  } finally {
    reader.kill();
  }
}

/** The least that a stream can cost with hono: the same text, written to each client. */
async function bareStream(text: string): Promise<{ url: string; publish: () => void; close: () => Promise<void> }> {
  const writers = new Set<(text: string) => void>();
  const app = new Hono().get("/", (c) =>
    streamSSE(c, (sse) => {
      const write = (more: string): void => void sse.write(more);
      writers.add(write);
      return new Promise((resolve) => sse.onAbort(() => (writers.delete(write), resolve())));
    }),
  );
  const server = await listenHttp({ app, host: "127.0.0.1", port: 0 });
  return { url: `http://127.0.0.1:${server.port}/`, publish: () => writers.forEach((write) => write(text)), close: () => server.close() };
}

export const sse: Bench = {
  name: "sse",
  summary: `${CLIENTS} live streams with ${EVENTS_PER_SECOND} events a second each: parts of a core`,
  async run(): Promise<Figure[]> {
    const home = await createBenchHome();
    const server = await listenHttp({ app: home.app, host: "127.0.0.1", port: 0 });
    const [reading] = (await home.store.latest()).readings;
    if (reading === undefined) throw new Error("the bench's home has no reading");
    const bare = await bareStream(`event: reading\ndata: ${JSON.stringify(reading)}\nid: b1-1\n\n`);
    try {
      const theirs = await measure(bare.url, "", bare.publish);
      const ours = await measure(`http://127.0.0.1:${server.port}/api/v1/stream`, home.token, () =>
        home.live.publish({ type: "reading", reading }),
      );
      const expected = EVENTS_PER_SECOND * SECONDS;
      if (ours.events < expected * 0.8) throw new Error(`each client got ${ours.events} of about ${expected} events`);
      const reference = { name: "bare hono stream with the same text", value: theirs.core * 100 };
      return [
        {
          name: `${CLIENTS} clients, ${EVENTS_PER_SECOND} events/s`,
          value: ours.core * 100,
          unit: "% of a core",
          reference,
          aim: { of: "value", atMost: 10 },
        },
      ];
    } finally {
      await Promise.all([server.close(), bare.close()]);
      await home.close();
    }
  },
};
