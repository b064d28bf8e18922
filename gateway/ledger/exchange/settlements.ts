/**
 * What slots came to for this home and for the community, from the stored events: lines, flows, previews, the running slot.
 * @module
 */
import type { Clock } from "#gateway/clock.ts";
import { amountOf } from "#gateway/market/clear.ts";
import type { AdmittedBoard, Store } from "#gateway/store/store.ts";
import type { ExchangeEvent } from "#gateway/store/trade.ts";
import { slotAt } from "../slots.ts";
import { createBus, type BusCounters } from "./bus.ts";
import { clearedIn, lateIn, newestOfSlots, SLOT_EVENTS, type ClearedSlot } from "./cleared.ts";
import { flowsOf, type Flow } from "./flows.ts";
import { explain, lateLines, type Explained, type Line, type Tariff } from "./lines.ts";
import { outcomeOf, replay, type Outcome, type TrialOrder } from "./replay.ts";
import type { StandingOrders } from "./standing.ts";

export interface SettlementsOptions {
  store: Pick<Store, "exchangeEvents" | "checkpoints" | "latest">;
  clock: Clock;
  standing: Pick<StandingOrders, "askAt" | "bidAt" | "termsAt">;
  node: number;
  slotMs: number;
}

/** Slots that one sum or preview looks at: three weeks of quarter-hours. */
export const MOST_SLOTS = 2016;
const WEEK_MS = 7 * 86_400_000;
/** Slots among which the one is looked for that was settled before a late one. */
const LATE_SLOTS = 50;
/** Newest slots among which the running one's basis is looked for: those in dispute are none. */
const BASIS_SLOTS = 8;

export interface SettledSlot extends Explained {
  slot: number;
  state: "final" | "disputed";
  transactionHash: string;
  blockNumber: number;
}

interface Bounds {
  fromSlot?: number;
  beforeSlot?: number;
}

interface Summed {
  fromSlot: number | null;
  toSlot: number | null;
  slots: number;
  isComplete: boolean;
}

export interface Preview extends Summed {
  meteredMwh: number;
  asSettled: Outcome;
  withOrder: Outcome;
}

export interface Estimate {
  slot: number;
  /** End of the newest reading in it; null when there is none. */
  untilUtcMs: number | null;
  energyMwh: number;
  basisSlot: number | null;
  amount: bigint | null;
  poolAmount: bigint | null;
  lines: Line[];
}

export type Settlements = ReturnType<typeof createSettlements>;

export function createSettlements({ store, clock, standing, node, slotMs }: SettlementsOptions) {
  const bus = createBus({ store, slotMs });
  const tariffOf = (slot: number): Tariff => standing.termsAt(slot) ?? { importPrice: 0, exportPrice: 0 };

  async function clearedBetween({ fromSlot, beforeSlot }: Bounds, limit: number): Promise<{ slots: ClearedSlot[]; isComplete: boolean }> {
    // A slot has at most two events.
    const bounds = { ...(fromSlot !== undefined && { fromSlot }), ...(beforeSlot !== undefined && { beforeSlot }) };
    const events = newestOfSlots(await store.exchangeEvents({ names: SLOT_EVENTS, ...bounds, limit: 2 * limit + 2 }));
    return { slots: events.slice(0, limit).map(clearedIn), isComplete: events.length <= limit };
  }

  /** Slot up to which the home was settled before one in which it was late: the newest one in which something was. */
  async function lateSince(slot: number): Promise<number | null> {
    const late = await store.exchangeEvents({ names: ["LateSettled"], node, beforeSlot: slot, limit: 1 });
    const { slots } = await clearedBetween({ beforeSlot: slot }, LATE_SLOTS);
    const isSettled = ({ state, members }: ClearedSlot): boolean =>
      state === "final" && members.some((member) => member.node === node && (member.energyMwh !== 0 || member.amount !== 0n));
    const since = Math.max(slots.find(isSettled)?.slot ?? -1, late[0]?.slot ?? -1);
    return since < 0 ? null : since;
  }

  /** What the home's meter counted before it reported, where the store still has both ends. */
  async function lateEnergy(slot: number, boards: readonly AdmittedBoard[]): Promise<BusCounters | undefined> {
    const since = await lateSince(slot);
    return since === null ? undefined : bus.between(since, slot, boards);
  }

  async function settle(cleared: ClearedSlot, boards: readonly AdmittedBoard[]): Promise<SettledSlot | null> {
    const own = cleared.members.find((member) => member.node === node);
    const isLate = own !== undefined && own.energyMwh === 0 && own.amount !== 0n;
    const explained = explain({
      cleared,
      node,
      tariff: tariffOf(cleared.slot),
      preferredOf: (buyer) => standing.bidAt(buyer, cleared.slot)?.preferred ?? [],
      late: isLate ? await lateEnergy(cleared.slot, boards) : undefined,
    });
    const { slot, state, transactionHash, blockNumber } = cleared;
    return explained && { slot, state, transactionHash, blockNumber, ...explained };
  }

  /** Adds what was settled late of slots by itself. */
  function withLate(settled: SettledSlot[], late: readonly ExchangeEvent[]): SettledSlot[] {
    const slots = new Map(settled.map((one) => [one.slot, one]));
    for (const event of late) {
      const { slot, amount, transactionHash, blockNumber, ...energy } = lateIn(event);
      // Terms of the slot that was next then, of which the newest are the best guess; the amount shows whether they fit.
      const lines = lateLines(node, amount, tariffOf(slot), energy);
      const alone: SettledSlot = { slot, state: "final", energyMwh: 0, amount: 0n, lines: [], transactionHash, blockNumber };
      const before = slots.get(slot) ?? alone;
      slots.set(slot, { ...before, amount: before.amount + amount, lines: [...before.lines, ...lines] });
    }
    return [...slots.values()].sort((a, b) => b.slot - a.slot);
  }

  const summed = (slots: readonly { slot: number }[], isComplete: boolean): Summed => ({
    fromSlot: slots.at(-1)?.slot ?? null,
    toSlot: slots[0]?.slot ?? null,
    slots: slots.length,
    isComplete,
  });

  return {
    /** Newest slot first. */
    async list({ limit, ...bounds }: Bounds & { limit: number }, boards: readonly AdmittedBoard[]): Promise<SettledSlot[]> {
      const { slots } = await clearedBetween(bounds, limit);
      const settled = (await Promise.all(slots.map((cleared) => settle(cleared, boards)))).flatMap((one) => one ?? []);
      const oldest = slots.length < limit ? bounds.fromSlot : slots.at(-1)?.slot;
      const within = { ...bounds, ...(oldest !== undefined && { fromSlot: oldest }) };
      const late = await store.exchangeEvents({ names: ["LateSettled"], node, ...within, limit });
      return withLate(settled, late).slice(0, limit);
    },

    /** Of the newest slot unless bounds are given. */
    async flows(bounds: Bounds): Promise<Summed & { items: Flow[] }> {
      const isOpen = bounds.fromSlot === undefined;
      const { slots, isComplete } = await clearedBetween(bounds, isOpen ? 1 : MOST_SLOTS);
      const items = flowsOf(slots.map((cleared) => ({ cleared, tariff: tariffOf(cleared.slot) })));
      return { ...summed(slots, isOpen || isComplete), items };
    },

    /** Of the newest week unless bounds are given. */
    async preview(trial: TrialOrder, bounds: Bounds): Promise<Preview> {
      const running = slotAt(clock.nowMs(), slotMs);
      const week = { fromSlot: running - Math.ceil(WEEK_MS / slotMs), ...bounds };
      const { slots, isComplete } = await clearedBetween({ ...week, fromSlot: Math.max(0, week.fromSlot) }, MOST_SLOTS);
      const counted = slots.filter(({ state, members }) => {
        const energyMwh = members.find((member) => member.node === node)?.energyMwh ?? 0;
        return state === "final" && (trial.side === "bid" ? energyMwh > 0 : energyMwh < 0);
      });
      const again = counted.map((cleared) => replay({ cleared, node, tariff: tariffOf(cleared.slot), book: standing, trial }));
      const before = counted.flatMap((cleared) => explain({ cleared, node, tariff: tariffOf(cleared.slot), preferredOf: () => [] }) ?? []);
      const meteredMwh = before.reduce((sum, { energyMwh }) => sum + Math.abs(energyMwh), 0);
      return { ...summed(counted, isComplete), meteredMwh, asSettled: outcomeOf(before), withOrder: outcomeOf(again) };
    },

    /** The running slot. */
    async estimate(boards: readonly AdmittedBoard[]): Promise<Estimate> {
      const slot = slotAt(clock.nowMs(), slotMs);
      const { energyMwh, untilUtcMs } = await bus.running(slot, boards);
      const terms = standing.termsAt(slot);
      const { slots } = await clearedBetween({}, BASIS_SLOTS);
      const basis = slots.find(({ state }) => state === "final");
      const guess = basis && replay({ cleared: basis, node, tariff: tariffOf(basis.slot), book: standing, ordersOf: slot, energyMwh });
      return {
        slot,
        untilUtcMs,
        energyMwh,
        basisSlot: basis?.slot ?? null,
        amount: guess?.amount ?? null,
        poolAmount: terms && amountOf(BigInt(-energyMwh) * BigInt(energyMwh > 0 ? terms.importPrice : terms.exportPrice)),
        lines: guess?.lines ?? [],
      };
    },
  };
}
