/**
 * Puts the contracts on the chain. The record of where they belong is written whole before the first transaction; then the chain is made to
 * match it. So a deployment that was interrupted anywhere, or that the chain forgot in a crash, goes on where it was when run again.
 * @module
 */
import { AbiCoder, concat, getAddress, getCreateAddress, keccak256, type JsonRpcProvider, type Signer } from "ethers";
import { readArtifact } from "#contracts/artifact.ts";
import { connectChain } from "./provider.ts";
import { readDeployment, writeDeployment, type Deployment } from "./record.ts";
import { transact } from "./transact.ts";

const DEPLOY_GAS = 5_000_000;

export interface DeployOptions {
  rpcUrl: string;
  chainId: number;
  /** Pays nothing and gets no rights; only its nonces matter. */
  deployer: Signer;
  /** Address that holds every role from the first block on. */
  community: string;
  slotSeconds: number;
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

    const { meterRegistry, energyLedger } = deployment.contracts;
    await deployContract(provider, options, meterRegistry, registryCode(deployment.community));
    await deployContract(provider, options, energyLedger, ledgerCode(meterRegistry.address, deployment.slotSeconds));
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
  const community = getAddress(options.community);
  const registryAddress = getCreateAddress({ from, nonce });
  const planContract = async (address: string, initCode: string): Promise<{ address: string; codeHash: string }> => ({
    address,
    // A constructor returns the code to deploy, immutables filled in: run as a call, it tells before what will be there after.
    codeHash: keccak256(await provider.call({ from, data: initCode })),
  });
  return {
    version: 1,
    chainId,
    genesisHash,
    slotSeconds: options.slotSeconds,
    community,
    contracts: {
      meterRegistry: await planContract(registryAddress, registryCode(community)),
      energyLedger: await planContract(getCreateAddress({ from, nonce: nonce + 1 }), ledgerCode(registryAddress, options.slotSeconds)),
    },
  };
}

async function deployContract(
  provider: JsonRpcProvider,
  { deployer, recordPath }: DeployOptions,
  { address, codeHash }: { address: string; codeHash: string },
  initCode: string,
): Promise<void> {
  if (!(await isDeployed(provider, address, codeHash))) {
    const from = await deployer.getAddress();
    const nonce = await provider.getTransactionCount(from, "latest");
    if (getCreateAddress({ from, nonce }) !== address) {
      throw new Error(
        `${address} has no contract, and account ${from} can no longer put one there (its nonce is ${nonce}). ` +
          `Deploy with the account that began, or remove ${recordPath} to deploy at new addresses.`,
      );
    }
    await transact({ provider, signer: deployer, nonce, data: initCode, gasLimit: DEPLOY_GAS });
    if (!(await isDeployed(provider, address, codeHash))) {
      throw new Error(`${address} has no contract after its deployment; run this again`);
    }
  }
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

function registryCode(community: string): string {
  return concat([readArtifact("MeterRegistry").bytecode, AbiCoder.defaultAbiCoder().encode(["address"], [community])]);
}

function ledgerCode(registry: string, slotSeconds: number): string {
  const values = AbiCoder.defaultAbiCoder().encode(["address", "uint32"], [registry, slotSeconds]);
  return concat([readArtifact("EnergyLedger").bytecode, values]);
}
