/**
 * What the village's homes begin to trade with: coins of the community, and standing orders.
 * @module
 */
import { fundHome } from "#chain/fund.ts";
import type { Terms } from "#chain/terms.ts";
import { bodyOf, createClient, withCookie } from "#gateway/api/client.ts";
import type { Client } from "#gateway/api/client.ts";
import type { NewOrder } from "#gateway/api/schemas/trade.ts";
import { tellingFetch } from "../gateway/connect.ts";
import { DEMO_ACCOUNT } from "./home.ts";
import type { Community, Home, PreparedHome } from "./home.ts";

/**
 * The sensors may be off by a quarter at the demo's few amperes (hardware facts: 0.27 A of 3 A at each end), and its slots are short.
 * Prices are millionths of a coin per kWh.
 */
export const DEMO_TERMS: Terms = { importPrice: 300_000, exportPrice: 80_000, lossPermille: 250, lossMwh: 50, graceSeconds: 10 };

/** What each home is given: a hundred coins. */
const COINS = 100_000_000n;
const ASK: NewOrder = { side: "ask", pricePerKwh: "150000", maxSlotMwh: 100_000, preferred: [] };
const BID: NewOrder = { side: "bid", pricePerKwh: "200000", maxSlotMwh: null, preferred: [] };

/** A home and its number in the registry. */
export interface JoinedHome {
  home: PreparedHome;
  node: number;
}

/** The producer offers, the consumer bids and prefers the producer: asked of their gateways, as a member would. What stands already stays. */
export async function placeOrders(homes: readonly Pick<Home, "plan" | "node" | "dashboard">[]): Promise<void> {
  const sellers = homes.flatMap(({ plan, node }) => (plan.role === "producer" ? [node] : []));
  for (const { plan, dashboard } of homes) {
    const client = await logIn(new URL(dashboard).origin);
    const side = plan.role === "producer" ? "ask" : "bid";
    const { items } = await bodyOf(client.orders.$get());
    if (items.some((order) => order.side === side && (order.state === "active" || order.state === "pending"))) continue;
    await client.orders.$post({ json: side === "ask" ? ASK : { ...BID, preferred: sellers } });
  }
}

/** A client in the name of the demo's account. */
async function logIn(origin: string): Promise<Client> {
  const client = createClient(origin, { fetch: withCookie(tellingFetch(origin, fetch, true)) });
  await client.session.$post({ json: DEMO_ACCOUNT });
  return client;
}

/** Enrols the homes at the exchange and gives each its coins; one after the other, for all is done by the community's key. */
export async function fundHomes(joined: JoinedHome[], { rpcUrl, deployment, key }: Community): Promise<void> {
  for (const { node } of joined) await fundHome({ rpcUrl, deployment, node, treasurer: key, amount: COINS });
}
