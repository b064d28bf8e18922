import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Wallet, id } from "ethers";
import { admitHome } from "#chain/admit.ts";
import { startAnvil, type Anvil } from "#chain/anvil.ts";
import { deployContracts } from "#chain/deploy.ts";
import { createClient, withCookie } from "#gateway/api/client.ts";
import { readGatewayConfig, writeGatewayConfig } from "#gateway/config.ts";
import { startGateway } from "#gateway/main.ts";
import { tryGateway } from "#tools/setup/health.ts";
import { setUp } from "#tools/setup/set-up.ts";
import type { SetUpOptions } from "#tools/setup/set-up.ts";
import { pino } from "pino";
import { tellingFetch } from "#tools/gateway/connect.ts";

const CHAIN_ID = 0x2323;
const wallet = (name: string): Wallet => new Wallet(id(name));

describe("setting a gateway up", () => {
  let folder: string;
  let anvil: Anvil;
  let options: SetUpOptions;
  let asked: number;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "daisee-setup-test-"));
    anvil = await startAnvil({ port: 0 });
    const deploymentPath = join(folder, "community.json");
    await deployContracts({ rpcUrl: anvil.rpcUrl, chainId: CHAIN_ID, deployer: wallet("deployer"), community: wallet("community").address, slotSeconds: 900, recordPath: deploymentPath });
    asked = 0;
    options = {
      dataDir: join(folder, "gateway"),
      name: "Miller",
      role: "consumer",
      rpcUrl: anvil.rpcUrl,
      deploymentPath,
      lan: null,
      httpPort: 8470,
      coapPort: 5683,
      scryptN: 2,
      timeZone: "Europe/Paris",
      account: async () => {
        asked++;
        return { name: "Mira", password: "four plain words here" };
      },
    };
  });
  after(async () => {
    await anvil.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("stops at the address that the community must admit, and goes on from there", async () => {
    const { deploymentPath: _given, ...without } = options;
    await assert.rejects(setUp(without), /deployment record is missing: get it from your community/);

    const first = await setUp(options);
    assert.equal(first.node, null);
    assert.deepEqual(first.made, ["deployment record", "key, encrypted", "account Mira"]);
    assert.equal((await stat(options.dataDir)).mode & 0o777, 0o700);
    for (const name of ["keystore.json", "password", "boards.key", "store.sqlite"]) assert.equal((await stat(join(options.dataDir, name))).mode & 0o077, 0, name);
    assert.ok(!(await readFile(join(options.dataDir, "keystore.json"), "utf8")).includes("privateKey"));

    const deployment = JSON.parse(await readFile(options.deploymentPath ?? "", "utf8"));
    const account = wallet("account").address;
    const node = await admitHome({ rpcUrl: anvil.rpcUrl, deployment, registrar: wallet("community"), account, gatewayKey: first.address, meters: [] });

    const second = await setUp(without);
    assert.equal(second.address, first.address);
    assert.equal(second.node, node);
    assert.deepEqual(second.made, ["settings"]);
    assert.equal(second.config?.slotMs, 900_000);
    assert.deepEqual([second.config?.http.host, second.config?.coap.host], ["127.0.0.1", "127.0.0.1"]);

    const before = await readdir(options.dataDir);
    const third = await setUp({ ...without, name: "Other", httpPort: 1 });
    assert.deepEqual(third.made, []);
    assert.deepEqual(third.config, second.config, "what is there stays as it is");
    assert.deepEqual(await readdir(options.dataDir), before);
    assert.equal(asked, 1);
  });

  it("makes a gateway that starts, and whose first account logs in", async () => {
    const config = await readGatewayConfig(options.dataDir);
    await writeGatewayConfig(options.dataDir, { ...config, http: { ...config.http, port: 0 }, coap: { ...config.coap, port: 0 } });
    await tryGateway(options.dataDir);
    const running = await startGateway({ dataDir: options.dataDir, log: pino({ level: "silent" }) });
    try {
      assert.equal(running.setupCode, null);
      const origin = `http://127.0.0.1:${running.httpPort}`;
      const client = createClient(origin, { fetch: tellingFetch(origin, withCookie()) });
      await assert.rejects(client.node.$get(), new RegExp(`daisee login --gateway ${origin}`));
      await client.session.$post({ json: { name: "Mira", password: "four plain words here" } });
      assert.equal((await (await client.node.$get()).json()).name, "Miller");
    } finally {
      await running.stop();
    }
  });
});
