/**
 * This home at the community's exchange: its orders and coins, the clearing of slots, and what came of them. A part of the ledger, whose
 * loop and outbox it shares.
 * @module
 */
import type { Clock } from "#gateway/clock.ts";
import type { OutboxTransaction, Store } from "#gateway/store/store.ts";
import type { ExchangeEvent, Transfer } from "#gateway/store/trade.ts";
import type { Chain, Head } from "../chain.ts";
import type { NodeKey } from "../node-key.ts";
import { ContractRefusal } from "../rpc-error.ts";
import { createAccount } from "./account.ts";
import { SLOT_EVENTS } from "./cleared.ts";
import { createClearer } from "./clearer.ts";
import { createExchange, type ExchangeDeployment, type ExchangeTerms } from "./contract.ts";
import { createDesk } from "./desk.ts";
import type { StandingOrder } from "./order-view.ts";
import { givingOf, producersOf, reserveAction } from "./reserve.ts";
import { createSettlements, type SettledSlot } from "./settlements.ts";
import { createSlotList } from "./slot-list.ts";
import { createStandingOrders, STANDING_EVENTS, type StandingOrders } from "./standing.ts";
import { createTransfers } from "./transfers.ts";
import { createExchangeWatch } from "./watch.ts";

/** Something that changed, with its whole new state. */
export type TradingChange =
  | { type: "order"; order: StandingOrder }
  | { type: "transfer"; transfer: Transfer }
  | { type: "settlement"; settlement: SettledSlot };

export interface TradingOptions {
  store: Store;
  chain: Chain;
  deployment: ExchangeDeployment;
  clock: Clock;
  key: NodeKey;
  node: number;
  slotMs: number;
  newId: () => string;
  onChange: (change: TradingChange) => void;
  /** How long the boards have to give or keep before the ask is put back or taken back; two slots by default. */
  reserveHoldMs?: number;
  /** See `clearer.ts`. */
  turnBlocks?: number;
}

export type Trading = ReturnType<typeof createTrading>;

/** What only says that the book changed, or a neighbour was faster: the next look knows better. */
const OVERTAKEN = new Set(["NotNextSlot", "NotInOrder", "IncompleteOrder", "MetersMissing", "SlotNotEnded"]);
/** Slots that are told one by one; more, as after a long absence, are for whoever reads them. */
const TOLD_SLOTS = 16;
/** Events from which standing orders are made; see `standing.ts` on how many there are. */
const ALL_EVENTS = 1_000_000;
/** In whose name the ask is taken back and put back. */
const RESERVE = "the reserve";

export function createTrading(options: TradingOptions) {
  const { store, chain, deployment, clock, key, node, slotMs, newId, onChange, reserveHoldMs = 2 * slotMs, turnBlocks } = options;
  const exchange = createExchange({ chain, deployment });
  let standing: StandingOrders | null = null;
  /** So that what was given it goes on when everything is read anew. */
  const current: StandingOrders = {
    add: (events) => standing?.add(events),
    askAt: (seller, slot) => standing?.askAt(seller, slot) ?? null,
    bidAt: (buyer, slot) => standing?.bidAt(buyer, slot) ?? null,
    termsAt: (slot) => standing?.termsAt(slot) ?? null,
    sellers: () => standing?.sellers() ?? [],
  };
  const shared = { store, chain, exchange, clock, node };
  const desk = createDesk({ ...shared, signer: key.wallet, slotMs, newId, onChange: (order) => onChange({ type: "order", order }) });
  const transfers = createTransfers({ ...shared, signer: key.wallet, onChange: (transfer) => onChange({ type: "transfer", transfer }) });
  const account = createAccount({ store, exchange, node, address: key.address, sellers: () => current.sellers() });
  const clearer = key.wallet && createClearer({ ...shared, signer: key.wallet, slotMs, ...(turnBlocks !== undefined && { turnBlocks }) });
  const watch = createExchangeWatch({ store, chain, exchange });
  const settlements = createSettlements({ store, clock, standing: current, node, slotMs });
  const slotList = createSlotList({ store, clock, slotMs });
  /** Transactions that were final and are not any more, to be looked at. */
  const reopened: Pick<OutboxTransaction, "kind" | "subject">[] = [];
  let reserveSeen: string | null = null;

  const currentSlot = (): number => Math.floor(clock.nowMs() / slotMs);

  async function load(): Promise<void> {
    const events = (await store.exchangeEvents({ names: STANDING_EVENTS, limit: ALL_EVENTS })).toReversed();
    standing = createStandingOrders();
    standing.add(events);
    // In case that it was stopped between storing an event and taking it over.
    for (const name of ["AskSet", "BidSet"]) await desk.follow(await store.exchangeEvents({ names: [name], node, limit: 1 }));
  }

  async function tellSlots(events: readonly ExchangeEvent[]): Promise<void> {
    const late = events.filter((event) => event.name === "LateSettled" && event.node === node);
    const slots = new Set([...events.filter(({ name }) => SLOT_EVENTS.includes(name)), ...late].map(({ slot }) => slot));
    if (slots.size === 0) return;
    account.invalidate();
    if (slots.size > TOLD_SLOTS) return;
    const boards = await store.boards();
    for (const slot of slots) {
      const [settlement] = await settlements.list({ fromSlot: slot, beforeSlot: slot + 1, limit: 1 }, boards);
      if (settlement !== undefined) onChange({ type: "settlement", settlement });
    }
  }

  async function reopen(): Promise<void> {
    for (const { kind, subject } of reopened.splice(0)) {
      if (kind === "order") await desk.reopen(subject);
      else await transfers.reopen(subject);
    }
  }

  /** Takes the ask back while the home keeps its energy, and puts it back. */
  async function keepReserve(head: Head): Promise<void> {
    if (key.wallet === null || reserveSeen === head.hash) return;
    reserveSeen = head.hash;
    if ((await store.openOrderChanges(1)).length > 0) return;
    const ask = (await desk.list()).find(({ side, state }) => side === "ask" && state === "active");
    if (ask === undefined) return;
    const giving = givingOf((await store.latest()).events, producersOf(await store.boards()));
    const action = reserveAction(giving, !ask.isWithdrawn, clock.nowMs(), reserveHoldMs);
    if (action !== null) await desk.reserve(ask, action, RESERVE);
  }

  return {
    desk,
    transfers,
    settlements,
    slotList,
    account: () => account.now(),
    terms: (): ExchangeTerms | null => current.termsAt(currentSlot()),
    exchangeAddress: exchange.address,
    coinAddress: exchange.coinAddress,

    /** Standing asks that hold in the running slot, cheapest first. */
    sellers(): { node: number; price: number; limitMwh: number | null; since: number }[] {
      const slot = currentSlot();
      const asks = current.sellers().flatMap((seller) => {
        const ask = current.askAt(seller, slot);
        return ask === null || ask.limitMwh === 0 ? [] : [{ node: seller, ...ask }];
      });
      return asks.sort((a, b) => a.price - b.price || a.node - b.node);
    },

    /** Told of each transaction of the outbox that changed. */
    onTransaction({ kind, subject, state }: OutboxTransaction): void {
      if ((kind === "order" || kind === "deposit") && (state === "signed" || state === "mined")) reopened.push({ kind, subject });
    },

    /** Signs what holds from the next slot on, and so comes first; call it when nothing waits to be mined. */
    nextOrder: (): Promise<OutboxTransaction | null> => desk.next(),

    /** Signs a clearing or a transfer that is due; call it when nothing waits to be mined. */
    async next(head: Head): Promise<OutboxTransaction | null> {
      const made = await clearer?.next(head).catch((error: unknown) => {
        if (error instanceof ContractRefusal && error.reason !== null && OVERTAKEN.has(error.reason)) return null;
        throw error;
      });
      return made ?? transfers.next(head);
    },

    /**
     * Takes in what the chain's blocks have, and notes what came to an end.
     * @param newestFinal number of the newest final block
     * @throws when the chain does not answer; the next look goes on
     */
    async follow(head: Head, newestFinal: number): Promise<void> {
      if (standing === null) await load();
      await reopen();
      const { events, isRewound } = await watch.follow(head, newestFinal);
      if (isRewound) await load();
      else current.add(events);
      await desk.follow(events);
      await desk.note();
      if (await transfers.note()) account.invalidate();
      await tellSlots(events);
      await keepReserve(head);
      await account.follow(head);
    },
  };
}
