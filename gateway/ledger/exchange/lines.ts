/**
 * Why a slot cost or earned a home what it did: every milliwatt-hour of it in a line with a partner, a price, an amount and a reason, the
 * amounts adding up to what the exchange moved, to the last unit. Pure.
 * @module
 */
import { MWH_PER_KWH } from "#gateway/market/member.ts";
import type { ClearedSlot, LateEnergy } from "./cleared.ts";

export type Why = "preferred" | "cheapest" | "pool" | "loss" | "late" | "disputed";

/** The community's pool, where a node is expected. */
export const POOL = 0;

export interface Line {
  seller: number;
  buyer: number;
  /** Null for late energy of which only the amount is known. */
  energyMwh: number | null;
  /** Millionths of a coin per kWh; null where nothing is paid. */
  price: number | null;
  /** From buyer to seller, millionths of a coin. */
  amount: bigint;
  why: Why;
}

/** The community's tariff in a slot. */
export interface Tariff {
  importPrice: number;
  exportPrice: number;
}

export interface Explained {
  /** Drawn or, negative, given. */
  energyMwh: number;
  /** Got or, negative, paid. */
  amount: bigint;
  lines: Line[];
}

export interface ExplainOptions {
  cleared: Pick<ClearedSlot, "state" | "members" | "trades">;
  node: number;
  tariff: Tariff;
  /** Sellers that a buyer preferred in this slot. */
  preferredOf: (buyer: number) => readonly number[];
  /** Energy that the node's meter counted in earlier slots and this one, where it had not reported those in time. */
  late?: Pick<LateEnergy, "importMwh" | "exportMwh"> | undefined;
}

/** Rounds a slot once: each line gets what the whole units of the sum so far grow by. */
function createRounding(up: boolean): (energyMwh: number, price: number) => bigint {
  let sum = 0n;
  const units = (value: bigint): bigint => (up ? (value + MWH_PER_KWH - 1n) / MWH_PER_KWH : value / MWH_PER_KWH);
  return (energyMwh, price) => {
    const before = units(sum);
    sum += BigInt(energyMwh) * BigInt(price);
    return units(sum) - before;
  };
}

function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** What of a seller's energy arrived, when sellers share what was lost. */
function arrivedMwh(cleared: ExplainOptions["cleared"], energyMwh: number): number {
  const importedMwh = sumOf(cleared.members.map((member) => Math.max(0, member.energyMwh)));
  const exportedMwh = sumOf(cleared.members.map((member) => Math.max(0, -member.energyMwh)));
  if (exportedMwh <= importedMwh) return -energyMwh;
  return Number((BigInt(-energyMwh) * BigInt(importedMwh)) / BigInt(exportedMwh));
}

function boughtLines({ cleared, node, tariff, preferredOf }: ExplainOptions, place: number, energyMwh: number): Line[] {
  const cost = createRounding(true);
  const preferred = preferredOf(node);
  const lines = cleared.trades.flatMap((trade): Line[] => {
    if (trade.buyer !== place) return [];
    const seller = cleared.members[trade.seller]?.node ?? POOL;
    const why = preferred.includes(seller) ? "preferred" : "cheapest";
    const { energyMwh: boughtMwh, price } = trade;
    return [{ seller, buyer: node, energyMwh: boughtMwh, price, amount: cost(boughtMwh, price), why }];
  });
  const restMwh = energyMwh - sumOf(lines.map((line) => line.energyMwh ?? 0));
  const { importPrice: price } = tariff;
  if (restMwh !== 0) lines.push({ seller: POOL, buyer: node, energyMwh: restMwh, price, amount: cost(restMwh, price), why: "pool" });
  return lines;
}

function soldLines({ cleared, node, tariff, preferredOf }: ExplainOptions, place: number, givenMwh: number, arrived: number): Line[] {
  const earned = createRounding(false);
  const lines = cleared.trades.flatMap((trade): Line[] => {
    if (trade.seller !== place) return [];
    const buyer = cleared.members[trade.buyer]?.node ?? POOL;
    const why = preferredOf(buyer).includes(node) ? "preferred" : "cheapest";
    const { energyMwh, price } = trade;
    return [{ seller: node, buyer, energyMwh, price, amount: earned(energyMwh, price), why }];
  });
  const restMwh = arrived - sumOf(lines.map((line) => line.energyMwh ?? 0));
  const { exportPrice: price } = tariff;
  if (restMwh !== 0) lines.push({ seller: node, buyer: POOL, energyMwh: restMwh, price, amount: earned(restMwh, price), why: "pool" });
  if (givenMwh > arrived) lines.push({ seller: node, buyer: POOL, energyMwh: givenMwh - arrived, price: null, amount: 0n, why: "loss" });
  return lines;
}

const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/**
 * Late energy is the pool's: its import and export do not cancel, for they may be days apart, and they are rounded together.
 * @param energy where it is known; of what does not fit the amount none is said
 */
export function lateLines(node: number, amount: bigint, tariff: Tariff, energy: ExplainOptions["late"]): Line[] {
  if (energy !== undefined) {
    const { importMwh, exportMwh } = energy;
    const owed = BigInt(importMwh) * BigInt(tariff.importPrice);
    const earned = (BigInt(exportMwh) * BigInt(tariff.exportPrice)) / MWH_PER_KWH;
    const cost = earned - amount;
    const drawn: Line = { seller: POOL, buyer: node, energyMwh: importMwh, price: tariff.importPrice, amount: cost, why: "late" };
    const given: Line = { seller: node, buyer: POOL, energyMwh: exportMwh, price: tariff.exportPrice, amount: earned, why: "late" };
    const fits = cost >= 0n && abs(cost * MWH_PER_KWH - owed) <= MWH_PER_KWH;
    if (fits) return [drawn, given].filter((line) => line.energyMwh !== 0 || line.amount !== 0n);
  }
  const [seller, buyer] = amount > 0n ? [node, POOL] : [POOL, node];
  return amount === 0n ? [] : [{ seller, buyer, energyMwh: null, price: null, amount: abs(amount), why: "late" }];
}

/** What lines come to for a node. */
export function amountFor(lines: readonly Line[], node: number): bigint {
  return lines.reduce((sum, { seller, buyer, amount }) => sum + (seller === node ? amount : 0n) - (buyer === node ? amount : 0n), 0n);
}

/** A node's part in a slot; null when it is no member of it. */
export function explain(options: ExplainOptions): Explained | null {
  const { cleared, node, tariff, late } = options;
  const place = cleared.members.findIndex((member) => member.node === node);
  const member = cleared.members[place];
  if (member === undefined) return null;
  const { energyMwh, amount } = member;
  const [seller, buyer] = energyMwh < 0 ? [node, POOL] : [POOL, node];
  if (energyMwh === 0) return { energyMwh, amount, lines: lateLines(node, amount, tariff, late) };
  if (cleared.state === "disputed") {
    return { energyMwh, amount, lines: [{ seller, buyer, energyMwh: Math.abs(energyMwh), price: null, amount: 0n, why: "disputed" }] };
  }
  if (energyMwh > 0) return { energyMwh, amount, lines: boughtLines(options, place, energyMwh) };
  // Whether all energy was known, and so the loss was shared, is not in the event: the amount tells.
  const lossy = soldLines(options, place, -energyMwh, arrivedMwh(cleared, energyMwh));
  const lines = amountFor(lossy, node) === amount ? lossy : soldLines(options, place, -energyMwh, -energyMwh);
  return { energyMwh, amount, lines };
}
