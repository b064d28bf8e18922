import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Contract, Wallet, getCreateAddress, id, keccak256, type JsonRpcProvider, type Result } from "ethers";
import { startAnvil, type Anvil } from "#chain/anvil.ts";
import { deployContracts, type DeployOptions } from "#chain/deploy.ts";
import { connectChain } from "#chain/provider.ts";
import { readDeployment, type Deployment } from "#chain/record.ts";
import { transact } from "#chain/transact.ts";
import { energyExchangeAbi } from "#contracts/dist/abi.ts";
import { ROLES } from "#contracts/roles.ts";
import { startProxy } from "./proxy.ts";

const CHAIN_ID = 0x2323;
const deployer = new Wallet(id("deployer"));
const community = new Wallet(id("community"));

describe("deployContracts", () => {
  let anvil: Anvil;
  let provider: JsonRpcProvider;
  let snapshot: unknown;
  let dir: string;
  let options: DeployOptions;

  before(async () => {
    anvil = await startAnvil({ port: 0 });
    provider = connectChain(anvil.rpcUrl, CHAIN_ID);
  });
  after(async () => {
    provider.destroy();
    await anvil.stop();
  });
  beforeEach(async () => {
    snapshot = await provider.send("evm_snapshot", []);
    dir = await mkdtemp(join(tmpdir(), "daisee-deploy-"));
    const recordPath = join(dir, "deployment.json");
    options = { rpcUrl: anvil.rpcUrl, chainId: CHAIN_ID, deployer, community: community.address, slotSeconds: 10, recordPath };
  });
  afterEach(async () => {
    await provider.send("evm_revert", [snapshot]);
    await rm(dir, { recursive: true });
  });

  async function assertDeployed(deployment: Deployment): Promise<void> {
    for (const { address, codeHash } of Object.values(deployment.contracts)) {
      assert.equal(keccak256(await provider.getCode(address)), codeHash);
    }
    assert.equal(await provider.getTransactionCount(deployer.address), 4, "no transaction more than needed");
  }

  it("deploys all contracts, bound to each other, and records where and what they are", async () => {
    const deployment = await deployContracts(options);
    await assertDeployed(deployment);
    assert.deepEqual(await readDeployment(options.recordPath), deployment);
    assert.equal(deployment.genesisHash, (await provider.getBlock(0))?.hash);
    const ledger = new Contract(
      deployment.contracts.energyLedger.address,
      ["function registry() view returns (address)", "function slotSeconds() view returns (uint32)"],
      provider,
    );
    assert.equal(await ledger.getFunction("registry")(), deployment.contracts.meterRegistry.address);
    const exchange = new Contract(deployment.contracts.energyExchange.address, [...energyExchangeAbi], provider);
    const parts = ["registry", "coin", "ledger"].map((part) => exchange.getFunction(part)() as Promise<string>);
    const { meterRegistry, daiseeCoin, energyLedger } = deployment.contracts;
    assert.deepEqual(await Promise.all(parts), [meterRegistry.address, daiseeCoin.address, energyLedger.address]);
    const terms = (await exchange.getFunction("termsAt")(2 ** 32 - 1)) as Result;
    assert.deepEqual(terms.toArray().slice(1).map(Number), Object.values(deployment.terms));
    assert.equal(await ledger.getFunction("slotSeconds")(), 10n);
  });

  it("leaves the roles to the community and none to the deployer", async () => {
    const { contracts } = await deployContracts(options);
    const registry = new Contract(contracts.meterRegistry.address, ["function hasRole(bytes32, address) view returns (bool)"], provider);
    for (const role of Object.values(ROLES)) {
      assert.equal(await registry.getFunction("hasRole")(role, community.address), true);
      assert.equal(await registry.getFunction("hasRole")(role, deployer.address), false);
    }
  });

  it("changes nothing when it runs again", async () => {
    const first = await deployContracts(options);
    const { mtimeMs } = await stat(options.recordPath);
    const head = await provider.getBlockNumber();
    assert.deepEqual(await deployContracts(options), first);
    assert.equal((await stat(options.recordPath)).mtimeMs, mtimeMs);
    assert.equal(await provider.getBlockNumber(), head);
  });

  it("writes no key into its record", async () => {
    await deployContracts(options);
    const record = await readFile(options.recordPath, "utf8");
    for (const { privateKey } of [deployer, community]) assert.ok(!record.includes(privateKey.slice(2)));
  });

  // Each is a process to start and to kill; `DEPLOY_KILLS=all` does it around every transaction.
  const all = process.env["DEPLOY_KILLS"] === "all";
  for (const nth of [1, 2, 3, 4]) {
    for (const lost of ["before", "after"] as const) {
      if (!all && ![["before", 1], ["after", 2], ["before", 4]].some(([when, which]) => when === lost && which === nth)) continue;
      it(`goes on after a SIGKILL just ${lost} transaction ${nth} reached the chain`, async () => {
        let sent = 0;
        const losing = new EventEmitter();
        const lose = once(losing, "lost");
        const isLost = (method: string): typeof lost | undefined => {
          if (method !== "eth_sendRawTransaction") return undefined;
          sent += 1;
          return sent === nth ? lost : undefined;
        };
        const proxy = await startProxy(anvil.rpcUrl, isLost, () => losing.emit("lost"));
        try {
          const child = fork(join(import.meta.dirname, "deploy-child.ts"), [proxy.url, options.recordPath], {
            execArgv: ["--import", "tsx"],
          });
          const exit = once(child, "exit");
          await Promise.race([lose, exit]);
          child.kill("SIGKILL");
          assert.deepEqual(await exit, [null, "SIGKILL"]);
        } finally {
          await proxy.close();
        }
        const nonce = await provider.getTransactionCount(deployer.address);
        assert.equal(nonce, lost === "before" ? nth - 1 : nth, "killed where it was meant to be");

        await assertDeployed(await deployContracts(options));
      });
    }
  }

  it("finds its own transaction when that was sent but waits for a block", async () => {
    await provider.send("evm_setAutomine", [false]);
    try {
      const first = deployContracts(options).catch((error: unknown) => error);
      while (Number((await provider.send("txpool_status", [])).pending) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      const second = deployContracts(options);
      await provider.send("evm_setAutomine", [true]);
      await provider.send("evm_mine", []);
      await assertDeployed(await second);
      assert.deepEqual(await first, await second);
    } finally {
      await provider.send("evm_setAutomine", [true]);
    }
  });

  it("puts the contracts back at their addresses when the chain lost its last seconds", async () => {
    const beforeDeployment: unknown = await provider.send("evm_snapshot", []);
    const first = await deployContracts(options);
    await provider.send("evm_revert", [beforeDeployment]);
    assert.equal(await provider.getCode(first.contracts.meterRegistry.address), "0x");
    const again = await deployContracts(options);
    assert.deepEqual(again, first);
    await assertDeployed(again);
  });

  it("recognises a replaced chain and leaves it alone", async () => {
    await deployContracts(options);
    const nowMs = (): number => Date.now() - 86_400_000;
    const other = await startAnvil({ port: 0, clock: { nowMs } });
    try {
      await assert.rejects(deployContracts({ ...options, rpcUrl: other.rpcUrl }), /is not the recorded one.*remove the record/);
    } finally {
      await other.stop();
    }
  });

  it("recognises a chain with another id", async () => {
    const other = await startAnvil({ port: 0, description: { chainId: 77 } });
    try {
      await assert.rejects(deployContracts({ ...options, rpcUrl: other.rpcUrl }), /has id 77, not 8995/);
      assert.equal(await readDeployment(options.recordPath), null);
    } finally {
      await other.stop();
    }
  });

  it("refuses a foreign contract where one of ours belongs", async () => {
    const { contracts } = await deployContracts(options);
    await provider.send("anvil_setCode", [contracts.energyLedger.address, "0x6001"]);
    await assert.rejects(deployContracts(options), new RegExp(`code at ${contracts.energyLedger.address} is not`));
  });

  it("refuses to change the slot length or the community of what is deployed", async () => {
    await deployContracts(options);
    await assert.rejects(deployContracts({ ...options, slotSeconds: 11 }), /has slotSeconds 10, not 11/);
    await assert.rejects(deployContracts({ ...options, community: deployer.address }), /has community 0x/);
  });

  it("says so when the deployer's account was used for something else in between", async () => {
    const { contracts } = await deployContracts(options);
    await provider.send("anvil_setCode", [contracts.energyLedger.address, "0x"]);
    await assert.rejects(deployContracts(options), /can no longer put one there \(its nonce is 4\)/);
  });

  it("goes on from whatever nonce the deployer's account has", async () => {
    await transact({ provider, signer: deployer, to: community.address, data: "0x", gasLimit: 30_000 });
    const { contracts } = await deployContracts(options);
    assert.equal(contracts.meterRegistry.address, getCreateAddress({ from: deployer.address, nonce: 1 }));
  });

  it("refuses terms with which one could earn from the pool, before anything is sent", async () => {
    await assert.rejects(deployContracts({ ...options, terms: { importPrice: 10, exportPrice: 11 } }), /earn from the pool/);
    assert.equal(await provider.getTransactionCount(deployer.address), 0);
  });

  it("keeps the terms and the cap that it began with", async () => {
    const first = await deployContracts({ ...options, terms: { importPrice: 250_000 }, coinCap: 5n });
    assert.deepEqual(await deployContracts(options), first);
    assert.deepEqual([first.terms.importPrice, first.coinCap], [250_000, "5"]);
  });

  it("refuses a record that it cannot read, naming the file", async () => {
    await writeFile(options.recordPath, "{");
    await assert.rejects(deployContracts(options), /deployment\.json is not JSON/);
    await writeFile(options.recordPath, JSON.stringify({ version: 2 }));
    await assert.rejects(deployContracts(options), /deployment\.json:[^]*version/);
  });
});
