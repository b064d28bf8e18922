/**
 * Lets an admitted home trade: enrols it at the exchange and gives it coins. What is so already stays, so it can be run again at any time.
 * @module
 */
import type { Signer } from "ethers";
import { daiseeCoinAbi, energyExchangeAbi } from "#contracts/dist/abi.ts";
import { contractAt } from "./contract.ts";
import { checkGenesis } from "./deploy.ts";
import { connectChain } from "./provider.ts";
import type { Deployment } from "./record.ts";

export interface FundOptions {
  rpcUrl: string;
  deployment: Deployment;
  /** The home's number in the registry. */
  node: number;
  /** Holds the treasurer's role: mints the coins and pays them in. */
  treasurer: Signer;
  /** Millionths of a coin. */
  amount: bigint;
}

/** Enrols a home, and gives it coins when its account at the exchange has none and owes none. */
export async function fundHome({ rpcUrl, deployment, node, treasurer, amount }: FundOptions): Promise<void> {
  const provider = connectChain(rpcUrl, deployment.chainId);
  try {
    await checkGenesis(provider, deployment);
    const { energyExchange, daiseeCoin } = deployment.contracts;
    const exchange = contractAt({ provider, name: "EnergyExchange", address: energyExchange.address, abi: energyExchangeAbi });
    const coin = contractAt({ provider, name: "DaiseeCoin", address: daiseeCoin.address, abi: daiseeCoinAbi });
    // The casts: the values as the ABI names them.
    const { enrolled, balance, debt } = (await exchange.read("accountOf", [node])) as { enrolled: boolean; balance: bigint; debt: bigint };
    if (!enrolled) await exchange.change(treasurer, "enrol", [node]);
    if (balance > 0n || debt > 0n || amount === 0n) return;
    const account = await treasurer.getAddress();
    // Minted, but not paid in, when this was interrupted.
    const held = (await coin.read("balanceOf", [account])) as bigint;
    if (held < amount) await coin.change(treasurer, "mint", [account, amount - held]);
    const allowed = (await coin.read("allowance", [account, exchange.address])) as bigint;
    if (allowed < amount) await coin.change(treasurer, "approve", [exchange.address, amount]);
    await exchange.change(treasurer, "deposit", [node, amount]);
  } finally {
    provider.destroy();
  }
}
