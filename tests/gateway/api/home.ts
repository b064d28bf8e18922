/**
 * A home for the tests: a real store in a folder of its own, filled as a consumer's board fills it, and the application over it.
 * @module
 */
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PolicySettings } from "#firmware/wire/commands.ts";
import { CAUSE, SOURCE, STREAM } from "#firmware/wire/records.ts";
import type { BoardRecord, Reading } from "#firmware/wire/records.ts";
import { createApp } from "#gateway/api/app.ts";
import type { AppOptions } from "#gateway/api/app.ts";
import { createKnownSettings } from "#gateway/api/board-settings.ts";
import { createLive } from "#gateway/api/live.ts";
import { createAccess } from "#gateway/auth/access.ts";
import type { Clock } from "#gateway/clock.ts";
import { createCounters, createUnknownBoards } from "#gateway/ingest/refusals.ts";
import { readingTree } from "#gateway/ledger/batch.ts";
import { createProver } from "#gateway/ledger/prover.ts";
import type { ChainStatus, Neighbour } from "#gateway/ledger/status.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import type { CommittedFrame, OutboxTransaction, Store, StoredReading } from "#gateway/store/store.ts";

export const BOARD = "24a160aabbcc";
export const BOOT = 3;
export const SLOT_MS = 15_000;
const BATTERY_MV = 12_400;
const LIMIT = 250;

export const POLICY: PolicySettings = {
  lowPermille: LIMIT,
  highPermille: 400,
  reservePermille: 200,
  giveAbovePermille: 600,
  minOnMs: 3000,
  minOffMs: 1000,
  deadTimeMs: 200,
  tripMa: 10_000,
  lockoutMs: 30_000,
  busLiveMv: 9000,
  staleMs: 2000,
};

const hex32 = (byte: string) => `0x${byte.repeat(32)}`;
export const CONTRACTS = { meterRegistry: `0x${"a1".repeat(20)}`, energyLedger: `0x${"b2".repeat(20)}` };

function reading(meter: number, uptimeMs: number, currentMa: number, before: Reading | undefined): Reading {
  // mA × mV × 1 s = nW·s·10⁶; one mWh is 3.6 × 10⁹ of them.
  const energyMwh = Math.round((Math.abs(currentMa) * BATTERY_MV) / 3_600_000);
  const spread = 30;
  return {
    kind: "reading",
    meter,
    uptimeMs,
    currentMa,
    minCurrentMa: currentMa - spread,
    maxCurrentMa: currentMa + spread,
    voltageMv: BATTERY_MV - (meter === 0 ? Math.round(uptimeMs / 2000) : 150),
    importMwh: (before?.importMwh ?? 0) + (currentMa > 0 ? energyMwh : 0),
    exportMwh: (before?.exportMwh ?? 0) + (currentMa < 0 ? energyMwh : 0),
    relays: 0,
    flags: 0,
  };
}

/** A battery that runs down for `seconds`, and at 3 quarters of that the switch to the bus: readings of both meters, one event. */
export function story(seconds: number): BoardRecord[] {
  const records: BoardRecord[] = [];
  const before: (Reading | undefined)[] = [];
  const switchAt = Math.floor(seconds * 0.75);
  for (let second = 1; second <= seconds; second++) {
    const onBus = second > switchAt;
    if (second === switchAt + 1) {
      records.push({ kind: "event", uptimeMs: second * 1000, cause: CAUSE.batteryLow, source: SOURCE.bus, value: 248, limit: LIMIT });
    }
    const ripple = Math.round(60 * Math.sin(second / 3));
    const currents = onBus ? [310 + ripple, 1720 + ripple] : [-1650 + ripple, 0];
    for (const [meter, currentMa] of currents.entries()) {
      const made = reading(meter, second * 1000, currentMa, before[meter]);
      made.relays = onBus ? 2 : 1;
      if (meter === 0) made.chargePermille = onBus ? 248 + Math.floor((second - switchAt) / 6) : 248 + Math.floor((switchAt - second) / 2);
      before[meter] = made;
      records.push(made);
    }
  }
  return records;
}

export interface Home {
  store: Store;
  options: AppOptions;
  app: ReturnType<typeof createApp>;
  /** Commits records as the board's next ones. */
  commit(records: BoardRecord[]): Promise<CommittedFrame[]>;
  /** Puts `count` unbatched readings into the next batch. */
  addBatch(count: number): Promise<OutboxTransaction>;
  setChain(change: Partial<ChainStatus>): ChainStatus;
  setNeighbours(next: Neighbour[]): Neighbour[];
  errors: unknown[];
  close(): Promise<void>;
}

/** @param clock shows the end of the story when the home is made. */
export async function createHome(clock: Clock, overrides: Partial<AppOptions> = {}): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), "daisee-api-"));
  const webDir = join(folder, "web");
  await mkdir(webDir);
  await writeFile(join(webDir, "index.html"), "<!doctype html><title>test</title>");
  await writeFile(join(webDir, "main.js"), "export {};");
  const store = await openSqliteStore(join(folder, "store.sqlite"));
  const seconds = 120;
  const originMs = clock.nowMs() - seconds * 1000;
  await store.admitBoard({
    boardId: BOARD,
    name: "Hall",
    role: "consumer",
    meters: [
      { meter: 0, kind: "battery", name: "Battery line", ratedPowerW: 240 },
      { meter: 1, kind: "bus", name: "Bus line", ratedPowerW: 240 },
    ],
    wrappedSecret: new Uint8Array(60),
    admittedUtcMs: originMs,
  });

  let sequence = 0;
  async function commit(records: BoardRecord[]): Promise<CommittedFrame[]> {
    const frame = { stream: STREAM.fine, uptimeMs: seconds * 1000, boot: BOOT, sequence, records };
    sequence += records.length;
    const numbers = { frameBoot: BOOT, frameNumber: sequence, frameBootUtcMs: originMs };
    return store.commitFrames([{ boardId: BOARD, ...numbers, receivedUtcMs: clock.nowMs(), bootUtcMs: originMs, frame }]);
  }
  await commit(story(seconds));

  const saltKey = new Uint8Array(32).fill(7);
  async function addBatch(count: number): Promise<OutboxTransaction> {
    const readings: StoredReading[] = await store.unbatchedReadings(clock.nowMs() + SLOT_MS, count);
    const number = ((await store.batches({ limit: 1 }))[0]?.number ?? 0) + 1;
    const ends = readings.map(({ endUtcMs }) => endUtcMs ?? 0);
    const toUtcMs = Math.max(...ends);
    return store.addBatch({
      batch: {
        number,
        root: readingTree(readings, saltKey).root,
        readingCount: readings.length,
        fromUtcMs: Math.min(...ends),
        toUtcMs,
        slot: Math.floor(toUtcMs / SLOT_MS),
        createdUtcMs: toUtcMs + 500,
      },
      readings,
      checkpoints: [],
      transaction: {
        kind: "commit",
        subject: number,
        nonce: number - 1,
        raw: "0x00",
        hash: hex32((0x40 + number).toString(16)),
        state: "signed",
        blockNumber: null,
        blockHash: null,
        createdUtcMs: toUtcMs + 500,
      },
    });
  }

  let chain: ChainStatus = {
    state: "following",
    detail: null,
    chainId: 8995,
    headNumber: 1207,
    headUtcMs: clock.nowMs() - 2000,
    answeredUtcMs: clock.nowMs() - 500,
    ...CONTRACTS,
    account: `0x${"c3".repeat(20)}`,
    node: 1,
    stalled: false,
    stalledAfterMs: 25_000,
    finalityDepth: 4,
    validators: ["d1", "d2", "d3"].map((byte) => `0x${byte.repeat(20)}`),
    headSealer: `0x${"d2".repeat(20)}`,
    openTransactions: 1,
    revertedTransactions: 0,
    refusedCheckpoints: 0,
  };
  let neighbours: Neighbour[] = [];
  const contract = (address: string) => ({ address, codeHash: hex32("cc") });
  const deployment = {
    chainId: 8995,
    genesisHash: hex32("9e"),
    slotSeconds: SLOT_MS / 1000,
    contracts: { meterRegistry: contract(CONTRACTS.meterRegistry), energyLedger: contract(CONTRACTS.energyLedger) },
  };
  const prover = createProver({ store, deployment, node: 1, saltKeys: [saltKey] });
  const unknown = createUnknownBoards(4);
  const errors: unknown[] = [];
  const options: AppOptions = {
    store,
    ledger: { status: () => chain, neighbours: () => neighbours, proof: (key) => prover.proof(key) },
    ingest: { counters: createCounters(), unknownBoards: () => unknown.list() },
    clock,
    live: createLive({ epoch: "t1" }),
    node: { id: 1, name: "Maple house", role: "consumer", address: chain.account, slotMs: SLOT_MS, clockSpeed: 1 },
    settings: await createKnownSettings(store, [{ boardId: BOARD, readingMs: 1000, policy: POLICY }]),
    access: await createAccess({ store, clock, random: randomBytes, mode: "demo" }),
    random: randomBytes,
    log: { error: (details) => errors.push(details) },
    webDir,
    ...overrides,
  };
  async function close(): Promise<void> {
    await store.close();
    await rm(folder, { recursive: true });
  }
  let app: Home["app"];
  try {
    app = createApp(options);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    store,
    options,
    app,
    commit,
    addBatch,
    setChain: (change) => (chain = { ...chain, ...change }),
    setNeighbours: (next) => (neighbours = next),
    errors,
    close,
  };
}

/** What the chain tells of this home and one neighbour. */
export const NEIGHBOURS: Neighbour[] = [1, 2].map((node) => ({
  node,
  batches: [2, 1].map((number) => ({
    number,
    root: hex32("ab"),
    readingCount: 30,
    fromUtcMs: 1_767_225_600_000,
    toUtcMs: 1_767_225_615_000,
    transactionHash: hex32(`${node}${number}`),
    blockNumber: 1200 + number,
  })),
  meters: [0, 1].map((meter) => ({
    meterId: `0x${node === 1 ? BOARD : "24a160ddeeff"}0${meter}`.padEnd(66, "0"),
    kind: meter === 0 ? ("battery" as const) : ("bus" as const),
    slot: 117_815_041,
    importMwh: 5210 * meter,
    exportMwh: 7300 * (1 - meter),
    slotImportMwh: 87 * meter,
    slotExportMwh: node === 1 ? 91 * (1 - meter) : null,
  })),
}));
