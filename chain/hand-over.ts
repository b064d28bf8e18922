/**
 * Ends a deployment: gives each role to the account that is to have it, and takes them all from the account that founded the community.
 * Running it again goes on where it was, and at last changes nothing.
 * @module
 */
import { getAddress, type Signer } from "ethers";
import { meterRegistryAbi } from "#contracts/dist/abi.ts";
import { ROLES, type Role } from "#contracts/roles.ts";
import { contractAt } from "./contract.ts";
import { checkGenesis } from "./deploy.ts";
import { connectChain } from "./provider.ts";
import type { Deployment } from "./record.ts";

export interface HandOverOptions {
  rpcUrl: string;
  deployment: Deployment;
  /** The account that holds every role since the deployment. */
  founder: Signer;
  /** Address that is to hold each role; the founder's own where it is to keep it. */
  holders: Record<Role, string>;
}

/** Roles in the order in which they go over: the admin's last, for without it nothing more can be granted. */
const ORDER: Role[] = ["registrar", "guardian", "treasurer", "arbiter", "admin"];

/**
 * Hands the roles over.
 * @throws Error when the founder is no longer the admin and something is still to be done
 */
export async function handOver({ rpcUrl, deployment, founder, holders }: HandOverOptions): Promise<void> {
  const provider = connectChain(rpcUrl, deployment.chainId);
  try {
    await checkGenesis(provider, deployment);
    const { address } = deployment.contracts.meterRegistry;
    const registry = contractAt({ provider, name: "MeterRegistry", address, abi: meterRegistryAbi });
    const from = await founder.getAddress();
    const holds = async (role: Role, account: string): Promise<boolean> => Boolean(await registry.read("hasRole", [ROLES[role], account]));
    for (const role of ORDER) {
      const holder = getAddress(holders[role]);
      if (!(await holds(role, holder))) await registry.change(founder, "grantRole", [ROLES[role], holder]);
    }
    // Only now: a founder who gave up a role before all were granted could not correct a wrong address.
    for (const role of ORDER) {
      const keeps = getAddress(holders[role]) === from;
      if (!keeps && (await holds(role, from))) await registry.change(founder, "renounceRole", [ROLES[role], from]);
    }
  } finally {
    provider.destroy();
  }
}
