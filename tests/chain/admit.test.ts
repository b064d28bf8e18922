import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Contract, Wallet, ZeroHash, id, type JsonRpcProvider, type Result } from "ethers";
import { admitHome, type AdmitOptions } from "#chain/admit.ts";
import { startAnvil, type Anvil } from "#chain/anvil.ts";
import { deployContracts } from "#chain/deploy.ts";
import { connectChain } from "#chain/provider.ts";
import { transact } from "#chain/transact.ts";
import { meterRegistryAbi } from "#contracts/dist/abi.ts";
import { meterIdOf } from "#contracts/meter-id.ts";

const CHAIN_ID = 0x2323;
const wallet = (name: string): Wallet => new Wallet(id(name));

describe("admitHome", () => {
  let anvil: Anvil;
  let provider: JsonRpcProvider;
  let registry: Contract;
  let snapshot: unknown;
  let home: AdmitOptions;

  before(async () => {
    anvil = await startAnvil({ port: 0 });
    provider = connectChain(anvil.rpcUrl, CHAIN_ID);
    const dir = await mkdtemp(join(tmpdir(), "daisee-admit-"));
    const deployment = await deployContracts({
      rpcUrl: anvil.rpcUrl,
      chainId: CHAIN_ID,
      deployer: wallet("deployer"),
      community: wallet("community").address,
      slotSeconds: 10,
      recordPath: join(dir, "deployment.json"),
    });
    await rm(dir, { recursive: true });
    registry = new Contract(deployment.contracts.meterRegistry.address, [...meterRegistryAbi], provider);
    home = {
      rpcUrl: anvil.rpcUrl,
      deployment,
      registrar: wallet("community"),
      account: wallet("account").address,
      gatewayKey: wallet("gateway").address,
      meters: [
        { boardId: "aabbccddee01", meter: 0, kind: "battery", ratedPowerW: 240 },
        { boardId: "aabbccddee01", meter: 1, kind: "bus", ratedPowerW: 120 },
      ],
    };
  });
  after(async () => {
    provider.destroy();
    await anvil.stop();
  });
  beforeEach(async () => {
    snapshot = await provider.send("evm_snapshot", []);
  });
  afterEach(async () => {
    await provider.send("evm_revert", [snapshot]);
  });

  async function meterOf(index: number): Promise<unknown[]> {
    // The cast: ethers' results are untyped.
    const { node, ratedPowerW, kind, active } = (await registry.getFunction("meter")(meterIdOf("aabbccddee01", index))) as Result;
    return [node, ratedPowerW, kind, active];
  }

  async function change(name: string, values: unknown[]): Promise<void> {
    const data = registry.interface.encodeFunctionData(name, values);
    await transact({ provider, signer: wallet("community"), to: await registry.getAddress(), data, gasLimit: 300_000 });
  }

  it("admits the node and its meters, and tells the node's number", async () => {
    assert.equal(await admitHome(home), 1);
    assert.equal(await registry.getFunction("nodeOf")(home.gatewayKey), 1n);
    assert.deepEqual(await meterOf(0), [1n, 240n, 2n, true]);
    assert.deepEqual(await meterOf(1), [1n, 120n, 3n, true]);
  });

  it("changes nothing when it runs again", async () => {
    await admitHome(home);
    const head = await provider.getBlockNumber();
    assert.equal(await admitHome(home), 1);
    assert.equal(await provider.getBlockNumber(), head);
  });

  it("goes on where it was interrupted", async () => {
    await admitHome({ ...home, meters: home.meters.slice(0, 1) });
    assert.equal(await admitHome(home), 1);
    assert.deepEqual(await meterOf(1), [1n, 120n, 3n, true]);
  });

  it("numbers homes in the order of their admission", async () => {
    await admitHome(home);
    assert.equal(await admitHome({ ...home, gatewayKey: wallet("gateway 2").address, meters: [] }), 2);
  });

  it("refuses a key that reports for another account's node", async () => {
    await admitHome(home);
    await assert.rejects(admitHome({ ...home, account: wallet("other").address }), /reports for node 1 of account/);
  });

  it("refuses a meter that is admitted with other values, telling both", async () => {
    await admitHome(home);
    const meters = [{ boardId: "aabbccddee01", meter: 0, kind: "load", ratedPowerW: 240 } as const];
    await assert.rejects(admitHome({ ...home, meters }), /admitted as node 1, battery, 240 W, not as node 1, load, 240 W/);
  });

  it("never undoes a retirement in passing", async () => {
    await admitHome(home);
    await change("retireMeter", [meterIdOf("aabbccddee01", 0)]);
    await assert.rejects(admitHome(home), /meter 0 of board aabbccddee01 was retired/);
  });

  it("tells which of the contract's rules was broken", async () => {
    await assert.rejects(admitHome({ ...home, registrar: wallet("stranger") }), /admitNode refuses: AccessControlUnauthorizedAccount/);
    const meters = [{ boardId: "aabbccddee01", meter: 0, kind: "load", ratedPowerW: 0 } as const];
    await assert.rejects(admitHome({ ...home, meters }), /admitMeter refuses: ZeroRatedPower/);
    await change("pause", []);
    await assert.rejects(admitHome({ ...home, gatewayKey: wallet("gateway 3").address }), /refuses: EnforcedPause/);
  });

  it("refuses a chain that is not the deployment's", async () => {
    const deployment = { ...home.deployment, genesisHash: ZeroHash };
    await assert.rejects(admitHome({ ...home, deployment }), /is not the recorded one/);
  });
});
