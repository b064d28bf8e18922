/**
 * A slot as the exchange cleared it, or found that both ends of it disagree.
 * @module
 */
import { hexlify } from "ethers";
import { unpackMembers, unpackTrades, type SettledMember, type SettledTrade } from "#contracts/settlement.ts";
import type { ExchangeEvent } from "#gateway/store/trade.ts";
import { argumentsOf, unpackDisputed } from "./contract.ts";

/** Events that tell of a slot. */
export const SLOT_EVENTS = ["SlotCleared", "SlotDisputed"];

export interface ClearedSlot {
  slot: number;
  state: "final" | "disputed";
  /** By place; `amount` is what each got or, negative, paid. In a disputed slot nothing but what it was due for earlier ones. */
  members: SettledMember[];
  trades: SettledTrade[];
  transactionHash: string;
  blockNumber: number;
}

/** Node and energy that a meter counted before it was back in time, settled by itself. */
export interface LateEnergy {
  slot: number;
  importMwh: number;
  exportMwh: number;
  amount: bigint;
  transactionHash: string;
  blockNumber: number;
}

export function clearedIn(event: ExchangeEvent): ClearedSlot {
  const { transactionHash, blockNumber, slot } = event;
  const place = { slot, transactionHash, blockNumber };
  // The casts: bytes as the ABI names them.
  if (event.name === "SlotDisputed") {
    const { members, amounts } = unpackDisputed(argumentsOf(event)["disputed"] as string);
    const settled = members.map(({ node, energyMwh }, i) => ({ node, energyMwh, amount: amounts[i] ?? 0n }));
    return { ...place, state: "disputed", members: settled, trades: [] };
  }
  const { members, trades } = argumentsOf(event);
  return { ...place, state: "final", members: unpackMembers(hexlify(members as string)), trades: unpackTrades(hexlify(trades as string)) };
}

export function lateIn(event: ExchangeEvent): LateEnergy {
  const { importMwh, exportMwh, amount } = argumentsOf(event);
  const { transactionHash, blockNumber, slot } = event;
  return { slot, importMwh: Number(importMwh), exportMwh: Number(exportMwh), amount: amount as bigint, transactionHash, blockNumber };
}

/** The newest word on each slot, in the order of the events: a dispute that the arbiter ended is a cleared slot. */
export function newestOfSlots(events: readonly ExchangeEvent[]): ExchangeEvent[] {
  const known = new Set<number>();
  return events.filter(({ slot }) => !known.has(slot) && known.add(slot));
}
