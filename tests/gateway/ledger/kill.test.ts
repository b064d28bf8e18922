import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import type { Store } from "#gateway/store/store.ts";
import type { ProcessSettings } from "./ledger-process.ts";
import { startProxy, type Fate } from "./proxy.ts";
import { assertSettled, startVillage, untilFinal } from "./village.ts";

const KILLS = Number(process.env["KILLS"] ?? 3);
const SEED = Number(process.env["SEED"] ?? 20261122);

describe("ledger that is killed", function () {
  this.timeout(60_000 + KILLS * 15_000);

  it(`settles each slot exactly once through ${KILLS} SIGKILLs, lost requests and answers, wiped pools and reorganisations`, async () => {
    const village = await startVillage();
    const dir = await mkdtemp(join(tmpdir(), "daisee-kill-"));
    const path = join(dir, "store.sqlite");
    const proxy = await startProxy(village.anvil.rpcUrl);
    let state = SEED % 0x7fffffff || 1;
    const random = (below: number): number => (state = (state * 48_271) % 0x7fffffff) % below;
    const { deployment, node, bootUtcMs, signer } = village;
    const slots = 4 * (KILLS + 1);
    const settings: ProcessSettings = { rpcUrl: proxy.url, privateKey: signer.privateKey, deployment, node, bootUtcMs, slots };
    const script = fileURLToPath(new URL("ledger-process.ts", import.meta.url));

    /** Runs the ledger until something is so, then kills it. */
    async function live(until: () => Promise<unknown>): Promise<void> {
      const child = spawn(process.execPath, ["--import", "tsx", script, path, JSON.stringify(settings)], { stdio: ["ignore", "pipe", "inherit"] });
      const exited = once(child, "exit");
      try {
        const failed = exited.then(([code]) => Promise.reject(new Error(`the ledger's process ended by itself (${code})`)));
        await Promise.race([once(child.stdout, "data"), failed]);
        await until();
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
      await live(() => untilAll(reader, slots));
      await assertSettled(village, reader);
      const [newest] = await reader.batches({ limit: 1 });
      assert.equal(newest?.slot, bootUtcMs / 10_000 + slots - 1);
    } finally {
      await store?.close();
      await proxy.close();
      await village.close();
      await rm(dir, { recursive: true });
    }
  });

  /** Waits until all slots are in final batches. */
  async function untilAll(store: Store, slots: number): Promise<void> {
    while ((await store.checkpoints({ limit: slots + 1 })).length < slots || (await store.unbatchedCheckpoints(1)).length > 0) await delay(5);
    await untilFinal(store, (await store.batches({ limit: 1000 })).length);
  }
});
