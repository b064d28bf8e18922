/**
 * What settlements come to: who sold how much to whom, and what this home bought and sold. Pure; tokens are whole units.
 * @module
 */
import type { Settlement } from "#gateway/api/schemas/trade.ts";
import { meanPrice } from "../../coins.ts";

/** Energy from one home to another, over several slots. Node 0 is the community. */
export interface Flow {
  seller: number;
  buyer: number;
  energyMwh: number;
  amount: bigint;
}

/** One flow for each pair of homes, largest first. */
export function flowsOf(settlements: readonly Settlement[]): Flow[] {
  const flows = new Map<string, Flow>();
  for (const { seller, buyer, energyMwh, amount } of settlements.flatMap(({ trades }) => trades)) {
    const pair = `${seller} ${buyer}`;
    const before = flows.get(pair) ?? { seller, buyer, energyMwh: 0, amount: 0n };
    flows.set(pair, { ...before, energyMwh: before.energyMwh + energyMwh, amount: before.amount + BigInt(amount) });
  }
  return [...flows.values()].filter(({ energyMwh }) => energyMwh > 0).sort((a, b) => b.energyMwh - a.energyMwh);
}

/** What this home had of one other. */
export interface Partner {
  /** 0 is the community. */
  node: number;
  energyMwh: number;
  amount: bigint;
  /** Token units per kWh. */
  pricePerKwh: bigint;
}

/** Of whom `node` bought, or to whom it sold, largest first. */
export function partnersOf(flows: readonly Flow[], node: number, side: "bought" | "sold"): Partner[] {
  const own = flows.filter(({ seller, buyer }) => (side === "bought" ? buyer : seller) === node);
  return own.map(({ seller, buyer, energyMwh, amount }) => ({
    node: side === "bought" ? seller : buyer,
    energyMwh,
    amount,
    pricePerKwh: meanPrice(amount, energyMwh) ?? 0n,
  }));
}

/** The settlements with a newer word on one of them; others than those `from` a slot on are left out. */
export function withSettlement(settlements: readonly Settlement[], news: Settlement, fromSlot: number): Settlement[] {
  if (news.slot < fromSlot) return [...settlements];
  return [news, ...settlements.filter(({ slot }) => slot !== news.slot)].sort((a, b) => b.slot - a.slot);
}
