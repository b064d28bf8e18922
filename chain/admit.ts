/**
 * Admits a home and its meters to the community. What is admitted already stays as it is, so it can be run again at any time.
 * @module
 */
import type { Signer } from "ethers";
import { meterRegistryAbi } from "#contracts/dist/abi.ts";
import { METER_KINDS, meterIdOf, meterKindIndex, type MeterKind } from "#contracts/meter-id.ts";
import { contractAt, type OurContract } from "./contract.ts";
import { checkGenesis } from "./deploy.ts";
import { connectChain } from "./provider.ts";
import type { Deployment } from "./record.ts";

export interface HomeMeter {
  boardId: string;
  /** Index on its board. */
  meter: number;
  kind: MeterKind;
  ratedPowerW: number;
}

export interface AdmitOptions {
  rpcUrl: string;
  deployment: Deployment;
  /** Holds the registrar's role. One admission at a time. */
  registrar: Signer;
  /** Address of the member's account. */
  account: string;
  /** Address of the key with which the home's gateway signs. */
  gatewayKey: string;
  meters: HomeMeter[];
}

/**
 * Admits a home by its gateway's key, and its meters.
 * @returns the node's number
 * @throws Error when the key or a meter is admitted otherwise than asked for, or a meter was retired
 */
export async function admitHome(options: AdmitOptions): Promise<number> {
  const provider = connectChain(options.rpcUrl, options.deployment.chainId);
  try {
    await checkGenesis(provider, options.deployment);
    const { address } = options.deployment.contracts.meterRegistry;
    const registry = contractAt({ provider, name: "MeterRegistry", address, abi: meterRegistryAbi });
    const node = await admitNode(registry, options);
    for (const meter of options.meters) await admitMeter(registry, options.registrar, node, meter);
    return node;
  } finally {
    provider.destroy();
  }
}

async function admitNode(registry: OurContract, { registrar, account, gatewayKey }: AdmitOptions): Promise<number> {
  const find = async (): Promise<number> => Number(await registry.read("nodeOf", [gatewayKey]));
  const known = await find();
  if (known === 0) {
    await registry.change(registrar, "admitNode", [account, gatewayKey]);
    return find();
  }
  // The cast: the shape of the contract's `Node`.
  const node = (await registry.read("nodeInfo", [known])) as { account: string };
  if (node.account.toLowerCase() !== account.toLowerCase()) {
    throw new Error(`gateway key ${gatewayKey} reports for node ${known} of account ${node.account}, not of ${account}`);
  }
  return known;
}

async function admitMeter(registry: OurContract, registrar: Signer, node: number, { boardId, meter, kind, ratedPowerW }: HomeMeter): Promise<void> {
  const id = meterIdOf(boardId, meter);
  const name = `meter ${meter} of board ${boardId}`;
  // The cast: the shape of the contract's `Meter`.
  const known = (await registry.read("meter", [id])) as { node: bigint; ratedPowerW: bigint; kind: bigint; active: boolean };
  if (known.node === 0n) {
    await registry.change(registrar, "admitMeter", [node, id, meterKindIndex(kind), ratedPowerW]);
    return;
  }
  // Never undone in passing: the community had its reason to retire it.
  if (!known.active) throw new Error(`${name} was retired; the community's registrar must admit it again`);
  const found = `node ${known.node}, ${METER_KINDS[Number(known.kind)]}, ${known.ratedPowerW} W`;
  const wanted = `node ${node}, ${kind}, ${ratedPowerW} W`;
  if (found !== wanted) throw new Error(`${name} is admitted as ${found}, not as ${wanted}; retire it first`);
}
