/**
 * Two homes on a real chain, for tests of the contracts: anvil starts once per file, and every test begins from the same snapshot.
 * @module
 */
import assert from "node:assert/strict";
import { Contract, Interface, Wallet, ZeroHash, id, isError, type InterfaceAbi, type JsonRpcProvider, type TransactionReceipt } from "ethers";
import { startAnvil, type Anvil } from "#chain/anvil.ts";
import { connectChain } from "#chain/provider.ts";
import { transact } from "#chain/transact.ts";
import { readArtifact, type ContractName } from "#contracts/artifact.ts";
import { packCheckpoints } from "#contracts/checkpoints.ts";
import { daiseeCoinAbi, energyExchangeAbi, energyLedgerAbi, meterRegistryAbi } from "#contracts/dist/abi.ts";
import { meterIdOf } from "#contracts/meter-id.ts";

export const CHAIN_ID = 0x2323;
export const SLOT_SECONDS = 10;
/** Of every meter of the fixture. */
export const RATED_POWER_W = 100;
/** Most that the ledger accepts of such a meter for one slot: 100 W × 10 s × 1.05 is 291.67 mWh, and 1 mWh for rounding. */
export const SLOT_LIMIT_MWH = 292n;

/** Millionths. */
export const COIN_CAP = 1_000_000_000_000n;
/** Of the fixture's exchange: 0.30 and 0.05 coins per kWh; 10 % and 20 mWh may be lost. */
export const TERMS = { since: 0, importPrice: 300_000, exportPrice: 50_000, lossPermille: 100, lossMwh: 20, graceSeconds: 5 };

export interface Checkpoint {
  meterId: string;
  slot: number;
  importMwh: bigint;
  exportMwh: bigint;
}

export interface Batch {
  number: number;
  root: string;
  readingCount: number;
  fromMs: number;
  toMs: number;
  checkpoints: Checkpoint[];
}

export class Village {
  readonly community = wallet("community");
  readonly stranger = wallet("stranger");
  /** Gateways of nodes 1 and 2. */
  readonly gateway = wallet("gateway 1");
  readonly otherGateway = wallet("gateway 2");
  /** Meters of node 1, and one of node 2. */
  readonly battery = meterIdOf("aabbccddee01", 0);
  readonly bus = meterIdOf("aabbccddee01", 1);
  readonly foreign = meterIdOf("aabbccddee02", 0);
  /** A slot that ended long before the chain's first block. */
  readonly slot: number;
  readonly anvil: Anvil;
  readonly provider: JsonRpcProvider;
  readonly registry: Contract;
  readonly coin: Contract;
  readonly ledger: Contract;
  readonly exchange: Contract;

  private constructor(anvil: Anvil, provider: JsonRpcProvider, addresses: Record<ContractName, string>, timestamp: number) {
    this.anvil = anvil;
    this.provider = provider;
    this.registry = new Contract(addresses.MeterRegistry, abi(meterRegistryAbi), provider);
    this.coin = new Contract(addresses.DaiseeCoin, abi(daiseeCoinAbi), provider);
    this.ledger = new Contract(addresses.EnergyLedger, abi(energyLedgerAbi), provider);
    this.exchange = new Contract(addresses.EnergyExchange, abi(energyExchangeAbi), provider);
    this.slot = Math.floor(timestamp / SLOT_SECONDS) - 100_000;
  }

  static async start(): Promise<Village> {
    const anvil = await startAnvil({ port: 0, description: { chainId: CHAIN_ID } });
    const provider = connectChain(anvil.rpcUrl, CHAIN_ID);
    const MeterRegistry = await deploy(provider, "MeterRegistry", [wallet("community").address]);
    const DaiseeCoin = await deploy(provider, "DaiseeCoin", [MeterRegistry, COIN_CAP]);
    const EnergyLedger = await deploy(provider, "EnergyLedger", [MeterRegistry, SLOT_SECONDS]);
    const EnergyExchange = await deploy(provider, "EnergyExchange", [DaiseeCoin, EnergyLedger, TERMS]);
    const head = await provider.getBlock("latest");
    const village = new Village(anvil, provider, { MeterRegistry, DaiseeCoin, EnergyLedger, EnergyExchange }, head?.timestamp ?? 0);
    await village.admit();
    return village;
  }

  private async admit(): Promise<void> {
    const { community, registry } = this;
    await this.send(community, registry, "admitNode", [wallet("account 1").address, this.gateway.address]);
    await this.send(community, registry, "admitNode", [wallet("account 2").address, this.otherGateway.address]);
    await this.send(community, registry, "admitMeter", [1, this.battery, 2, RATED_POWER_W]);
    await this.send(community, registry, "admitMeter", [1, this.bus, 3, RATED_POWER_W]);
    await this.send(community, registry, "admitMeter", [2, this.foreign, 2, RATED_POWER_W]);
  }

  async stop(): Promise<void> {
    this.provider.destroy();
    await this.anvil.stop();
  }

  /** Sends a transaction; rejects when it reverts. */
  async send(from: Wallet, to: Contract, name: string, values: unknown[]): Promise<TransactionReceipt> {
    const data = to.interface.encodeFunctionData(name, values);
    return transact({ provider: this.provider, signer: from, to: await to.getAddress(), data, gasLimit: 25_000_000 });
  }

  /** Makes sure that a transaction would revert with exactly this error. */
  async refuses(from: Wallet, to: Contract, name: string, values: unknown[], error: string, args?: unknown[]): Promise<void> {
    await refuses(to.getFunction(name).staticCall(...values, { from: from.address }), error, args);
  }

  /** What a view returns. */
  async read(from: Contract, name: string, ...values: unknown[]): Promise<unknown> {
    return from.getFunction(name).staticCall(...values);
  }

  /** A checkpoint of the fixture's battery, with changes. */
  checkpoint(change: Partial<Checkpoint> = {}): Checkpoint {
    return { meterId: this.battery, slot: this.slot, importMwh: 0n, exportMwh: 0n, ...change };
  }

  async commit(batch: Partial<Batch>, from = this.gateway): Promise<TransactionReceipt> {
    return this.send(from, this.ledger, "commit", commitValues(batch));
  }

  async refusesCommit(batch: Partial<Batch>, error: string, args?: unknown[], from = this.gateway): Promise<void> {
    await this.refuses(from, this.ledger, "commit", commitValues(batch), error, args);
  }

  /** Puts the chain's head to a time, s. */
  async mineAt(timestamp: number): Promise<void> {
    await this.provider.send("evm_mine", [{ timestamp }]);
  }
}

/** Starts the village before a file's tests and restores it after each. */
export function useVillage(): () => Village {
  let village: Village | undefined;
  let snapshot: unknown;
  const get = (): Village => village ?? assert.fail("the village runs only within tests");
  before(async () => {
    village = await Village.start();
  });
  beforeEach(async () => {
    snapshot = await get().provider.send("evm_snapshot", []);
  });
  afterEach(async () => {
    await get().provider.send("evm_revert", [snapshot]);
  });
  after(async () => {
    await village?.stop();
  });
  return get;
}

/** Makes sure that a call reverts with a contract's error and, where given, its arguments. */
export async function refuses(call: Promise<unknown>, error: string, args?: unknown[]): Promise<void> {
  await assert.rejects(call, (thrown: unknown) => {
    assert.ok(isError(thrown, "CALL_EXCEPTION"), String(thrown));
    assert.equal(thrown.revert?.name, error);
    if (args !== undefined) assert.deepEqual(thrown.revert.args.map(String), args.map(String));
    return true;
  });
}

/** Makes sure that a contract refuses to be built with exactly this error. */
export async function refusesToBuild(provider: JsonRpcProvider, name: ContractName, values: unknown[], error: string, args?: unknown[]): Promise<void> {
  const { types, data } = creation(name, values);
  const thrown = await provider.call({ data }).then(
    () => assert.fail(`${name} was built`),
    (reason: unknown) => reason,
  );
  assert.ok(isError(thrown, "CALL_EXCEPTION"), String(thrown));
  const found = types.parseError(thrown.data ?? "0x");
  assert.equal(found?.name, error);
  if (args !== undefined) assert.deepEqual(found.args.map(String), args.map(String));
}

/** A key that is the same at every run. */
export function wallet(name: string): Wallet {
  return new Wallet(id(name));
}

/** Arguments of `commit`: without a change, the first batch, with one reading. */
export function commitValues(batch: Partial<Batch>): unknown[] {
  const readingCount = batch.readingCount ?? (batch.root === ZeroHash ? 0 : 1);
  const { number = 1, root = id("root"), fromMs = 1000, toMs = 2000, checkpoints = [] } = batch;
  return [number, root, readingCount, fromMs, toMs, packCheckpoints(checkpoints)];
}

/** Puts a contract on the chain. */
export async function deploy(provider: JsonRpcProvider, name: ContractName, values: unknown[]): Promise<string> {
  const { data } = creation(name, values);
  const { contractAddress } = await transact({ provider, signer: wallet("deployer"), data, gasLimit: 8_000_000 });
  return contractAddress ?? assert.fail(`${name} got no address`);
}

function creation(name: ContractName, values: unknown[]): { types: Interface; data: string } {
  const { bytecode, abi: artifactAbi } = readArtifact(name);
  // The cast: the artifact's ABI is the compiler's.
  const types = new Interface(artifactAbi as InterfaceAbi);
  return { types, data: bytecode + types.encodeDeploy(values).slice(2) };
}

/** ethers takes no readonly tuples, but changes nothing in them. */
function abi(typed: readonly unknown[]): InterfaceAbi {
  return [...typed] as InterfaceAbi;
}
