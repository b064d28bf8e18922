import assert from "node:assert/strict";
import type { z } from "@hono/zod-openapi";
import { batch, batchPage, readingProof } from "#gateway/api/schemas/batches.ts";
import { chain, neighbourList } from "#gateway/api/schemas/chain.ts";
import { health } from "#gateway/api/schemas/health.ts";
import { board, boardList, meterList, node } from "#gateway/api/schemas/node.ts";
import { eventPage, reading, readingPage } from "#gateway/api/schemas/records.ts";
import { createClient } from "#gateway/api/client.ts";
import { listenHttp } from "#gateway/api/server.ts";
import { createTestClock, START_UTC_MS } from "./clock.ts";
import { BOARD, BOOT, CONTRACTS, createHome, NEIGHBOURS, POLICY } from "./home.ts";
import type { Home } from "./home.ts";

describe("the API's routes", () => {
  const clock = createTestClock();
  let home: Home;
  before(async () => {
    home = await createHome(clock);
    await home.addBatch(40);
    await home.addBatch(60);
    const last = await home.addBatch(20);
    await home.store.updateTransaction(last.id, { state: "mined", blockNumber: 1207, blockHash: `0x${"bb".repeat(32)}` });
    home.setNeighbours(NEIGHBOURS);
  });
  after(() => home.close());

  /** Asks, expects 200, and holds the answer against the schema that the OpenAPI document shows. */
  async function get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> {
    const response = await home.app.request(`/api/v1${path}`);
    const body: unknown = await response.json();
    assert.equal(response.status, 200, JSON.stringify(body));
    assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
    return schema.parse(body);
  }

  it("tell who the home is and what its clock shows", async () => {
    assert.deepEqual(await get("/node", node), { ...home.options.node, nowUtcMs: START_UTC_MS });
  });

  it("tell a board's state with the reason for it", async () => {
    const [hall, ...others] = (await get("/boards", boardList)).items;
    assert.equal(others.length, 0);
    assert.equal(hall?.source, "bus");
    assert.equal(hall.newestUtcMs, START_UTC_MS);
    assert.deepEqual(hall.policy, POLICY);
    const { cause, value, limit, unit, utcMs } = hall.latestEvent ?? {};
    assert.deepEqual(
      { cause, value, limit, unit, utcMs },
      {
        cause: "batteryLow",
        value: 248,
        limit: 250,
        unit: "permille",
        utcMs: START_UTC_MS - 29_000,
      },
    );
    assert.deepEqual(
      hall.meters.map(({ latestReading }) => latestReading?.closedRelays),
      [[2], [2]],
    );
    assert.deepEqual(await get(`/boards/${BOARD}`, board), hall);
  });

  it("tell of boards that knock without being admitted", async () => {
    const waiting = [
      {
        boardId: "24a160000001",
        frames: 2,
        firstUtcMs: START_UTC_MS - 1000,
        lastUtcMs: START_UTC_MS,
        lastRefusal: "unknownBoard" as const,
      },
    ];
    const app = await createHome(clock, { ingest: { ...home.options.ingest, unknownBoards: () => waiting } });
    const response = await app.app.request("/api/v1/boards");
    assert.deepEqual(boardList.parse(await response.json()).waiting, waiting);
    await app.close();
  });

  it("tell each meter's name on the chain and its newest reading", async () => {
    const { items } = await get("/meters", meterList);
    assert.deepEqual(
      items.map(({ kind }) => kind),
      ["battery", "bus"],
    );
    assert.equal(items[1]?.meterId, `0x${BOARD}01`.padEnd(66, "0"));
    const stored = await home.store.latest();
    assert.deepEqual(
      items.map(({ latestReading }) => latestReading?.importMwh),
      stored.readings.map(({ importMwh }) => importMwh),
    );
  });

  it("list readings in pages that together are all of them, once each, in order", async () => {
    const all = await home.store.readings({ limit: 1000 });
    const ids: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: z.infer<typeof readingPage> = await get(`/readings?limit=17${cursor === "" ? "" : `&cursor=${cursor}`}`, readingPage);
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    assert.deepEqual(
      ids,
      all.map(({ boardId, boot, sequence }) => `${boardId}-${boot}-${sequence}`),
    );
    assert.equal(all.length, 240);
  });

  it("bound readings by board, meter and time, the end left out", async () => {
    const from = START_UTC_MS - 10_000;
    const { items, nextCursor } = await get(`/readings?boardId=${BOARD}&meter=1&fromUtcMs=${from}&toUtcMs=${START_UTC_MS}`, readingPage);
    assert.deepEqual(
      items.map(({ endUtcMs }) => endUtcMs),
      Array.from({ length: 10 }, (_, index) => from + index * 1000),
    );
    assert.ok(items.every(({ meter }) => meter === 1));
    assert.equal(nextCursor, null);
    assert.deepEqual((await get("/readings?boardId=000000000000", readingPage)).items, []);
  });

  it("give one reading with its power and its batch", async () => {
    const one = await get(`/readings/${BOARD}-${BOOT}-0`, reading);
    assert.equal(one.powerMw, Math.round((one.currentMa * one.voltageMv) / 1000));
    assert.ok(one.powerMw < 0);
    assert.deepEqual(one.closedRelays, [1]);
    assert.equal(one.batchNumber, 1);
  });

  it("prove a reading in a form that the verifier takes", async () => {
    const proof = await get(`/readings/${BOARD}-${BOOT}-0/proof`, readingProof);
    assert.equal(proof.batch, 1);
    assert.equal(proof.root, (await home.store.batch(1))?.root);
    assert.equal(proof.energyLedger, CONTRACTS.energyLedger);
  });

  it("list events, newest first", async () => {
    const { items } = await get(`/events?boardId=${BOARD}&limit=5`, eventPage);
    assert.deepEqual(
      items.map(({ cause, source }) => [cause, source]),
      [["batteryLow", "bus"]],
    );
  });

  it("list batches in pages, newest first, with their transactions", async () => {
    const first = await get("/batches?limit=2", batchPage);
    assert.deepEqual(
      first.items.map(({ number }) => number),
      [3, 2],
    );
    const rest = await get(`/batches?limit=2&cursor=${first.nextCursor}`, batchPage);
    assert.deepEqual(
      rest.items.map(({ number }) => number),
      [1],
    );
    assert.equal(rest.nextCursor, null);
    const { state, blockNumber } = first.items[0]?.transaction ?? {};
    assert.deepEqual({ state, blockNumber }, { state: "mined", blockNumber: 1207 });
    assert.deepEqual(await get("/batches/3", batch), first.items[0]);
  });

  it("never show a raw transaction or a board's secret", async () => {
    for (const path of ["/batches", "/batches/1", "/boards", `/boards/${BOARD}`]) {
      const text = await (await home.app.request(`/api/v1${path}`)).text();
      assert.doesNotMatch(text, /"raw"|ecret/, path);
    }
  });

  it("tell what the chain tells", async () => {
    assert.deepEqual((await get("/neighbours", neighbourList)).items, NEIGHBOURS);
    assert.deepEqual(await get("/chain", chain), home.options.ledger.status());
  });

  it("answer the typed client over a socket", async () => {
    const server = await listenHttp({ app: home.app, host: "127.0.0.1", port: 0 });
    const client = createClient(`http://127.0.0.1:${server.port}`);
    const response = await client.readings[":readingId"].$get({ param: { readingId: `${BOARD}-${BOOT}-0` } });
    assert.ok(response.ok);
    assert.equal((await response.json()).boardId, BOARD);
    await server.close();
  });
});

describe("the API's health", () => {
  const clock = createTestClock();
  let home: Home;
  before(async () => {
    home = await createHome(clock);
  });
  after(() => home.close());

  async function check(expectedStatus: number) {
    const response = await home.app.request("/api/v1/health");
    assert.equal(response.status, expectedStatus);
    return health.parse(await response.json());
  }

  it("is ok while boards report and the chain answers", async () => {
    assert.equal((await check(200)).status, "ok");
  });

  it("is degraded, with the reason, when the chain is away", async () => {
    home.setChain({ state: "away", detail: "connect ECONNREFUSED" });
    const { status, chain: part } = await check(200);
    home.setChain({ state: "following", detail: null });
    assert.equal(status, "degraded");
    assert.deepEqual(part, { ok: false, detail: "connect ECONNREFUSED" });
  });

  it("is degraded, naming the board, when a board falls silent", async () => {
    clock.advance(10_001);
    const { status, boards } = await check(200);
    clock.advance(-10_001);
    assert.equal(status, "degraded");
    assert.match(boards.detail ?? "", /Hall \(24a160aabbcc\)/);
  });

  it("is failing, and still answers, when the store does not", async () => {
    const broken = await createHome(clock, { store: { ...home.store, latest: () => Promise.reject(new Error("disk I/O error")) } });
    const response = await broken.app.request("/api/v1/health");
    assert.equal(response.status, 503);
    assert.equal(health.parse(await response.json()).status, "failing");
    await broken.close();
  });
});
