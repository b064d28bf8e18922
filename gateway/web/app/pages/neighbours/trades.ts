/**
 * Of whom this home bought and to whom it sold, from the flows of the whole community. Pure; tokens are whole units.
 * @module
 */
import type { Flow } from "#gateway/api/schemas/trade.ts";
import { meanPrice } from "../../coins.ts";

/** What this home had of one other. */
export interface Partner {
  /** 0 is the community. */
  node: number;
  energyMwh: number;
  amount: bigint;
  /** Token units per kWh; null without energy. */
  pricePerKwh: bigint | null;
}

/** Of whom `node` bought, or to whom it sold, in the order of the flows. */
export function partnersOf(flows: readonly Flow[], node: number, side: "bought" | "sold"): Partner[] {
  const own = flows.filter(({ seller, buyer }) => (side === "bought" ? buyer : seller) === node);
  return own.map(({ seller, buyer, energyMwh, amount }) => ({
    node: side === "bought" ? seller : buyer,
    energyMwh,
    amount: BigInt(amount),
    pricePerKwh: meanPrice(BigInt(amount), energyMwh),
  }));
}

/** What was paid to a seller in advance and is left, token units. */
export interface Credit {
  seller: number;
  remaining: string;
}

/** Of whom was bought or may be: partners, and sellers with credit of whom nothing was bought in that time. */
export function withCredits(bought: readonly Partner[], credits: readonly Credit[]): Partner[] {
  const known = new Set(bought.map(({ node }) => node));
  const others = credits.filter(({ seller, remaining }) => !known.has(seller) && BigInt(remaining) > 0n);
  return [...bought, ...others.map(({ seller }) => ({ node: seller, energyMwh: 0, amount: 0n, pricePerKwh: null }))];
}
