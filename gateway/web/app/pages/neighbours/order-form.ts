/**
 * An order as it is typed, and what it says when it is right. Pure.
 * @module
 */
import type { NewOrder, Order } from "#gateway/api/schemas/trade.ts";
import { editedCoins, parseCoins } from "../../coins.ts";

export type Side = NewOrder["side"];

export interface OrderForm {
  side: Side;
  /** Coin per kWh. */
  price: string;
  /** ask: Wh; empty for as much as is metered. */
  most: string;
  /** bid: homes to buy from first, the first one first. */
  preferred: readonly number[];
}

/** As the exchange takes it: `MAX_PREFERRED` of `gateway/market/member.ts`, 32 bits for a price. */
export const MOST_PREFERRED = 5;
const MOST_PRICE = 2n ** 32n - 1n;

/** What is typed when nothing is yet. */
export function emptyForm(side: Side): OrderForm {
  return { side, price: "", most: "", preferred: [] };
}

/** The side of a new order: buying for a home that draws on its neighbours, selling for one that gives, where it has no such order yet. */
export function freeSide(role: "consumer" | "producer", orders: readonly Pick<Order, "side" | "state">[]): Side | null {
  const taken = orders.filter(({ state }) => state !== "cancelled" && state !== "refused").map(({ side }) => side);
  const sides: Side[] = role === "producer" ? ["ask", "bid"] : ["bid", "ask"];
  return sides.find((side) => !taken.includes(side)) ?? null;
}

export function formOf({ side, pricePerKwh, maxSlotMwh, preferred }: NewOrder): OrderForm {
  return { side, price: editedCoins(pricePerKwh), most: maxSlotMwh === null ? "" : String(maxSlotMwh / 1000), preferred };
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
  const isLimited = side === "ask" && most.trim() !== "";
  const maxSlotMwh = isLimited ? parseWattHours(most) : null;
  const errors = { price: pricePerKwh === null || pricePerKwh > MOST_PRICE, most: isLimited && (maxSlotMwh === null || maxSlotMwh === 0) };
  if (pricePerKwh === null || errors.price || errors.most) return { errors };
  return { order: { side, pricePerKwh: pricePerKwh.toString(), maxSlotMwh, preferred: side === "bid" ? [...preferred] : [] } };
}

/** The list with the seller at a place chosen, or taken out by null; each once. */
export function withPreferred(preferred: readonly number[], place: number, seller: number | null): number[] {
  const others = preferred.filter((node, index) => index !== place && node !== seller);
  return seller === null ? others : [...others.slice(0, place), seller, ...others.slice(place)];
}
