/**
 * This home's standing orders: keeps what its members ask for, signs one change after the other as soon as the exchange would take it, and
 * follows each to its end. What is asked for is in the store before anything is signed.
 * @module
 */
import type { Wallet } from "ethers";
import { packPreferred } from "#contracts/settlement.ts";
import type { Clock } from "#gateway/clock.ts";
import type { OutboxTransaction, SettlementStore } from "#gateway/store/settlement.ts";
import type { ExchangeEvent, OrderChange, OrderSide, TradeStore } from "#gateway/store/trade.ts";
import type { Chain } from "../chain.ts";
import { ContractRefusal } from "../rpc-error.ts";
import { signCall, type Call } from "../sign.ts";
import { slotAt } from "../slots.ts";
import type { Exchange } from "./contract.ts";
import { isAlive, ordersOf, type StandingOrder } from "./order-view.ts";
import { askIn, bidIn } from "./standing.ts";

export interface DeskOptions {
  store: TradeStore & Pick<SettlementStore, "transaction" | "addTransaction" | "resignTransaction">;
  chain: Pick<Chain, "nextNonce" | "simulate" | "beat">;
  exchange: Pick<Exchange, "call" | "chainId">;
  clock: Clock;
  /** Null while the key is locked. */
  signer: Wallet | null;
  /** The node's number in the registry. */
  node: number;
  slotMs: number;
  /** Makes an order's id. */
  newId: () => string;
  /** Told of each order that changed, after the store has it. */
  onChange: (order: StandingOrder) => void;
}

/** What a member wants. */
export interface WantedOrder {
  side: OrderSide;
  price: number;
  maxSlotMwh: number | null;
  preferred: number[];
}

const ORDER_GAS = 250_000n;
/** The exchange's own for an ask without a limit. */
const MOST_MWH = 2n ** 56n - 1n;
/** Changes that are looked through for orders, and open ones that are worked on at a time. */
const HISTORY = 200;
const OPEN = 16;
/** Refusals that no waiting mends. */
const FOR_GOOD = new Set(["InvalidPreferred"]);

export type Desk = ReturnType<typeof createDesk>;

/** What an event sets, and whether that is the end of an order. */
function toldBy(event: ExchangeEvent): WantedOrder & { ends: boolean } {
  if (event.name === "AskSet") {
    const { price, limitMwh } = askIn(event);
    return { side: "ask", price, maxSlotMwh: limitMwh, preferred: [], ends: limitMwh === 0 };
  }
  const { price, preferred } = bidIn(event);
  return { side: "bid", price, maxSlotMwh: null, preferred, ends: price === 0 };
}

export function createDesk({ store, chain, exchange, clock, signer, node, slotMs, newId, onChange }: DeskOptions) {
  /** By the change's number: why it is not signed yet. */
  const waiting = new Map<number, string>();

  function callOf({ side, action, price, maxSlotMwh, preferred }: OrderChange): Call {
    const holds = action === "place" || action === "restore";
    if (side === "bid") return exchange.call("setBid", holds ? [node, price, packPreferred(preferred)] : [node, 0, 0], ORDER_GAS);
    return exchange.call("setAsk", [node, price, holds ? (maxSlotMwh ?? MOST_MWH) : 0], ORDER_GAS);
  }

  async function list(): Promise<StandingOrder[]> {
    const changes = await store.orderChanges({ limit: HISTORY });
    return ordersOf(changes.map((change) => ({ ...change, waits: waiting.get(change.number) ?? null })));
  }

  async function tell(orderId: string): Promise<StandingOrder> {
    const order = (await list()).find((one) => one.orderId === orderId);
    if (order === undefined) throw new Error(`ledger: order ${orderId} is gone that was just changed`);
    onChange(order);
    return order;
  }

  async function add(orderId: string, wanted: WantedOrder, action: OrderChange["action"], by: string): Promise<StandingOrder> {
    const { side, price, maxSlotMwh, preferred } = wanted;
    const change = { orderId, side, action, price, maxSlotMwh, preferred, by, createdUtcMs: clock.nowMs() };
    await store.addOrderChange({ ...change, state: "open", reason: null, sinceSlot: null, transactionHash: null });
    return tell(orderId);
  }

  async function close(change: OrderChange, end: Pick<OrderChange, "state" | "reason" | "sinceSlot">): Promise<void> {
    waiting.delete(change.number);
    await store.updateOrderChange(change.number, end);
    await tell(change.orderId);
  }

  /** Why a change cannot be signed now is shown; one that never can be ends here. */
  async function keepBack(change: OrderChange, refusal: ContractRefusal): Promise<void> {
    const { reason, message } = refusal;
    if (reason !== null && FOR_GOOD.has(reason)) return close(change, { state: "refused", reason: message, sinceSlot: null });
    if (waiting.get(change.number) === message) return;
    waiting.set(change.number, message);
    await tell(change.orderId);
  }

  /** @returns the stored transaction, or null when the exchange would not take it now */
  async function sign(change: OrderChange, before: OutboxTransaction | null, wallet: Wallet): Promise<OutboxTransaction | null> {
    const call = callOf(change);
    try {
      await chain.simulate({ ...call, from: wallet.address });
    } catch (error) {
      if (!(error instanceof ContractRefusal)) throw error;
      await keepBack(change, error);
      return null;
    }
    waiting.delete(change.number);
    const signature = await signCall(wallet, exchange.chainId, await chain.nextNonce(wallet.address), call);
    const created = { ...signature, state: "signed", blockNumber: null, blockHash: null, createdUtcMs: clock.nowMs() } as const;
    if (before !== null) {
      // A slot began between the trial and the block, say.
      await store.resignTransaction(before.id, signature);
      return { ...before, ...created };
    }
    const added = await store.addTransaction({ kind: "order", subject: change.number, ...created });
    await tell(change.orderId);
    return added;
  }

  /** An order that was set by the member's own account, or before the store was there. */
  async function takeOver(event: ExchangeEvent): Promise<void> {
    const changes = await store.orderChanges({ limit: HISTORY });
    if (changes.some(({ transactionHash }) => transactionHash === event.transactionHash)) return;
    const told = toldBy(event);
    const alive = (await list()).find((order) => order.side === told.side && isAlive(order));
    if (told.ends && alive === undefined) return;
    const { transactionHash, slot: sinceSlot } = event;
    // What ends keeps its terms, so that it can be seen what it was.
    const { side, price, maxSlotMwh, preferred } = told.ends && alive !== undefined ? alive : told;
    const orderId = alive?.orderId ?? newId();
    const change = { orderId, side, action: told.ends ? "cancel" : "place", price, maxSlotMwh, preferred, by: "the chain" } as const;
    await store.addOrderChange({ ...change, state: "final", reason: null, sinceSlot, transactionHash, createdUtcMs: clock.nowMs() });
    await tell(orderId);
  }

  return {
    list,
    /** A new order. The caller has seen that the home has none of that side. */
    place: (wanted: WantedOrder, by: string) => add(newId(), wanted, "place", by),
    replace: (orderId: string, wanted: WantedOrder, by: string) => add(orderId, wanted, "place", by),
    cancel: ({ orderId, ...wanted }: StandingOrder, by: string) => add(orderId, wanted, "cancel", by),
    /** Takes the ask back, or puts it back. */
    reserve: ({ orderId, ...wanted }: StandingOrder, action: "withdraw" | "restore", by: string) => add(orderId, wanted, action, by),

    /** Notes which changes are final. */
    async note(): Promise<void> {
      for (const change of await store.openOrderChanges(OPEN)) {
        const transaction = await store.transaction("order", change.number);
        if (transaction?.state !== "final" || transaction.blockNumber === null) continue;
        const block = await chain.beat(transaction.blockNumber);
        if (block === null) continue;
        await close(change, { state: "final", reason: null, sinceSlot: slotAt(block.timestampMs, slotMs) + 1 });
      }
    },

    /** A transaction of an order that was final is not any more: its block is gone. */
    async reopen(number: number): Promise<void> {
      const change = await store.orderChange(number);
      if (change?.state === "final") await store.updateOrderChange(number, { state: "open", reason: null, sinceSlot: null });
    },

    /**
     * Signs the next change; call it when nothing waits to be mined.
     * @returns its stored transaction, or null when none can be signed now
     */
    async next(): Promise<OutboxTransaction | null> {
      if (signer === null) return null;
      const sides = new Set<OrderSide>();
      for (const change of await store.openOrderChanges(OPEN)) {
        // Changes of a side keep their order.
        if (sides.has(change.side)) continue;
        sides.add(change.side);
        const before = await store.transaction("order", change.number);
        if (before !== null && before.state !== "reverted") continue;
        const made = await sign(change, before, signer);
        if (made !== null) return made;
      }
      return null;
    },

    /** Takes over orders of this node that were not set here. */
    async follow(events: readonly ExchangeEvent[]): Promise<void> {
      for (const event of events) {
        if (event.node === node && (event.name === "AskSet" || event.name === "BidSet")) await takeOver(event);
      }
    },
  };
}
