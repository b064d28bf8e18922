/**
 * Puts the contracts on the chain. The record of where they belong is written whole before the first transaction; then the chain is made to
 * match it. So a deployment that was interrupted anywhere, or that the chain forgot in a crash, goes on where it was when run again.
 * @module
 */
import { getAddress, getCreateAddress, keccak256, type JsonRpcProvider, type Signer } from "ethers";
import { initCodes, type PlannedContract } from "./init-code.ts";
import { connectChain } from "./provider.ts";
import { readDeployment, writeDeployment, type ContractKey, type ContractRecord, type Deployment } from "./record.ts";
import { describeTerms, type Terms } from "./terms.ts";
import { transact } from "./transact.ts";

const DEPLOY_GAS = 8_000_000;
/** A thousand million coins, in millionths. */
const COIN_CAP = 10n ** 15n;

export interface DeployOptions {
  rpcUrl: string;
  chainId: number;
  /** Pays nothing and gets no rights; only its nonces matter. */
  deployer: Signer;
  /** Address that holds every role from the first block on, until it hands them over (`hand-over.ts`). */
  community: string;
  slotSeconds: number;
  /** Terms with which the exchange begins; the treasurer can change them later. */
  terms?: Partial<Terms>;
  /** Most coins that there may be at once, in millionths. */
  coinCap?: bigint;
  /** File of the record. */
  recordPath: string;
}

/**
 * Deploys what is missing. A second run changes nothing.
 * @throws Error when the chain is not the recorded one, or something else sits where a contract belongs
 */
export async function deployContracts(options: DeployOptions): Promise<Deployment> {
  const provider = connectChain(options.rpcUrl, options.chainId);
  try {
    const from = await options.deployer.getAddress();
    const recorded = await readDeployment(options.recordPath);
    if (recorded !== null) await checkRecord(provider, options, recorded);
    const deployment = recorded ?? (await planDeployment(provider, options, from));
    if (recorded === null) await writeDeployment(options.recordPath, deployment);
    for (const { key, code } of initCodes(deployment, addressesOf(deployment))) {
      await deployContract(provider, options, deployment.contracts[key], code);
    }
    return deployment;
  } finally {
    provider.destroy();
  }
}

/**
 * Makes sure that a chain is the one of a record.
 * @throws Error when it is another one
 */
export async function checkGenesis(provider: JsonRpcProvider, deployment: Deployment): Promise<void> {
  const { chainId, genesisHash } = await identify(provider);
  if (chainId === deployment.chainId && genesisHash === deployment.genesisHash) return;
  throw new Error(
    `this chain (id ${chainId}, genesis ${genesisHash}) is not the recorded one ` +
      `(id ${deployment.chainId}, genesis ${deployment.genesisHash}). ` +
      "Connect to the recorded chain, or remove the record to begin anew on this one.",
  );
}

async function checkRecord(provider: JsonRpcProvider, options: DeployOptions, recorded: Deployment): Promise<void> {
  await checkGenesis(provider, recorded);
  const expected = { slotSeconds: options.slotSeconds, community: getAddress(options.community) };
  for (const field of ["slotSeconds", "community"] as const) {
    if (recorded[field] === expected[field]) continue;
    throw new Error(`${options.recordPath} has ${field} ${recorded[field]}, not ${expected[field]}; what is deployed cannot change`);
  }
}

async function planDeployment(provider: JsonRpcProvider, options: DeployOptions, from: string): Promise<Deployment> {
  const { chainId, genesisHash } = await identify(provider);
  if (chainId !== options.chainId) throw new Error(`the chain at ${options.rpcUrl} has id ${chainId}, not ${options.chainId}`);
  const nonce = await provider.getTransactionCount(from, "latest");
  const settings = {
    slotSeconds: options.slotSeconds,
    community: getAddress(options.community),
    coinCap: (options.coinCap ?? COIN_CAP).toString(),
    terms: describeTerms(options.terms),
  };
  const addressAt = (place: number): string => getCreateAddress({ from, nonce: nonce + place });
  const addresses = { meterRegistry: addressAt(0), daiseeCoin: addressAt(1), energyLedger: addressAt(2), energyExchange: addressAt(3) };
  const contracts = await planContracts(provider, initCodes(settings, addresses));
  return { version: 1, chainId, genesisHash, ...settings, contracts };
}

/**
 * What will be at the contracts' addresses. A constructor returns the code to deploy, immutables filled in: run as a call, it tells before
 * what will be there after. Those that ask earlier ones are shown their code where it will be.
 */
async function planContracts(provider: JsonRpcProvider, planned: PlannedContract[]): Promise<Deployment["contracts"]> {
  const codes: Record<string, { code: string }> = {};
  const records = new Map<ContractKey, ContractRecord>();
  for (const { key, address, code: data } of planned) {
    // From nobody: the deployer's next address may be one that has code here. No constructor asks who calls it.
    const code = String(await provider.send("eth_call", [{ data }, "latest", codes]));
    codes[address] = { code };
    records.set(key, { address, codeHash: keccak256(code) });
  }
  const recordOf = (key: ContractKey): ContractRecord => {
    const record = records.get(key);
    if (record === undefined) throw new Error(`no code is planned for ${key}`);
    return record;
  };
  return {
    meterRegistry: recordOf("meterRegistry"),
    daiseeCoin: recordOf("daiseeCoin"),
    energyLedger: recordOf("energyLedger"),
    energyExchange: recordOf("energyExchange"),
  };
}

function addressesOf({ contracts }: Deployment): Record<ContractKey, string> {
  const { meterRegistry, daiseeCoin, energyLedger, energyExchange } = contracts;
  return {
    meterRegistry: meterRegistry.address,
    daiseeCoin: daiseeCoin.address,
    energyLedger: energyLedger.address,
    energyExchange: energyExchange.address,
  };
}

async function deployContract(
  provider: JsonRpcProvider,
  { deployer, recordPath }: DeployOptions,
  { address, codeHash }: ContractRecord,
  initCode: string,
): Promise<void> {
  if (await isDeployed(provider, address, codeHash)) return;
  const from = await deployer.getAddress();
  const nonce = await provider.getTransactionCount(from, "latest");
  if (getCreateAddress({ from, nonce }) !== address) {
    // Another run of this may have put it there just now.
    if (await isDeployed(provider, address, codeHash)) return;
    throw new Error(
      `${address} has no contract, and account ${from} can no longer put one there (its nonce is ${nonce}). ` +
        `Deploy with the account that began, or remove ${recordPath} to deploy at new addresses.`,
    );
  }
  await transact({ provider, signer: deployer, nonce, data: initCode, gasLimit: DEPLOY_GAS });
  if (await isDeployed(provider, address, codeHash)) return;
  throw new Error(`${address} has no contract after its deployment; run this again`);
}

async function isDeployed(provider: JsonRpcProvider, address: string, codeHash: string): Promise<boolean> {
  const code = await provider.getCode(address);
  if (code === "0x") return false;
  if (keccak256(code) === codeHash) return true;
  throw new Error(`the code at ${address} is not the recorded contract's; remove the record to deploy at new addresses`);
}

async function identify(provider: JsonRpcProvider): Promise<{ chainId: number; genesisHash: string }> {
  // Asked, not taken from the provider: that one knows only what it was told to expect.
  const chainId = Number(await provider.send("eth_chainId", []));
  const genesis = await provider.getBlock(0);
  if (genesis === null || genesis.hash === null) throw new Error("the chain has no block 0");
  return { chainId, genesisHash: genesis.hash };
}
