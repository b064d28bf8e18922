/**
 * The API's handlers: each reads from the store or the ledger and presents it. Nothing here writes.
 * @module
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Clock } from "#gateway/clock.ts";
import type { Store } from "#gateway/store/store.ts";
import { batchCursor, batchPlace, readingCursor, readingPlace } from "./cursor.ts";
import { checkHealth } from "./health.ts";
import type { Live } from "./live.ts";
import type { BoardSettings, IngestPort, LedgerPort, NodeDescription } from "./ports.ts";
import { presentBatch, presentBoard, presentEvent, presentMeter, presentReading, recordKeyOf } from "./present.ts";
import { onInvalid, ProblemError } from "./problem.ts";
import type { ErrorLog } from "./problem.ts";
import * as routes from "./routes.ts";
import { DEFAULT_LIMIT } from "./schemas/fields.ts";
import { createStream } from "./stream.ts";

/** Heartbeat of the live stream, ms of real time. */
const HEARTBEAT_MS = 5000;

export interface ApiOptions {
  store: Store;
  ledger: LedgerPort;
  ingest: IngestPort;
  clock: Clock;
  live: Live;
  node: NodeDescription;
  /** What the boards were set to, as far as this gateway knows it. */
  boards: readonly BoardSettings[];
  log: ErrorLog;
}

/** The fields that a query named: the store tells a missing one from an undefined one. */
function given<Fields extends object>(fields: Fields) {
  // What is undefined has just been left out.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: Exclude<Fields[Name], undefined>;
  };
}

const missing = (what: string) => new ProblemError(404, `There is no ${what}.`);

/** The routes of `/api/v1`, without that prefix. */
export function createApi(options: ApiOptions) {
  const { store, ledger, ingest, clock, live, node, boards, log } = options;
  const settingsOf = (boardId: string) => boards.find((one) => one.boardId === boardId);
  const stream = createStream({ live, clock, log, heartbeatMs: HEARTBEAT_MS });

  const api = new OpenAPIHono({ defaultHook: onInvalid })
    .openapi(routes.nodeRoute, (c) => c.json({ ...node, nowUtcMs: clock.nowMs() }, 200))
    .openapi(routes.boardsRoute, async (c) => {
      const [admitted, latest] = await Promise.all([store.boards(), store.latest()]);
      const items = admitted.map((board) => presentBoard(board, latest, settingsOf(board.boardId)));
      return c.json({ items, waiting: ingest.unknownBoards() }, 200);
    })
    .openapi(routes.boardRoute, async (c) => {
      const { boardId } = c.req.valid("param");
      const [admitted, latest] = await Promise.all([store.boards(), store.latest()]);
      const board = admitted.find((one) => one.boardId === boardId);
      if (board === undefined) throw missing(`admitted board ${boardId}`);
      return c.json(presentBoard(board, latest, settingsOf(boardId)), 200);
    })
    .openapi(routes.metersRoute, async (c) => {
      const [admitted, { readings }] = await Promise.all([store.boards(), store.latest()]);
      const items = admitted.flatMap(({ boardId, meters }) => meters.map((meter) => presentMeter(boardId, meter, readings)));
      return c.json({ items }, 200);
    })
    .openapi(routes.readingsRoute, async (c) => {
      const { cursor, limit = DEFAULT_LIMIT, ...bounds } = c.req.valid("query");
      const after = cursor === undefined ? undefined : readingPlace(cursor);
      const found = await store.readings({ ...given({ ...bounds, after }), limit: limit + 1 });
      const readings = found.slice(0, limit);
      const last = found.length > limit ? readings.at(-1) : undefined;
      const nextCursor = last === undefined ? null : readingCursor({ endUtcMs: last.endUtcMs ?? 0, key: last });
      return c.json({ items: readings.map(presentReading), nextCursor }, 200);
    })
    .openapi(routes.readingRoute, async (c) => {
      const { readingId } = c.req.valid("param");
      const reading = await store.reading(recordKeyOf(readingId));
      if (reading === null) throw missing(`reading ${readingId}`);
      return c.json(presentReading(reading), 200);
    })
    .openapi(routes.proofRoute, async (c) => {
      const { readingId } = c.req.valid("param");
      const key = recordKeyOf(readingId);
      const reading = await store.reading(key);
      if (reading === null) throw missing(`reading ${readingId}`);
      const proof = await ledger.proof(key);
      if (proof === null) throw missing(`batch with reading ${readingId} yet: ask again when its slot is closed`);
      return c.json(proof, 200);
    })
    .openapi(routes.eventsRoute, async (c) => {
      const { boardId, limit = DEFAULT_LIMIT } = c.req.valid("query");
      const events = await store.events({ ...given({ boardId }), limit });
      return c.json({ items: events.map(presentEvent) }, 200);
    })
    .openapi(routes.batchesRoute, async (c) => {
      const { cursor, limit = DEFAULT_LIMIT } = c.req.valid("query");
      const before = cursor === undefined ? undefined : batchPlace(cursor);
      const found = await store.batches({ ...given({ before }), limit: limit + 1 });
      const batches = found.slice(0, limit);
      const last = found.length > limit ? batches.at(-1) : undefined;
      return c.json({ items: batches.map(presentBatch), nextCursor: last === undefined ? null : batchCursor(last.number) }, 200);
    })
    .openapi(routes.batchRoute, async (c) => {
      const { number } = c.req.valid("param");
      const batch = await store.batch(number);
      if (batch === null) throw missing(`batch ${number}`);
      return c.json(presentBatch(batch), 200);
    })
    .openapi(routes.neighboursRoute, (c) => c.json({ items: ledger.neighbours() }, 200))
    .openapi(routes.chainRoute, (c) => c.json(ledger.status(), 200))
    .openapi(routes.healthRoute, async (c) => {
      const health = await checkHealth({ store, ledger, ingest, boards, nowMs: clock.nowMs() });
      return c.json(health, health.status === "failing" ? 503 : 200);
    })
    .openapi(routes.streamRoute, (c) => stream(c));

  return api.openapi(routes.openapiRoute, (c) => c.json(api.getOpenAPI31Document(description), 200));
}

const description = {
  openapi: "3.1.0",
  info: {
    title: "DAISEE gateway",
    version: "1",
    description:
      "What a home's boards measured, and its batches on the neighbours' chain. Read only. Errors are problem details (RFC 9457). " +
      "Units are in the fields' names: Ma, Mv, Mw, Mwh, Permille, UtcMs.",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
  servers: [{ url: "/api/v1" }],
};

/** The API's type, from which the client's is made. */
export type Api = ReturnType<typeof createApi>;
