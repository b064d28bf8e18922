/**
 * The community's registry of homes and meters, changed by who holds a role. What is so already stays, so each change can be run again.
 * @module
 */
import { getAddress } from "ethers";
import type { Signer } from "ethers";
import { contractAt } from "#chain/contract.ts";
import type { OurContract } from "#chain/contract.ts";
import { checkGenesis } from "#chain/deploy.ts";
import { connectChain } from "#chain/provider.ts";
import type { Deployment } from "#chain/record.ts";
import { createRpc } from "#chain/rpc.ts";
import { meterRegistryAbi } from "#contracts/dist/abi.ts";
import { METER_KINDS, meterIdOf } from "#contracts/meter-id.ts";
import type { MeterKind } from "#contracts/meter-id.ts";
import { ROLES } from "#contracts/roles.ts";
import type { Role } from "#contracts/roles.ts";

export interface CommunityChain {
  rpcUrl: string;
  deployment: Deployment;
}

/** A home as the registry has it. */
export interface RegisteredHome {
  node: number;
  /** Trades for the home. */
  account: string;
  /** Reports for it; the zero address while it is revoked. */
  gatewayKey: string;
  active: boolean;
}

/** A meter by its board (12 lower-case hex digits) and its index there. */
export interface MeterName {
  boardId: string;
  meter: number;
}

/** @throws when nothing answers there. */
export async function reachChain(rpcUrl: string): Promise<void> {
  await createRpc(rpcUrl)("eth_blockNumber").catch((cause: unknown) => {
    throw new Error(`no chain answers at ${rpcUrl}: start its node with "daisee chain start", or name another one with --rpc`, { cause });
  });
}

/** @throws when nothing answers there, or it is another chain. */
export async function withRegistry<Result>({ rpcUrl, deployment }: CommunityChain, act: (registry: OurContract) => Promise<Result>): Promise<Result> {
  await reachChain(rpcUrl);
  const provider = connectChain(rpcUrl, deployment.chainId);
  try {
    await checkGenesis(provider, deployment);
    return await act(contractAt({ provider, name: "MeterRegistry", address: deployment.contracts.meterRegistry.address, abi: meterRegistryAbi }));
  } finally {
    provider.destroy();
  }
}

/** @throws when the key does not hold the role. */
export async function requireRole(registry: OurContract, key: Signer, role: Role): Promise<void> {
  const address = await key.getAddress();
  if (await registry.read("hasRole", [ROLES[role], address])) return;
  throw new Error(`the key ${address} is not the community's ${role}: name the ${role}'s keystore with --keystore`);
}

/** @throws when there is no home of that number. */
export async function homeOf(registry: OurContract, node: number): Promise<RegisteredHome> {
  // The cast: the shape of the contract's `Node`.
  const { account, gatewayKey, active } = (await registry.read("nodeInfo", [node])) as Omit<RegisteredHome, "node">;
  if (BigInt(account) === 0n) throw new Error(`the community has no node ${node}: "daisee community list" shows those that it has`);
  return { node, account, gatewayKey, active };
}

/** All homes that were ever admitted, by number. */
export async function listHomes(registry: OurContract): Promise<RegisteredHome[]> {
  const count = Number(await registry.read("nodeCount", []));
  return Promise.all(Array.from({ length: count }, (_, index) => homeOf(registry, index + 1)));
}

interface RegisteredMeter {
  node: number;
  kind: MeterKind;
  ratedPowerW: number;
  active: boolean;
}

async function meterOf(registry: OurContract, { boardId, meter }: MeterName): Promise<RegisteredMeter | null> {
  // The cast: the shape of the contract's `Meter`.
  const { node, kind, ratedPowerW, active } = (await registry.read("meter", [meterIdOf(boardId, meter)])) as Record<"node" | "kind" | "ratedPowerW", bigint> & { active: boolean };
  const known = METER_KINDS[Number(kind)];
  return node === 0n || known === undefined ? null : { node: Number(node), kind: known, ratedPowerW: Number(ratedPowerW), active };
}

async function admittedMeter(registry: OurContract, name: MeterName): Promise<RegisteredMeter> {
  const meter = await meterOf(registry, name);
  if (meter === null) throw new Error(`the community has no meter ${name.boardId}-${name.meter}: "daisee community admit" admits it`);
  return meter;
}

/** Takes a home's right to report, for good. @returns false when that is so already. */
export async function retireHome(registry: OurContract, registrar: Signer, node: number): Promise<boolean> {
  if (!(await homeOf(registry, node)).active) return false;
  await registry.change(registrar, "retireNode", [node]);
  return true;
}

/** Takes a meter out of the accounts. @returns false when it is out already. */
export async function retireMeter(registry: OurContract, registrar: Signer, name: MeterName): Promise<boolean> {
  if (!(await admittedMeter(registry, name)).active) return false;
  await registry.change(registrar, "retireMeter", [meterIdOf(name.boardId, name.meter)]);
  return true;
}

/**
 * Puts a meter in another's place: of the same home and kind, its account goes on.
 * @param ratedPowerW null for the old one's.
 * @returns false when that is so already.
 */
export async function replaceMeter(registry: OurContract, registrar: Signer, old: MeterName, next: MeterName, ratedPowerW: number | null): Promise<boolean> {
  const before = await admittedMeter(registry, old);
  const now = await meterOf(registry, next);
  const isSame = old.boardId === next.boardId && old.meter === next.meter;
  if (!isSame && !before.active && now?.active === true && now.node === before.node && now.kind === before.kind) return false;
  await registry.change(registrar, "replaceMeter", [meterIdOf(old.boardId, old.meter), meterIdOf(next.boardId, next.meter), ratedPowerW ?? before.ratedPowerW]);
  return true;
}

/** Lets another key report for a home, and the old one no longer. @returns false when that is so already. */
export async function replaceGateway(registry: OurContract, registrar: Signer, node: number, gatewayKey: string): Promise<boolean> {
  if (getAddress((await homeOf(registry, node)).gatewayKey) === getAddress(gatewayKey)) return false;
  await registry.change(registrar, "replaceGateway", [node, gatewayKey]);
  return true;
}
