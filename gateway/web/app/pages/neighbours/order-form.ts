/**
 * An order as it is typed, and what it says when it is right. Pure.
 * @module
 */
import type { NewOrder, Order } from "#gateway/api/schemas/trade.ts";
import { exactCoins, parseCoins } from "../../coins.ts";

export interface OrderForm {
  side: "ask" | "bid";
  /** Coin per kWh. */
  price: string;
  /** Wh; empty for as much as is metered. */
  most: string;
  /** A home's number; empty for any. */
  preferred: string;
}

/** What is typed when nothing is yet: buying for a home that draws on its neighbours, selling for one that gives. */
export function emptyForm(role: "consumer" | "producer"): OrderForm {
  return { side: role === "producer" ? "ask" : "bid", price: "", most: "", preferred: "" };
}

export function formOf({ side, pricePerKwh, maxSlotMwh, preferredNode }: Order): OrderForm {
  const most = maxSlotMwh === null ? "" : String(maxSlotMwh / 1000);
  return { side, price: exactCoins(pricePerKwh), most, preferred: preferredNode === null ? "" : String(preferredNode) };
}

/** Whole mWh of an energy that was typed in Wh; null when it is none. */
function parseWattHours(text: string): number | null {
  const [, whole, places = ""] = /^\s*(\d{1,9})(?:[.,](\d{1,3}))?\s*$/.exec(text) ?? [];
  return whole === undefined ? null : Number(whole) * 1000 + Number(places.padEnd(3, "0"));
}

export interface OrderErrors {
  price: boolean;
  most: boolean;
}

/** The order, or what is wrong with which field. */
export function orderOf({ side, price, most, preferred }: OrderForm): { order: NewOrder } | { errors: OrderErrors } {
  const pricePerKwh = parseCoins(price);
  const maxSlotMwh = most.trim() === "" ? null : parseWattHours(most);
  const errors = { price: pricePerKwh === null, most: most.trim() !== "" && (maxSlotMwh === null || maxSlotMwh === 0) };
  if (pricePerKwh === null || errors.most) return { errors };
  const preferredNode = side === "bid" && preferred !== "" ? Number(preferred) : null;
  return { order: { side, pricePerKwh: pricePerKwh.toString(), maxSlotMwh, preferredNode } };
}
