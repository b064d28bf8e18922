/**
 * One home on a real chain with real contracts and a real store, for the ledger's tests.
 * @module
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { id, type JsonRpcProvider, Wallet } from "ethers";
import { admitHome } from "#chain/admit.ts";
import { startAnvil, type Anvil, type AnvilOptions } from "#chain/anvil.ts";
import { deployContracts } from "#chain/deploy.ts";
import type { Deployment } from "#chain/record.ts";
import { connectChain } from "#chain/provider.ts";
import { describeTerms } from "#chain/terms.ts";
import { createRpc, type Rpc } from "#chain/rpc.ts";
import { compileContracts } from "#contracts/build/compile.ts";
import { createChain, type Chain } from "#gateway/ledger/chain.ts";
import { createLedger, type Ledger, type LedgerOptions } from "#gateway/ledger/ledger.ts";
import { nodeKeyOf } from "#gateway/ledger/node-key.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import type { Store } from "#gateway/store/store.ts";
import { startProxy, type Proxy } from "./proxy.ts";
import { BOARD, BOARD_ID, SLOT_MS, slotFrames } from "./records.ts";

export const CHAIN_ID = 0x2323;
/** A key of the tests' own, the same in every run. */
export const wallet = (name: string): Wallet => new Wallet(id(`test ${name}`));

export interface Village {
  anvil: Anvil;
  rpc: Rpc;
  deployment: Deployment;
  /** The home's gateway key. */
  signer: Wallet;
  registrar: Wallet;
  node: number;
  /** Asks the chain past the proxy. */
  chain: Chain;
  provider: JsonRpcProvider;
  /** Beginning of the board's first slot: a while ago, so that the chain's own time is always past what the tests' clock shows. */
  bootUtcMs: number;
  close(): Promise<void>;
}

/** Starts a chain with the contracts, one home and the board of `records.ts`. Whoever restarts the chain does it on the same port. */
export async function startVillage(options: Omit<AnvilOptions, "port"> = {}, terms: { graceSeconds?: number } = {}): Promise<Village> {
  compileContracts();
  const dir = await mkdtemp(join(tmpdir(), "daisee-ledger-"));
  const anvil = await startAnvil({ port: 0, ...options });
  const registrar = wallet("registrar");
  const signer = wallet("gateway");
  const deployment = await deployContracts({
    rpcUrl: anvil.rpcUrl,
    chainId: CHAIN_ID,
    deployer: wallet("deployer"),
    community: registrar.address,
    slotSeconds: SLOT_MS / 1000,
    terms: describeTerms(terms),
    recordPath: join(dir, "deployment.json"),
  });
  const node = await admitHome({
    rpcUrl: anvil.rpcUrl,
    deployment,
    registrar,
    account: wallet("account").address,
    gatewayKey: signer.address,
    meters: BOARD.meters.map(({ meter, kind, ratedPowerW }) => ({ boardId: BOARD_ID, meter, kind, ratedPowerW })),
  });
  const provider = connectChain(anvil.rpcUrl, CHAIN_ID);
  const village: Village = {
    anvil,
    rpc: createRpc(anvil.rpcUrl),
    deployment,
    signer,
    registrar,
    node,
    chain: createChain({ provider, deployment }),
    provider,
    bootUtcMs: Math.floor((Date.now() - 3_600_000) / SLOT_MS) * SLOT_MS,
    async close() {
      provider.destroy();
      await village.anvil.stop();
      await rm(dir, { recursive: true });
    },
  };
  return village;
}

export interface Home {
  store: Store;
  proxy: Proxy;
  /** What the gateway's clock shows. */
  clock: { utcMs: number; nowMs(): number };
  /** Stores what the board measured in some slots from its boot on, and sets the clock to just after them. */
  measure(fromSlot: number, slots: number): Promise<void>;
  /** Starts a ledger over the store: the first one, or the one after a crash. */
  start(options?: Partial<LedgerOptions>): Ledger;
  /** Newest block that the running ledger has seen. */
  head(): number | null;
  /** Stops the running ledger, as a crash or an end of the process does: what it holds in memory is gone. */
  drop(): Promise<void>;
  close(): Promise<void>;
}

/** A gateway's store and its line to the chain. */
export async function openHome(village: Village): Promise<Home> {
  const dir = await mkdtemp(join(tmpdir(), "daisee-ledger-"));
  const store = await openSqliteStore(join(dir, "store.sqlite"));
  await store.admitBoard(BOARD);
  const proxy = await startProxy(village.anvil.rpcUrl);
  const clock = { utcMs: village.bootUtcMs, nowMs: () => clock.utcMs };
  let running: { ledger: Ledger; provider: JsonRpcProvider } | null = null;

  async function drop(): Promise<void> {
    const before = running;
    running = null;
    await before?.ledger.stop();
    before?.provider.destroy();
  }

  return {
    store,
    proxy,
    clock,
    async measure(fromSlot, slots) {
      await store.commitFrames(slotFrames(village.bootUtcMs, fromSlot, slots));
      clock.utcMs = village.bootUtcMs + (fromSlot + slots) * SLOT_MS + 100;
    },
    start(options = {}) {
      assert.equal(running, null, "one ledger at a time");
      const provider = connectChain(proxy.url, CHAIN_ID);
      const { deployment, signer, node } = village;
      const log = { info: () => undefined, warn: () => undefined };
      const ledger = createLedger({
        store,
        clock,
        key: nodeKeyOf(signer),
        provider,
        deployment,
        node,
        slotMs: SLOT_MS,
        log,
        pollMs: 2,
        maxBackoffMs: 10,
        random: () => 0.5,
        ...options,
      });
      ledger.start();
      running = { ledger, provider };
      return ledger;
    },
    head: () => running?.ledger.status().headNumber ?? null,
    drop,
    async close() {
      await drop();
      await proxy.close();
      await store.close();
      await rm(dir, { recursive: true });
    },
  };
}

/** Waits until something is so; mocha's own limit ends what never becomes so. */
export async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) await delay(2);
}

/** Waits until the store has so many batches, all of them final. */
export function untilFinal(store: Store, batches: number): Promise<void> {
  return until(async () => {
    const all = await store.batches({ limit: 10_000 });
    return all.length === batches && all.every(({ transaction }) => transaction.state === "final");
  });
}

/** Every batch of the store is on the chain once, in order, in the block that the store says, and no other one is. */
export async function assertSettled(village: Village, store: Store): Promise<void> {
  const { chain, provider, node } = village;
  const batches = (await store.batches({ limit: 10_000 })).toReversed();
  const head = await chain.head();
  const commits = (await chain.events(0, head.number)).filter(({ name, args }) => name === "BatchCommitted" && Number(args["node"]) === node);
  const onChain = commits.map(({ args, transactionHash }) => [Number(args["number"]), args["root"], Number(args["readingCount"]), transactionHash]);
  assert.deepEqual(
    onChain,
    batches.map(({ number, root, readingCount, transaction }) => [number, root, readingCount, transaction.hash]),
  );
  for (const { transaction } of batches) {
    const receipt = await provider.getTransactionReceipt(transaction.hash);
    assert.deepEqual([transaction.state, transaction.blockNumber, transaction.blockHash], ["final", receipt?.blockNumber, receipt?.blockHash]);
  }
}
