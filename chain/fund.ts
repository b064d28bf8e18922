/**
 * Lets an admitted home trade: enrols it at the exchange, gives it coins, sets its orders. What is so already stays, so each can be run
 * again at any time.
 * @module
 */
import type { JsonRpcProvider, Result, Signer } from "ethers";
import { daiseeCoinAbi, energyExchangeAbi } from "#contracts/dist/abi.ts";
import { packPreferred } from "#contracts/settlement.ts";
import { contractAt, type OurContract } from "./contract.ts";
import { checkGenesis } from "./deploy.ts";
import { connectChain } from "./provider.ts";
import type { Deployment } from "./record.ts";

/** A slot after all others: orders that hold there are the newest. */
const LAST_SLOT = 2 ** 32 - 1;

interface ChainOptions {
  rpcUrl: string;
  deployment: Deployment;
  /** The home's number in the registry. */
  node: number;
}

export interface FundOptions extends ChainOptions {
  /** Holds the treasurer's role: mints the coins and pays them in. */
  treasurer: Signer;
  /** Millionths of a coin. */
  amount: bigint;
}

export interface AskOptions extends ChainOptions {
  /** The member's account, or the key of its gateway. */
  trader: Signer;
  /** Millionths of a coin per kWh. */
  price: number;
  /** Most energy in one slot, mWh; 0 ends the offer. */
  limitMwh: number;
}

export interface BidOptions extends ChainOptions {
  /** The member's account, or the key of its gateway. */
  trader: Signer;
  /** Highest price, millionths of a coin per kWh. */
  price: number;
  /** Nodes of preferred sellers, the first one first; at most five. */
  preferred: number[];
}

/** Enrols a home, and gives it coins when its account at the exchange has none and owes none. */
export async function fundHome(options: FundOptions): Promise<void> {
  await withContracts(options, async (exchange, coin) => {
    const { node, treasurer, amount } = options;
    // The casts here and below: the values as the ABI names them.
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
  });
}

/** Sets what a home offers, from the next slot on. */
export async function placeAsk(options: AskOptions): Promise<void> {
  await withContracts(options, async (exchange) => {
    const { node, trader, price, limitMwh } = options;
    const now = (await exchange.read("askAt", [node, LAST_SLOT])) as Result;
    if (Number(now["price"]) === price && Number(now["limitMwh"]) === limitMwh) return;
    await exchange.change(trader, "setAsk", [node, price, limitMwh]);
  });
}

/** Sets what a home bids, from the next slot on. */
export async function placeBid(options: BidOptions): Promise<void> {
  await withContracts(options, async (exchange) => {
    const { node, trader, price } = options;
    const preferred = packPreferred(options.preferred);
    const now = (await exchange.read("bidAt", [node, LAST_SLOT])) as Result;
    if (Number(now["price"]) === price && now["preferred"] === preferred) return;
    await exchange.change(trader, "setBid", [node, price, preferred]);
  });
}

async function withContracts({ rpcUrl, deployment }: ChainOptions, act: (exchange: OurContract, coin: OurContract) => Promise<void>): Promise<void> {
  const provider: JsonRpcProvider = connectChain(rpcUrl, deployment.chainId);
  try {
    await checkGenesis(provider, deployment);
    const { energyExchange, daiseeCoin } = deployment.contracts;
    await act(
      contractAt({ provider, name: "EnergyExchange", address: energyExchange.address, abi: energyExchangeAbi }),
      contractAt({ provider, name: "DaiseeCoin", address: daiseeCoin.address, abi: daiseeCoinAbi }),
    );
  } finally {
    provider.destroy();
  }
}
