import assert from "node:assert/strict";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import sinon from "sinon";
import { createApp } from "#gateway/api/app.ts";
import { createLive, publishCommitted } from "#gateway/api/live.ts";
import type { Live } from "#gateway/api/live.ts";
import { batch } from "#gateway/api/schemas/batches.ts";
import { boardEvent, reading } from "#gateway/api/schemas/records.ts";
import { listenHttp } from "#gateway/api/server.ts";
import type { HttpServer } from "#gateway/api/server.ts";
import { createTestClock, START_UTC_MS } from "./clock.ts";
import { createHome, story } from "./home.ts";
import type { Home } from "./home.ts";
import { createHousehold } from "./household.ts";
import type { Household } from "./household.ts";
import { openStream } from "./sse.ts";
import type { SseClient } from "./sse.ts";

describe("the live stream", () => {
  let home: Home;
  let live: Live;
  let app: Home["app"];
  let server: HttpServer;
  let origin: string;
  const clients: SseClient[] = [];
  before(async () => {
    home = await createHome(createTestClock());
  });
  beforeEach(async () => {
    live = createLive({ epoch: "t1", capacity: 8 });
    app = createApp({ ...home.options, live });
    server = await listenHttp({ app, host: "127.0.0.1", port: 0 });
    origin = `http://127.0.0.1:${server.port}`;
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await server.close();
  });
  after(() => home.close());

  async function open(lastEventId?: string): Promise<SseClient> {
    const client = await openStream(origin, lastEventId);
    clients.push(client);
    return client;
  }

  /** Publishes so many numbered chain states. */
  function publishHeads(from: number, count: number): void {
    for (let headNumber = from; headNumber < from + count; headNumber++) {
      live.publish({ type: "chain", chain: home.setChain({ headNumber }) });
    }
  }

  async function heads(client: SseClient, count: number): Promise<unknown[]> {
    const found: unknown[] = [];
    while (found.length < count) found.push(Object(await client.next())["data"]["headNumber"]);
    return found;
  }

  it("tells a new client to load first, and says what time it is", async () => {
    const client = await open();
    assert.equal(client.headers.get("content-type"), "text/event-stream");
    assert.equal(client.headers.get("cache-control"), "no-cache");
    assert.deepEqual(await client.nextOfAny(), { event: "clock", data: { utcMs: START_UTC_MS }, id: undefined });
    assert.deepEqual(await client.nextOfAny(), { event: "resync", data: {}, id: "t1-0" });
  });

  it("carries what was committed and batched, in the forms of the API", async () => {
    const client = await open();
    await client.next();
    const [event, sample] = story(4).slice(-3);
    assert.ok(event !== undefined && sample !== undefined);
    publishCommitted(live, await home.commit([event, sample]));
    const { subject: number } = await home.addBatch(20);
    const added = await home.store.batch(number);
    assert.ok(added);
    live.publish({ type: "batch", batch: added });
    const [first, second, third] = [await client.next(), await client.next(), await client.next()];
    assert.equal(boardEvent.parse(first.data).cause, "batteryLow");
    assert.equal(first.event, "event");
    assert.equal(reading.parse(second.data).meter, 0);
    assert.equal(batch.parse(third.data).transaction.state, "signed");
    assert.deepEqual([first.id, second.id, third.id], ["t1-1", "t1-2", "t1-3"]);
  });

  it("goes on behind the last event that a client saw", async () => {
    publishHeads(1, 5);
    assert.deepEqual(await heads(await open("t1-2"), 3), [3, 4, 5]);
    const upToDate = await open("t1-5");
    publishHeads(6, 1);
    assert.deepEqual(await heads(upToDate, 1), [6]);
  });

  it("makes a client load anew when what it missed is gone, or is of another run", async () => {
    publishHeads(1, 20);
    for (const id of ["t1-11", "t1-21", "t0-20", "t1-x", "", "t1-999999999999999999"]) {
      assert.deepEqual(await (await open(id)).next(), { event: "resync", data: {}, id: "t1-20" }, id);
    }
    assert.deepEqual(await heads(await open("t1-12"), 8), [13, 14, 15, 16, 17, 18, 19, 20]);
  });

  it("serves slow and fast clients the same", async () => {
    const all = await Promise.all([open("t1-0"), open("t1-0"), open("t1-0")]);
    publishHeads(1, 3);
    assert.deepEqual(await heads(all[0], 3), [1, 2, 3]);
    publishHeads(4, 3);
    assert.deepEqual(await heads(all[1], 6), [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(await heads(all[2], 6), [1, 2, 3, 4, 5, 6]);
  });

  it("forgets a client that has gone", async () => {
    const subscribe = sinon.spy(live, "subscribe");
    const client = await open();
    await client.next();
    while (subscribe.callCount === 0) await sleep(5);
    client.close();
    const unsubscribed = subscribe.lastCall.returnValue;
    assert.equal(typeof unsubscribed, "function");
    // Each turn of a stream's loop subscribes again: once the loop has ended, a publication adds no subscription.
    let before = -1;
    while (subscribe.callCount !== before) {
      before = subscribe.callCount;
      await sleep(20);
      publishHeads(1, 1);
      await sleep(20);
    }
    subscribe.restore();
  });

  it("admits so many clients, and again when one leaves", async () => {
    const first = await open();
    await Promise.all(Array.from({ length: 255 }, () => open()));
    const refused = await fetch(`${origin}/api/v1/stream`);
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get("retry-after"), "5");
    assert.match(await refused.text(), /close a dashboard/);
    first.close();
    let status = 503;
    while (status === 503)
      status = await openStream(origin).then(
        (client) => (clients.push(client), 200),
        () => sleep(10, 503),
      );
    assert.equal(status, 200);
  });

  it("answers HEAD without holding anything open", async () => {
    const response = await app.request("/api/v1/stream", { method: "HEAD" });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "text/event-stream");
  });

  it("beats while nothing happens", async () => {
    const timers = sinon.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const response = await app.request("/api/v1/stream");
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      while (!text.includes("resync")) text += (await reader?.read())?.value ?? "";
      for (let beats = 2; beats < 5; beats++) {
        while (text.split("event: clock").length - 1 < beats) {
          await timers.tickAsync(5000);
          text += (await reader?.read())?.value ?? "";
        }
      }
      await reader?.cancel();
    } finally {
      timers.restore();
    }
  });
});

describe("the HTTP server", () => {
  let home: Home;
  before(async () => {
    home = await createHome(createTestClock());
  });
  after(() => home.close());

  it("ends live streams when it closes", async () => {
    const server = await listenHttp({ app: home.app, host: "127.0.0.1", port: 0 });
    const client = await openStream(`http://127.0.0.1:${server.port}`);
    await client.next();
    const ended = assert.rejects(client.next());
    await Promise.all([server.close(), server.close()]);
    await ended;
    await assert.rejects(fetch(`http://127.0.0.1:${server.port}/`));
  });

  it("says which port is taken and what to do", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    assert.ok(address !== null && typeof address === "object");
    await assert.rejects(
      listenHttp({ app: home.app, host: "127.0.0.1", port: address.port }),
      new RegExp(`Port ${address.port} .* is taken: stop`),
    );
    await new Promise((resolve) => other.close(resolve));
  });

  it("listens on the loopback, unless an address of the LAN is named", async () => {
    for (const host of ["0.0.0.0", "::", "192.168.1.5", ""]) {
      await assert.rejects(listenHttp({ app: home.app, host, port: 0 }), /for the loopback: set it to/);
    }
    for (const host of ["0.0.0.0", "::", "maple.local", ""]) {
      await assert.rejects(listenHttp({ app: home.app, host, port: 0, isLan: true }), /this machine's own address in the LAN/);
    }
  });
});

describe("the live stream, for whoever is logged in", () => {
  let home: Household;
  let live: Live;
  let server: HttpServer;
  let origin: string;
  const clients: SseClient[] = [];
  before(async () => {
    live = createLive({ epoch: "t1" });
    home = await createHousehold(createTestClock(), "accounts", () => ({ live }));
    server = await listenHttp({ app: home.app, host: "127.0.0.1", port: 0 });
    origin = `http://127.0.0.1:${server.port}`;
  });
  afterEach(() => clients.splice(0).forEach((client) => client.close()));
  after(async () => {
    await server.close();
    await home.close();
  });

  async function open(query: string, headers: Record<string, string>): Promise<SseClient> {
    const client = await openStream(origin, undefined, { query, headers });
    clients.push(client);
    return client;
  }

  it("is for nobody else", async () => {
    const response = await fetch(`${origin}/api/v1/stream`);
    assert.equal(response.status, 401);
  });

  it("carries the topics that were asked for, each with its place among all", async () => {
    const client = await open("?topics=chain,command", await home.headersOf("token read"));
    await client.next();
    live.publish({ type: "neighbours", neighbours: [] });
    live.publish({ type: "chain", chain: home.setChain({ headNumber: 7 }) });
    const event = await client.next();
    assert.deepEqual([event.event, event.id], ["chain", "t1-2"]);
    assert.equal((await fetch(`${origin}/api/v1/stream?topics=chain,weather`, { headers: await home.headersOf("guest") })).status, 400);
  });

  it("ends with the token or session that opened it", async () => {
    const token = await home.access.tokens.create({ accountId: home.accountIds.owner, name: "t", scope: "read", expiresUtcMs: null });
    const byToken = await open("", { Authorization: `Bearer ${token.secret}` });
    const { Cookie: cookie = "" } = await home.headersOf("guest");
    const bySession = await open("", { Cookie: cookie });
    await Promise.all([byToken.next(), bySession.next()]);
    await home.access.tokens.revoke(token.token.tokenId);
    await home.access.sessions.endOf(home.accountIds.guest);
    live.publish({ type: "neighbours", neighbours: [] });
    // The last word may be what had been taken from the ring already; then it is over.
    for (const client of [byToken, bySession]) {
      await assert.rejects(async () => {
        for (;;) await client.next();
      }, /has ended/);
    }
  });
});
