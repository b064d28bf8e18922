/**
 * Homes that trade on a real chain with real contracts and real stores: each with a board whose only meter is on the bus.
 * @module
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonRpcProvider, Wallet } from "ethers";
import { admitHome } from "#chain/admit.ts";
import { startAnvil, type Anvil } from "#chain/anvil.ts";
import { deployContracts } from "#chain/deploy.ts";
import { fundHome } from "#chain/fund.ts";
import { connectChain } from "#chain/provider.ts";
import type { Deployment } from "#chain/record.ts";
import { createRpc, type Rpc } from "#chain/rpc.ts";
import { compileContracts } from "#contracts/build/compile.ts";
import { STREAM, type BoardRecord, type Source } from "#firmware/wire/records.ts";
import type { TradingChange } from "#gateway/ledger/exchange/trading.ts";
import { createLedger, type Ledger, type LedgerOptions } from "#gateway/ledger/ledger.ts";
import { nodeKeyOf } from "#gateway/ledger/node-key.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import type { AdmittedBoard, Store } from "#gateway/store/store.ts";
import { startProxy, type Proxy } from "../proxy.ts";
import { CHAIN_ID, until, wallet } from "../village.ts";

export const SLOT_MS = 10_000;
export const COINS = 50_000_000n;
export const TERMS = { importPrice: 300_000, exportPrice: 80_000, lossPermille: 100, lossMwh: 50, graceSeconds: 10 };

export interface TradingHome {
  node: number;
  wallet: Wallet;
  store: Store;
  proxy: Proxy;
  board: AdmittedBoard;
  changes: TradingChange[];
  ledger(): Ledger;
  trading(): NonNullable<Ledger["trading"]>;
  start(options?: Partial<LedgerOptions>): Ledger;
  drop(): Promise<void>;
  /** Stores what its meter counted in a slot: drawn positive, given negative; and when a board changed its source. */
  measure(slot: number, energyMwh: number): Promise<void>;
  event(source: Source): Promise<void>;
}

export interface Neighbours {
  anvil: Anvil;
  rpc: Rpc;
  provider: JsonRpcProvider;
  deployment: Deployment;
  treasurer: Wallet;
  homes: TradingHome[];
  clock: { utcMs: number; nowMs(): number };
  home(place: number): TradingHome;
  /** Slot that runs by the clock. */
  slot(): number;
  /** Lets time pass, on the chain too, to a moment after a slot's end. */
  end(slot: number, afterMs?: number): Promise<void>;
  /** What all homes' meters counted in the running slot, which ends by that. */
  pass(energiesMwh: (number | null)[]): Promise<number>;
  close(): Promise<void>;
}

async function openHome(shared: Omit<Neighbours, "homes" | "close" | "home" | "slot" | "end" | "pass">, dir: string, place: number): Promise<TradingHome> {
  const { anvil, deployment, treasurer, clock } = shared;
  const key = wallet(`trading gateway ${place}`);
  const boardId = `a0b1c2d3e4f${place}`;
  const board: AdmittedBoard = {
    boardId,
    name: `board ${place}`,
    role: place === 0 ? "producer" : "consumer",
    meters: [{ meter: 0, kind: "bus", name: "bus", ratedPowerW: 10_000 }],
    wrappedSecret: new Uint8Array(60),
    admittedUtcMs: 0,
  };
  const rpcUrl = anvil.rpcUrl;
  const meters = [{ boardId, meter: 0, kind: "bus" as const, ratedPowerW: 10_000 }];
  const node = await admitHome({ rpcUrl, deployment, registrar: treasurer, account: key.address, gatewayKey: key.address, meters });
  await fundHome({ rpcUrl, deployment, node, treasurer, amount: COINS });
  const store = await openSqliteStore(join(dir, `store-${place}.sqlite`));
  await store.admitBoard(board);
  const proxy = await startProxy(rpcUrl);
  const counters = { importMwh: 1000, exportMwh: 2000 };
  const changes: TradingChange[] = [];
  const bootUtcMs = Math.floor(clock.utcMs / SLOT_MS) * SLOT_MS - SLOT_MS;
  const sequences = { [STREAM.fine]: 0, [STREAM.coarse]: 0 };
  let frameNumber = 0;
  let running: { ledger: Ledger; provider: JsonRpcProvider } | null = null;

  const commit = async (stream: 0 | 1, record: BoardRecord): Promise<void> => {
    const sequence = sequences[stream]++;
    frameNumber += 1;
    const frame = { stream, uptimeMs: record.uptimeMs, boot: 1, sequence, records: [record] };
    await store.commitFrames([{ boardId, frameBoot: 1, frameNumber, receivedUtcMs: clock.utcMs, frameBootUtcMs: bootUtcMs, bootUtcMs, frame }]);
  };

  return {
    node,
    wallet: key,
    store,
    proxy,
    board,
    changes,
    ledger: () => running?.ledger ?? assert.fail("the ledger does not run"),
    trading: () => running?.ledger.trading ?? assert.fail("the ledger does not trade"),
    start(options = {}) {
      assert.equal(running, null, "one ledger at a time");
      const provider = connectChain(proxy.url, CHAIN_ID);
      const log = { info: () => undefined, warn: () => undefined };
      let ids = 0;
      const ledger = createLedger({
        store,
        clock,
        key: nodeKeyOf(key),
        provider,
        deployment,
        node,
        slotMs: SLOT_MS,
        log,
        pollMs: 5,
        maxBackoffMs: 20,
        random: () => 0.5,
        // Blocks come with transactions only, so turns would wait for ever.
        trading: { deployment, newId: () => `order-${clock.utcMs}-${ids++}`, onChange: (change) => changes.push(change), turnBlocks: 0 },
        ...options,
      });
      ledger.start();
      running = { ledger, provider };
      return ledger;
    },
    async drop() {
      const before = running;
      running = null;
      await before?.ledger.stop();
      before?.provider.destroy();
    },
    async measure(slot, energyMwh) {
      if (energyMwh > 0) counters.importMwh += energyMwh;
      else counters.exportMwh -= energyMwh;
      const uptimeMs = (slot + 1) * SLOT_MS - bootUtcMs;
      const current = { currentMa: 0, minCurrentMa: 0, maxCurrentMa: 0, voltageMv: 12_000 };
      await commit(STREAM.fine, { kind: "reading", meter: 0, uptimeMs: uptimeMs - 10, ...current, ...counters, relays: 0, flags: 0 });
      await commit(STREAM.coarse, { kind: "checkpoint", uptimeMs, slot, flags: 0, meters: [{ ...counters }] });
    },
    event: (source) => commit(STREAM.fine, { kind: "event", uptimeMs: clock.utcMs - bootUtcMs, cause: 4, source, value: 0, limit: 0 }),
  };
}

/** Starts a chain and homes that are admitted, enrolled and have coins; their ledgers do not run yet. The first one produces. */
export async function startNeighbours(count: number, terms: Partial<typeof TERMS> = {}): Promise<Neighbours> {
  compileContracts();
  const dir = await mkdtemp(join(tmpdir(), "daisee-neighbours-"));
  const anvil = await startAnvil({ port: 0 });
  const treasurer = wallet("registrar");
  const deployment = await deployContracts({
    rpcUrl: anvil.rpcUrl,
    chainId: CHAIN_ID,
    deployer: wallet("deployer"),
    community: treasurer.address,
    slotSeconds: SLOT_MS / 1000,
    terms: { ...TERMS, ...terms },
    recordPath: join(dir, "deployment.json"),
  });
  const provider = connectChain(anvil.rpcUrl, CHAIN_ID);
  const rpc = createRpc(anvil.rpcUrl);
  // The chain's time stands still between what is set below, however long a step takes: a block is as old as the one before it.
  await rpc("anvil_setBlockTimestampInterval", [0]);
  const head = await provider.getBlock("latest");
  const clock = { utcMs: (head?.timestamp ?? 0) * 1000, nowMs: () => clock.utcMs };
  const shared = { anvil, rpc, provider, deployment, treasurer, clock };
  const homes: TradingHome[] = [];
  for (let place = 0; place < count; place++) homes.push(await openHome(shared, dir, place));

  const neighbours: Neighbours = {
    ...shared,
    homes,
    home: (place) => homes[place] ?? assert.fail(`there is no home ${place}`),
    slot: () => Math.floor(clock.utcMs / SLOT_MS),
    async end(slot, afterMs = 1000) {
      const utcMs = (slot + 1) * SLOT_MS + afterMs;
      await rpc("evm_mine", [{ timestamp: Math.floor(utcMs / 1000) }]);
      clock.utcMs = utcMs;
    },
    async pass(energiesMwh) {
      const slot = neighbours.slot();
      for (const [place, energyMwh] of energiesMwh.entries()) if (energyMwh !== null) await neighbours.home(place).measure(slot, energyMwh);
      await neighbours.end(slot);
      return slot;
    },
    async close() {
      for (const home of homes) {
        await home.drop();
        await home.proxy.close();
        await home.store.close();
      }
      provider.destroy();
      await anvil.stop();
      await rm(dir, { recursive: true });
    },
  };
  // The exchange's first slot is the one after its deployment's, and the chain's time runs on while it is set up.
  await neighbours.end(neighbours.slot() + 1);
  return neighbours;
}

/** Waits until a home knows what came of a slot. */
export async function settled(home: TradingHome, slot: number, state: "final" | "disputed" = "final") {
  const list = () => home.trading().settlements.list({ fromSlot: slot, beforeSlot: slot + 1, limit: 1 }, [home.board]);
  await until(async () => (await list())[0]?.state === state);
  const [found] = await list();
  return found ?? assert.fail(`slot ${slot} is not settled`);
}

/** Waits until an order is as the chain has it. */
export async function confirmed(home: TradingHome, orderId: string, state = "active") {
  const find = async () => (await home.trading().desk.list()).find((order) => order.orderId === orderId);
  await until(async () => (await find())?.state === state);
  return (await find()) ?? assert.fail(`there is no order ${orderId}`);
}
