/**
 * What an order would have meant for what this home's bus meters counted. Pure, in integers.
 *
 * It is a bound, not a clearing: which neighbour would have met the order depends on their orders, which this home does not know. A bid
 * pays at most, an ask is paid at least its price for what finds a partner.
 * @module
 */
import { costOf } from "../../coins.ts";

/** What was metered over some time: a slot, or a step of a series. */
export interface Metered {
  startUtcMs: number;
  endUtcMs: number;
  importMwh: number;
  exportMwh: number;
}

export interface PreviewOrder {
  side: "ask" | "bid";
  /** Token units. */
  pricePerKwh: bigint;
  /** Null: as much as is metered. */
  maxSlotMwh: number | null;
}

export interface Preview {
  /** What was drawn (bid) or given (ask). */
  meteredMwh: number;
  /** Of it, what the order would have covered. */
  coveredMwh: number;
  /** What that comes to at the order's price, in token units: each time by itself, as slots are settled. */
  amount: bigint;
  /** Times with any energy, and those in which the limit cut it. */
  times: number;
  limitedTimes: number;
}

/** @param slotMs settlement interval; a time that is longer or shorter has its part of the slot's limit. */
export function previewOf(order: PreviewOrder, metered: readonly Metered[], slotMs: number): Preview {
  const preview: Preview = { meteredMwh: 0, coveredMwh: 0, amount: 0n, times: 0, limitedTimes: 0 };
  for (const { startUtcMs, endUtcMs, importMwh, exportMwh } of metered) {
    const energyMwh = order.side === "bid" ? importMwh : exportMwh;
    if (energyMwh === 0) continue;
    const mostMwh = order.maxSlotMwh === null ? energyMwh : Math.floor((order.maxSlotMwh * (endUtcMs - startUtcMs)) / slotMs);
    const coveredMwh = Math.min(energyMwh, mostMwh);
    preview.meteredMwh += energyMwh;
    preview.coveredMwh += coveredMwh;
    preview.amount += costOf(coveredMwh, order.pricePerKwh);
    preview.times += 1;
    if (coveredMwh < energyMwh) preview.limitedTimes += 1;
  }
  return preview;
}

/** Sums what several meters counted over the same times. */
export function together(meters: readonly (readonly Metered[])[]): Metered[] {
  const sums = new Map<number, Metered>();
  for (const one of meters.flat()) {
    const before = sums.get(one.startUtcMs);
    const importMwh = (before?.importMwh ?? 0) + one.importMwh;
    sums.set(one.startUtcMs, { ...one, importMwh, exportMwh: (before?.exportMwh ?? 0) + one.exportMwh });
  }
  return [...sums.values()].sort((a, b) => a.startUtcMs - b.startUtcMs);
}
