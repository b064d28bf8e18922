/**
 * The ledger's trading as the API's routes want it: who may ask for what, and amounts as text.
 * @module
 */
import type { StandingOrder } from "#gateway/ledger/exchange/order-view.ts";
import { isAlive } from "#gateway/ledger/exchange/order-view.ts";
import type { Line } from "#gateway/ledger/exchange/lines.ts";
import type { Outcome } from "#gateway/ledger/exchange/replay.ts";
import type { SettledSlot } from "#gateway/ledger/exchange/settlements.ts";
import type { Trading, TradingChange } from "#gateway/ledger/exchange/trading.ts";
import type { NodeKey } from "#gateway/ledger/node-key.ts";
import type { AdmittedBoard } from "#gateway/store/store.ts";
import type { Transfer as StoredTransfer } from "#gateway/store/trade.ts";
import type { Notification } from "./live.ts";
import { TradeRefusal } from "./ports.ts";
import type { ExchangePort, OrdersPort, SettlementsPort } from "./ports.ts";
import type { ExchangeAccount, Transfer } from "./schemas/exchange.ts";
import type { NewOrder, Order, OrderPreview, Settlement, SettlementLine } from "./schemas/trade.ts";

export interface TradingPortsOptions {
  trading: Trading;
  key: Pick<NodeKey, "address" | "problem">;
  node: { id: number; slotMs: number };
  boards: () => Promise<AdmittedBoard[]>;
}

/** An ask without a limit, where a number is asked for: more than any meter counts. */
const NO_LIMIT_MWH = 2 ** 48;

function presentOrder({ price, ...order }: StandingOrder): Order {
  return { ...order, pricePerKwh: String(price) };
}

function presentLine({ price, amount, ...line }: Line): SettlementLine {
  return { ...line, pricePerKwh: price === null ? null : String(price), amount: String(amount) };
}

function presentSettlement({ lines, amount, ...settled }: SettledSlot, slotMs: number): Settlement {
  const { slot } = settled;
  return { ...settled, startUtcMs: slot * slotMs, endUtcMs: (slot + 1) * slotMs, amount: String(amount), lines: lines.map(presentLine) };
}

function presentTransfer({ number, amount, state, ...transfer }: StoredTransfer): Transfer {
  return { transferId: number, amount: String(amount), state: state === "open" ? "pending" : state, ...transfer };
}

function presentOutcome({ amount, ...outcome }: Outcome): OrderPreview["asSettled"] {
  return { ...outcome, amount: String(amount) };
}

/** What the live stream tells of a change. */
export function presentTrading(change: TradingChange, slotMs: number): Notification {
  if (change.type === "order") return { type: "order", order: presentOrder(change.order) };
  if (change.type === "transfer") return { type: "transfer", transfer: presentTransfer(change.transfer) };
  return { type: "settlement", settlement: presentSettlement(change.settlement, slotMs) };
}

const wanted = ({ side, pricePerKwh, maxSlotMwh, preferred }: NewOrder) => ({ side, price: Number(pricePerKwh), maxSlotMwh, preferred });

export interface TradingPorts {
  orders: OrdersPort;
  settlements: SettlementsPort;
  exchange: ExchangePort;
}

export function createTradingPorts({ trading, key, node, boards }: TradingPortsOptions): TradingPorts {
  const { desk, transfers, settlements, slotList } = trading;

  function checkUnlocked(): void {
    if (key.problem !== null) throw new TradeRefusal("locked", key.problem);
  }

  function checkPreferred({ preferred }: NewOrder): void {
    if (preferred.includes(node.id)) throw new TradeRefusal("conflict", `Home ${node.id} is this one: prefer others.`);
  }

  /** An order that can be changed. */
  async function aliveOrder(orderId: string, side?: NewOrder["side"]): Promise<StandingOrder> {
    const order = (await desk.list()).find((one) => one.orderId === orderId);
    if (order === undefined || !isAlive(order)) throw new TradeRefusal("conflict", `Order ${orderId} is at its end: place a new one.`);
    if (side !== undefined && order.side !== side)
      throw new TradeRefusal("conflict", `Order ${orderId} is of the other side (${order.side}): cancel it, and place a new one.`);
    return order;
  }

  const orders: OrdersPort = {
    list: async () => (await desk.list()).map(presentOrder),
    async place(order, by) {
      checkUnlocked();
      checkPreferred(order);
      const alive = (await desk.list()).find((one) => one.side === order.side && isAlive(one));
      if (alive !== undefined && alive.state !== "cancelling")
        throw new TradeRefusal("conflict", `This home has an order of that side: replace or cancel ${alive.orderId}.`);
      return presentOrder(await desk.place(wanted(order), by));
    },
    async replace(orderId, order, by) {
      checkUnlocked();
      checkPreferred(order);
      await aliveOrder(orderId, order.side);
      return presentOrder(await desk.replace(orderId, wanted(order), by));
    },
    async cancel(orderId, by) {
      checkUnlocked();
      const order = await aliveOrder(orderId);
      return order.state === "cancelling" ? presentOrder(order) : presentOrder(await desk.cancel(order, by));
    },
  };

  const settled: SettlementsPort = {
    slots: async (query) => slotList.slots(query, await boards()),
    slot: async (slot) => (await slotList.slots({ fromSlot: slot, beforeSlot: slot + 1, limit: 1 }, await boards()))[0] ?? null,
    settlements: async (query) => (await settlements.list(query, await boards())).map((one) => presentSettlement(one, node.slotMs)),
    async flows(bounds) {
      const { items, ...summed } = await settlements.flows(bounds);
      return { ...summed, items: items.map(({ amount, ...flow }) => ({ ...flow, amount: String(amount) })) };
    },
    async preview(order, bounds) {
      const { asSettled, withOrder, ...summed } = await settlements.preview(wanted(order), bounds);
      return { ...summed, asSettled: presentOutcome(asSettled), withOrder: presentOutcome(withOrder) };
    },
    async estimate() {
      const { slot, amount, poolAmount, lines, ...estimate } = await settlements.estimate(await boards());
      const amounts = { amount: amount === null ? null : String(amount), poolAmount: poolAmount === null ? null : String(poolAmount) };
      const times = { startUtcMs: slot * node.slotMs, endUtcMs: (slot + 1) * node.slotMs };
      return { slot, ...times, ...estimate, ...amounts, lines: lines.map(presentLine) };
    },
  };

  function account(): ExchangeAccount | null {
    const now = trading.account();
    if (now === null) return null;
    const { isEnrolled, deposit, free, debt, due, coins, allowance, member, credits, settledSlot, blockNumber } = now;
    return {
      node: node.id,
      isEnrolled,
      deposit: String(deposit),
      free: String(free),
      held: String(deposit - free),
      debt: String(debt),
      due: String(due),
      settledSlot,
      coins: String(coins),
      allowance: String(allowance),
      gatewayAddress: key.address,
      memberAddress: member,
      canWithdraw: member.toLowerCase() === key.address.toLowerCase(),
      credits: credits.map(({ seller, paid, remaining }) => ({ seller, paid: String(paid), remaining: String(remaining) })),
      exchangeAddress: trading.exchangeAddress,
      coinAddress: trading.coinAddress,
      blockNumber,
    };
  }

  const exchange: ExchangePort = {
    account,
    terms() {
      const now = trading.terms();
      if (now === null) return null;
      const { since: sinceSlot, importPrice, exportPrice, ...terms } = now;
      return { sinceSlot, importPrice: String(importPrice), exportPrice: String(exportPrice), ...terms };
    },
    sellers: async () =>
      trading.sellers().map(({ node: seller, price, limitMwh, since: sinceSlot }) => {
        return { node: seller, pricePerKwh: String(price), limitMwh: limitMwh ?? NO_LIMIT_MWH, sinceSlot };
      }),
    transfers: async () => (await transfers.list()).map(presentTransfer),
    async transfer({ kind, amount, seller }, by) {
      checkUnlocked();
      const now = account();
      if (kind !== "deposit" && now !== null && !now.canWithdraw)
        throw new TradeRefusal("conflict", `Only the member's account may ${kind}: use the wallet of ${now.memberAddress}.`);
      return presentTransfer(await transfers.add({ kind, amount: BigInt(amount), seller }, by));
    },
  };

  return { orders, settlements: settled, exchange };
}

