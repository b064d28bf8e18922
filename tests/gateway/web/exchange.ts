/**
 * An exchange for the pages that show one: orders that wait for a chain which `confirm` stands for, and slots of thirty homes.
 */
import { meterIdOf } from "#contracts/meter-id.ts";
import type { ExchangePort, OrdersPort, SettlementsPort, SlotQuery } from "#gateway/api/ports.ts";
import type { ExchangeAccount } from "#gateway/api/schemas/exchange.ts";
import type { Flow, NewOrder, Order, Settlement, SettlementLine, Slot } from "#gateway/api/schemas/trade.ts";
import { BOARD, SLOT_MS } from "../api/home.ts";

const HOMES = 30;
const SELF = 1;
/** Token units per kWh. */
const PRICE = 150_000;
const SLOTS = 30;
const TRANSACTION = `0x${"7e".repeat(32)}`;

const amountOf = (energyMwh: number): string => String(Math.floor((energyMwh * PRICE) / 1_000_000));

/** Every third home sells to the two behind it, the one with the smallest number most; home 1 buys of 3 and 6. */
const FLOWS: Flow[] = Array.from({ length: HOMES / 3 }, (_, place) => place * 3 + 3).flatMap((seller) =>
  [seller - 2, seller - 1, ...(seller === 6 ? [SELF] : [])].map((buyer) => {
    const energyMwh = Math.round(90_000 / seller) * (buyer === SELF ? 2 : 1);
    return { seller, buyer, energyMwh, amount: amountOf(energyMwh) };
  }),
);
const OWN_LINES: SettlementLine[] = FLOWS.filter(({ buyer }) => buyer === SELF).map((flow) => ({ ...flow, pricePerKwh: String(PRICE), why: flow.seller === 6 ? "preferred" : "cheapest" }));
const OWN_MWH = OWN_LINES.reduce((sum, { energyMwh }) => sum + (energyMwh ?? 0), 0);
const times = (slot: number) => ({ slot, startUtcMs: slot * SLOT_MS, endUtcMs: (slot + 1) * SLOT_MS });

function settlementOf(slot: number): Settlement {
  const amount = -OWN_LINES.reduce((sum, line) => sum + Number(line.amount), 0);
  return { ...times(slot), state: "final", energyMwh: OWN_MWH, amount: String(amount), lines: OWN_LINES, transactionHash: TRANSACTION, blockNumber: 1200 };
}

function slotOf(slot: number, newest: number): Slot {
  const state = slot === newest ? "open" : slot === newest - 1 ? "submitted" : slot === newest - 2 ? "disputed" : "final";
  const meters = [{ meterId: meterIdOf(BOARD, 1), importMwh: OWN_MWH, exportMwh: 0 }];
  return { ...times(slot), state, batchNumber: state === "final" ? 1 : null, meters };
}

const ACCOUNT: ExchangeAccount = {
  node: SELF,
  isEnrolled: true,
  deposit: "25000000",
  free: "24000000",
  held: "1000000",
  debt: "0",
  due: "0",
  settledSlot: 1,
  coins: "75500000",
  allowance: "0",
  gatewayAddress: `0x${"c3".repeat(20)}`,
  memberAddress: `0x${"c3".repeat(20)}`,
  canWithdraw: true,
  credits: [{ seller: 6, paid: "2000000", remaining: "1250000" }],
  exchangeAddress: `0x${"d4".repeat(20)}`,
  coinAddress: `0x${"e5".repeat(20)}`,
  blockNumber: 1207,
};

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
    place: async (order: NewOrder, by) => {
      const made = { reason: null, isWithdrawn: false, sinceSlot: null, createdUtcMs: nowMs(), transactionHash: null };
      const placed: Order = { orderId: `o${orders.length}`, ...order, state: "pending", by, ...made };
      orders.push(placed);
      return placed;
    },
    replace: async (orderId, order) => change(orderId, { ...order, state: "pending" }),
    cancel: async (orderId) => change(orderId, { state: "cancelling" }),
  };
  const settlementsPort: SettlementsPort = {
    slots: async (query) => within(query).map((slot) => slotOf(slot, newest)),
    slot: async (slot) => (within({ limit: SLOTS }).includes(slot) ? slotOf(slot, newest) : null),
    settlements: async (query) => within({ ...query, beforeSlot: Math.min(query.beforeSlot ?? Infinity, newest - 2) }).map(settlementOf),
    flows: async ({ fromSlot = newest - 3 }) => ({ fromSlot, toSlot: newest - 3, slots: 1, isComplete: true, items: FLOWS }),
    preview: async ({ pricePerKwh }) => {
      const isMet = Number(pricePerKwh) >= PRICE;
      const outcome = { neighboursMwh: isMet ? OWN_MWH : 0, poolMwh: isMet ? 0 : OWN_MWH, lostMwh: 0 };
      const withOrder = { amount: isMet ? "-18000" : "-36000", ...outcome };
      return { fromSlot: newest - SLOTS, toSlot: newest - 3, slots: SLOTS, isComplete: true, meteredMwh: OWN_MWH, asSettled: { ...outcome, amount: "-36000" }, withOrder };
    },
    estimate: async () => ({ ...times(newest), untilUtcMs: nowMs(), energyMwh: 60_000, basisSlot: newest - 3, amount: "-9000", poolAmount: "-18000", lines: OWN_LINES }),
  };
  const exchangePort: ExchangePort = {
    account: () => ACCOUNT,
    terms: () => ({ sinceSlot: 1, importPrice: "300000", exportPrice: "80000", lossPermille: 50, lossMwh: 50, graceSeconds: 3600 }),
    sellers: async () => [{ node: 2, pricePerKwh: "120000", limitMwh: 100_000, sinceSlot: 1 }],
    transfers: async () => [],
    transfer: async () => {
      throw new Error("no coins are moved here");
    },
  };
  return {
    orders: ordersPort,
    settlements: settlementsPort,
    exchange: exchangePort,
    placed: () => orders,
    confirm: (orderId: string, state: Order["state"]) => publish(change(orderId, { state })),
  };
}
