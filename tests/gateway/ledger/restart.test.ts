import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAnvil, type AnvilOptions } from "#chain/anvil.ts";
import { createClock } from "#gateway/clock.ts";
import { assertSettled, openHome, startVillage, until, untilFinal } from "./village.ts";

describe("ledger and a chain that is killed", function () {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "daisee-chain-"));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it("puts back what the chain's last save lacked", async () => {
    const now = Date.now();
    const statePath = join(dir, "chain.json");
    const options: Omit<AnvilOptions, "port"> = {
      statePath,
      description: { periodSeconds: 0.1 },
      clock: createClock({ realOriginMs: now, utcOriginMs: now, speed: 30 }),
    };
    const village = await startVillage(options);
    const home = await openHome(village);
    try {
      await village.anvil.stop();
      await copyFile(statePath, `${statePath}.older`);
      village.anvil = await startAnvil({ ...options, port: village.anvil.port });
      home.start();
      for (let slot = 0; slot < 3; slot++) {
        await home.measure(slot, 1);
        await untilFinal(home.store, slot + 1);
      }

      process.kill(village.anvil.pid, "SIGKILL");
      await village.anvil.stop().catch(() => undefined);
      await copyFile(`${statePath}.older`, statePath);
      village.anvil = await startAnvil({ ...options, port: village.anvil.port });
      await until(async () => (await village.chain.nextBatch(village.node)) === 4);
      await untilFinal(home.store, 3);
      await home.measure(3, 1);
      await untilFinal(home.store, 4);
      await assertSettled(village, home.store);
    } finally {
      await home.close();
      await village.close();
    }
  });
});
