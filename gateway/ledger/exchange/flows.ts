/**
 * Who sold how much to whom in a whole community, over several slots. Pure.
 * @module
 */
import { MWH_PER_KWH } from "#gateway/market/member.ts";
import type { ClearedSlot } from "./cleared.ts";
import { explain, POOL, type Tariff } from "./lines.ts";

export interface Flow {
  seller: number;
  buyer: number;
  energyMwh: number;
  /** Millionths of a coin, rounded down once for each pair. */
  amount: bigint;
}

/** One flow for each pair, largest energy first; the pool is 0. What was lost or is in dispute is in none. */
export function flowsOf(slots: readonly { cleared: ClearedSlot; tariff: Tariff }[]): Flow[] {
  const sums = new Map<string, { seller: number; buyer: number; energyMwh: number; value: bigint }>();
  for (const { cleared, tariff } of slots) {
    for (const { node } of cleared.members) {
      const lines = explain({ cleared, node, tariff, preferredOf: () => [] })?.lines ?? [];
      for (const { seller, buyer, energyMwh, price } of lines) {
        // A trade is in its buyer's lines and in its seller's.
        const isOthers = buyer !== node && buyer !== POOL;
        if (isOthers || energyMwh === null || price === null) continue;
        const pair = `${seller} ${buyer}`;
        const sum = sums.get(pair) ?? { seller, buyer, energyMwh: 0, value: 0n };
        sum.energyMwh += energyMwh;
        sum.value += BigInt(energyMwh) * BigInt(price);
        sums.set(pair, sum);
      }
    }
  }
  return [...sums.values()]
    .map(({ seller, buyer, energyMwh, value }) => ({ seller, buyer, energyMwh, amount: value / MWH_PER_KWH }))
    .sort((a, b) => b.energyMwh - a.energyMwh || a.seller - b.seller || a.buyer - b.buyer);
}
