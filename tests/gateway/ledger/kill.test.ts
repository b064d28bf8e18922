import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Contract, type InterfaceAbi } from "ethers";
import { contractAt } from "#chain/contract.ts";
import { fundHome } from "#chain/fund.ts";
import { daiseeCoinAbi, energyExchangeAbi } from "#contracts/dist/abi.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import type { Store } from "#gateway/store/store.ts";
import type { ProcessSettings } from "./ledger-process.ts";
import { startProxy, type Fate } from "./proxy.ts";
import { SLOT_MS } from "./records.ts";
import { assertSettled, startVillage, until, untilFinal, type Village } from "./village.ts";

const KILLS = Number(process.env["KILLS"] ?? 3);
const SEED = Number(process.env["SEED"] ?? 20261122);

describe("ledger that is killed", function () {
  this.timeout(120_000 + KILLS * 30_000);

  it(`settles and clears each slot, sets each order and makes each deposit exactly once through ${KILLS} SIGKILLs, lost requests and answers, wiped pools and reorganisations`, async () => {
    const village = await startVillage({}, { graceSeconds: 5 });
    const dir = await mkdtemp(join(tmpdir(), "daisee-kill-"));
    const path = join(dir, "store.sqlite");
    const proxy = await startProxy(village.anvil.rpcUrl);
    let state = SEED % 0x7fffffff || 1;
    const random = (below: number): number => (state = (state * 48_271) % 0x7fffffff) % below;
    const { deployment, node, signer } = village;
    const slots = 2 * (KILLS + 1);
    const bootUtcMs = await beginTrading(village, BigInt(slots));
    village.bootUtcMs = bootUtcMs;
    const settings: ProcessSettings = { rpcUrl: proxy.url, chainUrl: village.anvil.rpcUrl, privateKey: signer.privateKey, deployment, node, bootUtcMs, slots };
    const script = fileURLToPath(new URL("ledger-process.ts", import.meta.url));

    /** Runs the ledger until something is so, then kills it. */
    async function live(done: () => Promise<unknown>): Promise<void> {
      const child = spawn(process.execPath, ["--import", "tsx", script, path, JSON.stringify(settings)], { stdio: ["ignore", "pipe", "inherit"] });
      const exited = once(child, "exit");
      try {
        const failed = exited.then(([code]) => Promise.reject(new Error(`the ledger's process ended by itself (${code})`)));
        await Promise.race([once(child.stdout, "data"), failed]);
        await done();
      } finally {
        child.kill("SIGKILL");
        await exited;
      }
    }

    let store: Store | null = null;
    try {
      const FATES: Fate[] = ["lose request", "lose answer", "pass", "pass", "pass", "pass", "pass", "pass"];
      proxy.fate = () => FATES[random(FATES.length)] ?? "pass";
      for (let kill = 0; kill < KILLS; kill++) {
        await live(async () => {
          await delay(random(250));
          if (kill % 3 === 1) await village.rpc("anvil_dropAllTransactions");
          if (kill % 3 === 2) await village.rpc("anvil_reorg", [1 + random(2), []]);
          await delay(random(250));
        });
      }
      proxy.fate = () => "pass";
      const reader = await openSqliteStore(path);
      store = reader;
      await live(() => untilAll(reader, slots, bootUtcMs / SLOT_MS + slots - 1));
      await assertSettled(village, reader);
      const [newest] = await reader.batches({ limit: 1 });
      assert.equal(newest?.slot, bootUtcMs / SLOT_MS + slots - 1);
      await assertTraded(village, reader);
    } finally {
      await store?.close();
      await proxy.close();
      await village.close();
      await rm(dir, { recursive: true });
    }
  });

  /** Enrols the home, and gives its key coins. @returns the beginning of a slot from which on it trades. */
  async function beginTrading({ anvil, deployment, node, registrar, signer, provider }: Village, coins: bigint): Promise<number> {
    await fundHome({ rpcUrl: anvil.rpcUrl, deployment, node, treasurer: registrar, amount: 1n });
    const coin = contractAt({ provider, name: "DaiseeCoin", address: deployment.contracts.daiseeCoin.address, abi: daiseeCoinAbi });
    await coin.change(registrar, "mint", [signer.address, coins]);
    const head = await provider.getBlock("latest");
    return (Math.floor(((head?.timestamp ?? 0) * 1000) / SLOT_MS) + 1) * SLOT_MS;
  }

  /** Waits until all slots are in final batches and cleared, and nothing else is under way. */
  async function untilAll(store: Store, slots: number, lastSlot: number): Promise<void> {
    while ((await store.checkpoints({ limit: slots + 1 })).length < slots || (await store.unbatchedCheckpoints(1)).length > 0) await delay(5);
    await untilFinal(store, (await store.batches({ limit: 1000 })).length);
    await until(async () => (await store.exchangeEvents({ names: ["SlotCleared"], limit: 1 }))[0]?.slot === lastSlot);
    await until(async () => (await store.openOrderChanges(1)).length + (await store.openTransfers(1)).length + (await store.openTransactions(1)).length === 0);
  }

  /** What the store says of orders, deposits and slots is what the chain has, each once. */
  async function assertTraded({ deployment, provider, signer, node }: Village, store: Store): Promise<void> {
    // ethers takes no readonly tuples, but changes nothing in them.
    const exchange = new Contract(deployment.contracts.energyExchange.address, [...energyExchangeAbi] as InterfaceAbi, provider);
    const told = async (name: string) => exchange.queryFilter(name, 0);
    const hashes = (events: { transactionHash: string }[]) => events.map(({ transactionHash }) => transactionHash);

    const changes = (await store.orderChanges({ limit: 1000 })).toReversed().filter(({ state }) => state !== "superseded");
    assert.deepEqual([...new Set(changes.map(({ state }) => state))], ["final"]);
    assert.deepEqual(hashes(await told("AskSet")), changes.map(({ transactionHash }) => transactionHash));

    const transfers = (await store.transfers(1000)).toReversed();
    assert.deepEqual([...new Set(transfers.map(({ state }) => state))], ["final"]);
    const deposited = (await exchange.queryFilter("Deposited", 0)).filter((event) => "args" in event && event.args["from"] === signer.address);
    assert.deepEqual(hashes(deposited), transfers.map(({ transactionHash }) => transactionHash));
    const { balance } = (await exchange.getFunction("accountOf").staticCall(node)) as { balance: bigint };
    assert.equal(balance, 1n + BigInt(transfers.length));

    const cleared = (await told("SlotCleared")).flatMap((event) => ("args" in event ? Number(event.args["slot"]) : []));
    assert.deepEqual(cleared, Array.from(cleared, (_, i) => (cleared[0] ?? 0) + i));
    const stored = await store.exchangeEvents({ names: ["SlotCleared"], limit: 1000 });
    assert.deepEqual(stored.map(({ slot }) => slot).toReversed(), cleared);
    assert.deepEqual(hashes(stored).toReversed(), hashes(await told("SlotCleared")));
  }
});
