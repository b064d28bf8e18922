/**
 * Standing orders and terms a second time, from their events: of each the newest version, and the one that held before it.
 * @module
 */
import { unpackPreferred } from "#contracts/settlement.ts";
import type { ContractEvent } from "./events.ts";

export interface Ask {
  price: number;
  limitMwh: number;
}

export interface Bid {
  price: number;
  preferred: number[];
}

/** See the contract's `Terms`. */
export interface Terms {
  importPrice: number;
  exportPrice: number;
  lossPermille: number;
  lossMwh: number;
  graceSeconds: number;
}

interface Versions<T> {
  newest: T & { since: number };
  earlier: T;
}

/** No meter counts as much; above it the limit of an ask does not limit. */
const MAX_LIMIT_MWH = 2 ** 48;
const NO_ASK: Ask = { price: 0, limitMwh: 0 };
const NO_BID: Bid = { price: 0, preferred: [] };
const NO_TERMS: Terms = { importPrice: 0, exportPrice: 0, lossPermille: 0, lossMwh: 0, graceSeconds: 0 };

function next<T>(before: Versions<T> | undefined, none: T, version: T, since: number): Versions<T> {
  if (before === undefined) return { newest: { ...version, since }, earlier: none };
  // Replaced before it held: what held before stays.
  return { newest: { ...version, since }, earlier: before.newest.since === since ? before.earlier : before.newest };
}

function at<T>(versions: Versions<T> | undefined, none: T, slot: number): T {
  if (versions === undefined) return none;
  return versions.newest.since <= slot ? versions.newest : versions.earlier;
}

export function createOrders() {
  const asks = new Map<number, Versions<Ask>>();
  const bids = new Map<number, Versions<Bid>>();
  let terms: Versions<Terms> | undefined;

  return {
    apply({ name, args }: ContractEvent): void {
      const [node, since, price] = [Number(args["node"] ?? 0), Number(args["since"] ?? 0), Number(args["price"] ?? 0)];
      if (name === "AskSet") {
        const limitMwh = Math.min(MAX_LIMIT_MWH, Number(args["limitMwh"]));
        asks.set(node, next(asks.get(node), NO_ASK, { price, limitMwh }, since));
      } else if (name === "BidSet") {
        bids.set(node, next(bids.get(node), NO_BID, { price, preferred: unpackPreferred(BigInt(args["preferred"])) }, since));
      } else if (name === "TermsSet") {
        const figure = (field: keyof Terms): number => Number(args[field]);
        const set = {
          importPrice: figure("importPrice"),
          exportPrice: figure("exportPrice"),
          lossPermille: figure("lossPermille"),
          lossMwh: figure("lossMwh"),
          graceSeconds: figure("graceSeconds"),
        };
        terms = next(terms, NO_TERMS, set, since);
      }
    },
    askAt: (node: number, slot: number): Ask => at(asks.get(node), NO_ASK, slot),
    bidAt: (node: number, slot: number): Bid => at(bids.get(node), NO_BID, slot),
    termsAt: (slot: number): Terms => at(terms, NO_TERMS, slot),
  };
}
