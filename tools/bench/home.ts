/**
 * A gateway's application over a real store with one board in it, for benchmarks of the API.
 * @module
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FLAG, STREAM } from "#firmware/wire/records.ts";
import type { Reading } from "#firmware/wire/records.ts";
import { createApp } from "#gateway/api/app.ts";
import { createKnownSettings } from "#gateway/api/board-settings.ts";
import { createLive } from "#gateway/api/live.ts";
import type { Live } from "#gateway/api/live.ts";
import { createAccess } from "#gateway/auth/access.ts";
import { createClock } from "#gateway/clock.ts";
import { createCounters } from "#gateway/ingest/refusals.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import type { Store } from "#gateway/store/store.ts";

const BOARD = "02da15ee0001";
const METERS = 4;

export interface BenchHome {
  app: ReturnType<typeof createApp>;
  store: Store;
  live: Live;
  /** Secret of a token that may read. */
  token: string;
  close(): Promise<void>;
}

function reading(meter: number): Reading {
  const power = { currentMa: -1650, minCurrentMa: -1700, maxCurrentMa: -1600, voltageMv: 12_400, importMwh: 5210, exportMwh: 7300 };
  return { kind: "reading", meter, uptimeMs: 1000, ...power, relays: 1, flags: FLAG.clipped, ...(meter === 0 && { chargePermille: 480 }) };
}

/** A home whose board has one reading of each of its meters. */
export async function createBenchHome(): Promise<BenchHome> {
  const folder = await mkdtemp(join(tmpdir(), "daisee-bench-"));
  const store = await openSqliteStore(join(folder, "store.sqlite"));
  const clock = createClock();
  const nowMs = clock.nowMs();
  const meters = Array.from({ length: METERS }, (_, meter) => ({
    meter,
    kind: "load" as const,
    name: `Circuit ${meter}`,
    ratedPowerW: 240,
  }));
  await store.admitBoard({
    boardId: BOARD,
    name: "Hall",
    role: "consumer",
    meters,
    wrappedSecret: new Uint8Array(60),
    admittedUtcMs: nowMs,
  });
  const frame = { stream: STREAM.fine, uptimeMs: 1000, boot: 1, sequence: 0, records: meters.map(({ meter }) => reading(meter)) };
  await store.commitFrames([
    { boardId: BOARD, frameBoot: 1, frameNumber: 1, frameBootUtcMs: nowMs, receivedUtcMs: nowMs, bootUtcMs: nowMs, frame },
  ]);

  const access = await createAccess({ store, clock, random: randomBytes, mode: "accounts" });
  const owner = await access.accounts.add({ name: "bench", password: randomBytes(16).toString("hex"), role: "owner" });
  const { secret } = await access.tokens.create({ accountId: owner.accountId, name: "bench", scope: "read", expiresUtcMs: null });
  const live = createLive({ epoch: "b1" });
  const address = `0x${"00".repeat(20)}`;
  const app = createApp({
    store,
    clock,
    live,
    access,
    random: randomBytes,
    settings: await createKnownSettings(store, []),
    node: { id: 1, name: "Bench", role: "consumer", address, slotMs: 900_000, clockSpeed: 1 },
    ingest: { counters: createCounters(), unknownBoards: () => [] },
    ledger: {
      status: () => {
        throw new Error("the bench has no chain");
      },
      neighbours: () => [],
      proof: async () => null,
    },
    log: { error: (details, message) => console.error(message, details) },
  });
  return {
    app,
    store,
    live,
    token: secret,
    async close() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}
