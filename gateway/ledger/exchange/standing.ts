/**
 * Everybody's standing orders and the community's terms, as they held in each slot: from the exchange's events, in memory.
 * @module
 */
import { unpackPreferred } from "#contracts/settlement.ts";
import type { ExchangeEvent } from "#gateway/store/trade.ts";
import { argumentsOf, termsOf, type ExchangeTerms } from "./contract.ts";

/** Events from which it is made. */
export const STANDING_EVENTS = ["AskSet", "BidSet", "TermsSet"];

/** More than any meter counts in a slot, and exact: a limit above it is none. */
const NO_LIMIT_MWH = 2 ** 48;

export interface StandingAsk {
  /** First slot for which it holds. */
  since: number;
  price: number;
  /** Most energy in one slot; 0 ends the offer, null for as much as is metered. */
  limitMwh: number | null;
}

export interface StandingBid {
  since: number;
  price: number;
  preferred: number[];
}

export interface StandingOrders {
  /** Takes events in, in their order; of two that hold from the same slot on the later one counts. */
  add(events: readonly ExchangeEvent[]): void;
  askAt(node: number, slot: number): StandingAsk | null;
  bidAt(node: number, slot: number): StandingBid | null;
  termsAt(slot: number): ExchangeTerms | null;
  /** Nodes that ever asked. */
  sellers(): number[];
}

/** An ask in an event. */
export function askIn(event: ExchangeEvent): StandingAsk {
  const { price, limitMwh } = argumentsOf(event);
  return { since: event.slot, price: Number(price), limitMwh: Number(limitMwh) < NO_LIMIT_MWH ? Number(limitMwh) : null };
}

/** A bid in an event. */
export function bidIn(event: ExchangeEvent): StandingBid {
  const { price, preferred } = argumentsOf(event);
  // The cast: the type that the ABI names.
  return { since: event.slot, price: Number(price), preferred: unpackPreferred(preferred as bigint) };
}

function termsIn(event: ExchangeEvent): ExchangeTerms {
  // The slot from which on they hold is indexed, so it is no argument here.
  const { importPrice, exportPrice, lossPermille, lossMwh, graceSeconds } = argumentsOf(event);
  return termsOf({ since: BigInt(event.slot), importPrice, exportPrice, lossPermille, lossMwh, graceSeconds });
}

function push<Version extends { since: number }>(versions: Version[], next: Version): void {
  if (versions.at(-1)?.since === next.since) versions.pop();
  versions.push(next);
}

function at<Version extends { since: number }>(versions: readonly Version[] | undefined, slot: number): Version | null {
  return versions?.findLast(({ since }) => since <= slot) ?? null;
}

function listOf<Item>(lists: Map<number, Item[]>, key: number): Item[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** Of a community of 30 homes that change an order four times a day, a year is 2 MB. */
export function createStandingOrders(): StandingOrders {
  const asks = new Map<number, StandingAsk[]>();
  const bids = new Map<number, StandingBid[]>();
  const terms: ExchangeTerms[] = [];
  return {
    add(events) {
      for (const event of events) {
        if (event.name === "AskSet") push(listOf(asks, event.node ?? 0), askIn(event));
        else if (event.name === "BidSet") push(listOf(bids, event.node ?? 0), bidIn(event));
        else if (event.name === "TermsSet") push(terms, termsIn(event));
      }
    },
    askAt: (node, slot) => at(asks.get(node), slot),
    bidAt: (node, slot) => at(bids.get(node), slot),
    termsAt: (slot) => at(terms, slot),
    sellers: () => [...asks.keys()].sort((a, b) => a - b),
  };
}
