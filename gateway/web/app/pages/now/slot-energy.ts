/**
 * What the open slot counted at the neighbours' bus, and at which price its like was traded last. Pure.
 * @module
 */
import type { Settlement } from "#gateway/api/schemas/trade.ts";

/** A meter's counters at one moment. */
export interface Counters {
  importMwh: number;
  exportMwh: number;
}

/** What was counted between two moments. */
export function between(from: Counters, to: Counters): Counters {
  // A board that was replaced begins anew: then nothing is known, rather than less than nothing.
  return { importMwh: Math.max(0, to.importMwh - from.importMwh), exportMwh: Math.max(0, to.exportMwh - from.exportMwh) };
}

/** Price of the newest trade in which the home bought or sold, in token units per kWh; null without any. @param settlements newest first. */
export function newestPrice(settlements: readonly Settlement[], node: number, side: "buyer" | "seller"): bigint | null {
  for (const { trades } of settlements) {
    const trade = trades.find((one) => one[side] === node);
    if (trade !== undefined) return BigInt(trade.pricePerKwh);
  }
  return null;
}
