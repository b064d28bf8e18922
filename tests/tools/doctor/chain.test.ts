/** What the doctor says of a chain and its contracts. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { id, Wallet } from "ethers";
import { startAnvil } from "#chain/anvil.ts";
import type { Anvil } from "#chain/anvil.ts";
import { deployContracts } from "#chain/deploy.ts";
import { writeDeployment } from "#chain/record.ts";
import type { Deployment } from "#chain/record.ts";
import type { GatewayConfig } from "#gateway/config.ts";
import { checkChain } from "#tools/doctor/chain.ts";

const wallet = (name: string): Wallet => new Wallet(id(name));

describe("the doctor on the chain", function () {
  let folder: string;
  let anvil: Anvil;
  let deployment: Deployment;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "daisee-doctor-chain-"));
    anvil = await startAnvil({ port: 0 });
    deployment = await deployContracts({ rpcUrl: anvil.rpcUrl, chainId: 0x2323, deployer: wallet("deployer"), community: wallet("community").address, slotSeconds: 900, recordPath: join(folder, "right.json") });
  });
  after(async () => {
    await anvil.stop();
    await rm(folder, { recursive: true });
  });

  /** Level, what was looked at, and text and fix in one. */
  async function check(deploymentPath: string, { rpcUrl = anvil.rpcUrl, laterMs = 0 } = {}): Promise<[string, string, string][]> {
    const config: GatewayConfig = {
      version: 1,
      node: { id: 1, name: "x", role: "consumer" },
      http: { host: "127.0.0.1", port: 1 },
      coap: { host: "127.0.0.1", port: 1 },
      chain: { rpcUrl, deploymentPath, finalityDepth: 1 },
      slotMs: 900_000,
      boards: [],
    };
    const findings = await checkChain(folder, config, Date.now() + laterMs);
    return findings.map(({ check: what, fix, level, text }) => [level, what, `${text} → ${fix ?? ""}`]);
  }

  it("finds blocks, and the code that the record names", async () => {
    const [head, code] = await check("right.json");
    assert.deepEqual([head?.slice(0, 2), code?.slice(0, 2)], [["ok", "chain"], ["ok", "contracts"]]);
    assert.match(code?.[2] ?? "", /4 contracts hold the code/);
  });

  it("says when the chain stands still, is another one, or is away, and what goes on meanwhile", async () => {
    const [still] = await check("right.json", { laterMs: 600_000 });
    assert.deepEqual(still?.slice(0, 2), ["warning", "chain"]);
    assert.match(still?.[2] ?? "", /stands still: block \d+, \d+ s old → .*daisee chain status.*Batches wait/);
    await writeDeployment(join(folder, "other.json"), { ...deployment, genesisHash: id("another chain") });
    const [other] = await check("other.json");
    assert.deepEqual(other?.slice(0, 2), ["problem", "chain"]);
    assert.match(other?.[2] ?? "", /another chain than the record's.*nothing is written to it/);
    const [away] = await check("right.json", { rpcUrl: "http://127.0.0.1:9" });
    assert.deepEqual(away?.slice(0, 2), ["warning", "chain"]);
    assert.match(away?.[2] ?? "", /nothing answers at .* → start the chain's node; .* go on without it/);
  });

  it("says when a contract is not the one of the record, or there is no record", async () => {
    const { energyLedger } = deployment.contracts;
    await writeDeployment(join(folder, "code.json"), { ...deployment, contracts: { ...deployment.contracts, energyLedger: { ...energyLedger, codeHash: id("other code") } } });
    const [, code] = await check("code.json");
    assert.deepEqual(code?.slice(0, 2), ["problem", "contracts"]);
    assert.match(code?.[2] ?? "", /energyLedger: other code than the record names → .*do not settle/);
    const [none] = await check("none.json");
    assert.match(none?.[2] ?? "", /there is no .*none\.json → ask the community/);
  });
});
