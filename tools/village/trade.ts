/**
 * What the village's homes begin to trade with: coins of the community, and standing orders.
 * @module
 */
import type { BaseWallet } from "ethers";
import { fundHome, placeAsk, placeBid } from "#chain/fund.ts";
import type { Terms } from "#chain/terms.ts";
import type { Community, PreparedHome } from "./home.ts";

/**
 * The sensors may be off by a quarter at the demo's few amperes (hardware facts: 0.27 A of 3 A at each end), and its slots are short.
 * Prices are millionths of a coin per kWh.
 */
export const DEMO_TERMS: Terms = { importPrice: 300_000, exportPrice: 80_000, lossPermille: 250, lossMwh: 50, graceSeconds: 10 };

/** What each home is given: a hundred coins. */
const COINS = 100_000_000n;
const ASK = { price: 150_000, limitMwh: 100_000 };
const BID = { price: 200_000 };

/** A home and its number in the registry. */
export interface JoinedHome {
  home: PreparedHome;
  node: number;
}

/** The producer offers, the consumer bids and prefers the producer. By the homes' keys, so before their gateways use them. */
export async function placeOrders(joined: JoinedHome[], { rpcUrl, deployment }: Community): Promise<void> {
  const sellers = joined.flatMap(({ home, node }) => (home.plan.role === "producer" ? [node] : []));
  await Promise.all(
    joined.map(({ home: { plan, key }, node }) => {
      const trader: BaseWallet = key;
      const order = { rpcUrl, deployment, node, trader };
      return plan.role === "producer" ? placeAsk({ ...order, ...ASK }) : placeBid({ ...order, ...BID, preferred: sellers });
    }),
  );
}

/** Enrols the homes at the exchange and gives each its coins; one after the other, for all is done by the community's key. */
export async function fundHomes(joined: JoinedHome[], { rpcUrl, deployment, key }: Community): Promise<void> {
  for (const { node } of joined) await fundHome({ rpcUrl, deployment, node, treasurer: key, amount: COINS });
}
