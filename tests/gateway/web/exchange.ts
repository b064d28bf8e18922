/**
 * An exchange for the pages that show one: orders that wait for a chain which `confirm` stands for, and slots of thirty homes.
 */
import type { OrdersPort, SettlementsPort, SlotQuery } from "#gateway/api/ports.ts";
import type { NewOrder, Order, Settlement, Slot } from "#gateway/api/schemas/trade.ts";
import { BOARD, SLOT_MS } from "../api/home.ts";
import { meterIdOf } from "#contracts/meter-id.ts";

const HOMES = 30;
const SELF = 1;
const PRICE = 150_000_000_000_000_000n;
const SLOTS = 30;

/** In slot after slot every third home sells to the two behind it, the one with the smallest number most; home 1 buys of 3 and 6. */
function settlementOf(slot: number): Settlement {
  const trades = Array.from({ length: HOMES / 3 }, (_, place) => place * 3 + 3).flatMap((seller) =>
    [seller - 2, seller - 1, ...(seller === 6 ? [SELF] : [])].map((buyer) => {
      const energyMwh = Math.round(90_000 / seller) * (buyer === SELF ? 2 : 1);
      return { seller, buyer, energyMwh, pricePerKwh: String(PRICE), amount: String((BigInt(energyMwh) * PRICE) / 1_000_000n) };
    }),
  );
  return { slot, state: "final", trades, transactionHash: `0x${"7e".repeat(32)}`, blockNumber: 1200 };
}

function slotOf(slot: number, newest: number): Slot {
  const state = slot === newest ? "open" : slot === newest - 1 ? "submitted" : slot === newest - 2 ? "disputed" : "final";
  const meters = [{ meterId: meterIdOf(BOARD, 1), importMwh: 60_000, exportMwh: 0 }];
  return { slot, startUtcMs: slot * SLOT_MS, endUtcMs: (slot + 1) * SLOT_MS, state, batchNumber: state === "final" ? 1 : null, meters };
}

/** @param publish tells the page of an order that changed. */
export function createExchange(nowMs: () => number, publish: (order: Order) => void) {
  const newest = Math.floor(nowMs() / SLOT_MS);
  const orders: Order[] = [];
  const within = ({ fromSlot = 0, beforeSlot = Infinity, limit }: SlotQuery): number[] =>
    Array.from({ length: SLOTS }, (_, back) => newest - back)
      .filter((slot) => slot >= fromSlot && slot < beforeSlot)
      .slice(0, limit);

  function change(orderId: string, news: Partial<Order>): Order {
    const place = orders.findIndex((one) => one.orderId === orderId);
    const before = orders[place];
    if (before === undefined) throw new Error(`no order ${orderId}`);
    const after = { ...before, ...news };
    orders[place] = after;
    return after;
  }

  const ordersPort: OrdersPort = {
    list: async () => orders.toReversed(),
    place: async (order: NewOrder) => {
      const placed: Order = { orderId: `o${orders.length}`, ...order, state: "pending", reason: null, createdUtcMs: nowMs(), transactionHash: null };
      orders.push(placed);
      return placed;
    },
    replace: async (orderId, order) => change(orderId, { ...order, state: "pending" }),
    cancel: async (orderId) => change(orderId, { state: "cancelling" }),
  };
  const settlementsPort: SettlementsPort = {
    slots: async (query) => within(query).map((slot) => slotOf(slot, newest)),
    slot: async (slot) => (within({ limit: SLOTS }).includes(slot) ? slotOf(slot, newest) : null),
    settlements: async (query) =>
      within({ ...query, beforeSlot: Math.min(query.beforeSlot ?? Infinity, newest - 2) }).map(settlementOf),
  };
  return {
    orders: ordersPort,
    settlements: settlementsPort,
    placed: () => orders,
    confirm: (orderId: string, state: Order["state"]) => publish(change(orderId, { state })),
  };
}
