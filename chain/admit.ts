/**
 * Admits a home and its meters to the community. What is admitted already stays as it is, so it can be run again at any time.
 * @module
 */
import { Interface, type JsonRpcProvider, type Signer } from "ethers";
import { meterRegistryAbi } from "#contracts/dist/abi.ts";
import { METER_KINDS, meterIdOf, meterKindIndex, type MeterKind } from "#contracts/meter-id.ts";
import { connectChain } from "./provider.ts";
import { checkGenesis } from "./deploy.ts";
import type { Deployment } from "./record.ts";
import { transact } from "./transact.ts";

const ADMIT_GAS = 300_000;
const registryInterface = new Interface(meterRegistryAbi);

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
    const registry = registryAt(provider, options);
    const node = await admitNode(registry, options);
    for (const meter of options.meters) await admitMeter(registry, node, meter);
    return node;
  } finally {
    provider.destroy();
  }
}

interface Registry {
  read(name: string, values: unknown[]): Promise<unknown>;
  change(name: string, values: unknown[]): Promise<void>;
}

function registryAt(provider: JsonRpcProvider, { deployment, registrar }: AdmitOptions): Registry {
  const to = deployment.contracts.meterRegistry.address;
  const call = async (name: string, values: unknown[], from?: string): Promise<unknown> => {
    const data = registryInterface.encodeFunctionData(name, values);
    const result = await provider.call({ to, data, ...(from !== undefined && { from }) }).catch((error: unknown) => explain(name, error));
    const [value] = registryInterface.decodeFunctionResult(name, result);
    return value;
  };
  return {
    read: call,
    change: async (name, values) => {
      // Tried as a call first, because only a call tells why the contract refuses.
      await call(name, values, await registrar.getAddress());
      await transact({ provider, signer: registrar, to, data: registryInterface.encodeFunctionData(name, values), gasLimit: ADMIT_GAS });
    },
  };
}

function explain(name: string, error: unknown): never {
  const data = error instanceof Error && "data" in error && typeof error.data === "string" ? error.data : "0x";
  const reason = registryInterface.parseError(data);
  if (reason === null) throw error;
  throw new Error(`MeterRegistry.${name} refuses: ${reason.name}(${reason.args.join(", ")})`, { cause: error });
}

async function admitNode(registry: Registry, { account, gatewayKey }: AdmitOptions): Promise<number> {
  const find = async (): Promise<number> => Number(await registry.read("nodeOf", [gatewayKey]));
  const known = await find();
  if (known === 0) {
    await registry.change("admitNode", [account, gatewayKey]);
    return find();
  }
  // The cast: the shape of the contract's `Node`.
  const node = (await registry.read("nodeInfo", [known])) as { account: string };
  if (node.account.toLowerCase() !== account.toLowerCase()) {
    throw new Error(`gateway key ${gatewayKey} reports for node ${known} of account ${node.account}, not of ${account}`);
  }
  return known;
}

async function admitMeter(registry: Registry, node: number, { boardId, meter, kind, ratedPowerW }: HomeMeter): Promise<void> {
  const id = meterIdOf(boardId, meter);
  const name = `meter ${meter} of board ${boardId}`;
  // The cast: the shape of the contract's `Meter`.
  const known = (await registry.read("meter", [id])) as { node: bigint; ratedPowerW: bigint; kind: bigint; active: boolean };
  if (known.node === 0n) {
    await registry.change("admitMeter", [node, id, meterKindIndex(kind), ratedPowerW]);
    return;
  }
  // Never undone in passing: the community had its reason to retire it.
  if (!known.active) throw new Error(`${name} was retired; the community's registrar must admit it again`);
  const found = `node ${known.node}, ${METER_KINDS[Number(known.kind)]}, ${known.ratedPowerW} W`;
  const wanted = `node ${node}, ${kind}, ${ratedPowerW} W`;
  if (found !== wanted) throw new Error(`${name} is admitted as ${found}, not as ${wanted}; retire it first`);
}
