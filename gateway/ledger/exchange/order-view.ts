/**
 * What an order is, from its changes. Pure.
 * @module
 */
import type { OrderChange, OrderSide } from "#gateway/store/trade.ts";

/** A change, and what it waits for before it can be signed; null when it does not. */
export interface WaitingChange extends OrderChange {
  waits: string | null;
}

export interface StandingOrder {
  orderId: string;
  side: OrderSide;
  /** Millionths of a coin per kWh. */
  price: number;
  maxSlotMwh: number | null;
  preferred: number[];
  state: "pending" | "active" | "cancelling" | "cancelled" | "refused";
  reason: string | null;
  isWithdrawn: boolean;
  sinceSlot: number | null;
  by: string;
  createdUtcMs: number;
  transactionHash: string | null;
}

type Stand = Pick<StandingOrder, "state" | "reason">;

function standOf(newest: WaitingChange, base: WaitingChange | undefined, isInForce: boolean): Stand {
  if (newest.state === "open" && newest.action === "cancel") return { state: "cancelling", reason: newest.waits };
  if (newest.state === "open" && newest.action === "place") return { state: "pending", reason: newest.waits };
  const reason = newest.state === "refused" ? newest.reason : null;
  if (base === undefined) return { state: "refused", reason };
  if (base.action === "cancel") return { state: "cancelled", reason };
  return isInForce ? { state: "active", reason } : { state: "cancelled", reason: "another order of this side took its place" };
}

/**
 * One order.
 * @param changes of this order, newest first, without superseded ones
 * @param isInForce whether the newest final change of its side is one of them
 */
export function orderOf(changes: readonly WaitingChange[], isInForce: boolean): StandingOrder | null {
  const [newest] = changes;
  const first = changes.at(-1);
  if (newest === undefined || first === undefined) return null;
  const base = changes.find(({ state }) => state === "final");
  const stand = standOf(newest, base, isInForce);
  const isChanging = stand.state === "pending" || stand.state === "cancelling" || stand.state === "refused";
  const shown = isChanging || base === undefined ? newest : base;
  const { orderId, side, price, maxSlotMwh, preferred, by, sinceSlot, transactionHash } = shown;
  return {
    orderId,
    side,
    price,
    maxSlotMwh,
    preferred,
    ...stand,
    isWithdrawn: stand.state === "active" && base?.action === "withdraw",
    sinceSlot,
    by,
    createdUtcMs: first.createdUtcMs,
    transactionHash,
  };
}

/** All orders, the newest one first. @param changes newest first */
export function ordersOf(changes: readonly WaitingChange[]): StandingOrder[] {
  const counted = changes.filter(({ state }) => state !== "superseded");
  const final = counted.filter(({ state }) => state === "final");
  const inForce = (["ask", "bid"] as const).map((side) => final.find((change) => change.side === side)?.orderId);
  const ids = [...new Set(counted.map(({ orderId }) => orderId))];
  return ids.flatMap((orderId) => orderOf(counted.filter((change) => change.orderId === orderId), inForce.includes(orderId)) ?? []);
}

/** Whether an order still does or may do something. */
export function isAlive({ state }: StandingOrder): boolean {
  return state === "pending" || state === "active" || state === "cancelling";
}
