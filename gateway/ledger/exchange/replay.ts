/**
 * Clears slots again, as they were or with another order or energy of this home: what an order would have done, and what the running
 * slot comes to. Pure, by the clearing that the contract agrees with to the last unit.
 * @module
 */
import { clearSlot } from "#gateway/market/clear.ts";
import type { Member, Rules } from "#gateway/market/member.ts";
import type { ClearedSlot } from "./cleared.ts";
import { explain, POOL, type Explained, type Tariff } from "./lines.ts";
import type { StandingOrders } from "./standing.ts";

/** No meter counts more in a slot. */
const NO_LIMIT_MWH = 2 ** 48;

/** An order of this home that was not in force. */
export interface TrialOrder {
  side: "ask" | "bid";
  price: number;
  /** Null for as much as is metered. */
  maxSlotMwh: number | null;
  preferred: readonly number[];
}

type Book = Pick<StandingOrders, "askAt" | "bidAt">;

function memberOf(book: Book, slot: number, node: number, energyMwh: number): Member {
  if (energyMwh > 0) {
    const bid = book.bidAt(node, slot);
    return { node, energyMwh, price: bid?.price ?? 0, limitMwh: 0, preferred: bid?.preferred ?? [] };
  }
  const ask = book.askAt(node, slot);
  return { node, energyMwh, price: ask?.price ?? 0, limitMwh: ask === null ? 0 : (ask.limitMwh ?? NO_LIMIT_MWH), preferred: [] };
}

function withTrial(member: Member, { side, price, maxSlotMwh, preferred }: TrialOrder): Member {
  if (side === "bid") return member.energyMwh > 0 ? { ...member, price, preferred } : member;
  return member.energyMwh < 0 ? { ...member, price, limitMwh: maxSlotMwh ?? NO_LIMIT_MWH } : member;
}

/** Whether all energy of a cleared slot was known is not in its event; its trades tell. */
function rulesOf(cleared: ClearedSlot, members: readonly Member[], tariff: Tariff): Rules {
  const rules = { slot: cleared.slot, importPrice: tariff.importPrice, exportPrice: tariff.exportPrice, complete: true };
  const { trades, amounts } = clearSlot(rules, members);
  const isSame =
    trades.length === cleared.trades.length &&
    trades.every((trade, i) => trade.energyMwh === cleared.trades[i]?.energyMwh) &&
    amounts.every((amount, place) => members[place]?.energyMwh === 0 || amount === cleared.members[place]?.amount);
  return { ...rules, complete: isSame };
}

export interface ReplayOptions {
  cleared: ClearedSlot;
  node: number;
  tariff: Tariff;
  book: Book;
  /** Slot whose orders hold: the cleared one, or, for a guess at the running slot, that. */
  ordersOf?: number;
  trial?: TrialOrder;
  /** Energy of this home, where it is another one than was cleared. */
  energyMwh?: number;
}

/** A node's part in a slot that is cleared again. A home that is not yet a member is added. */
export function replay({ cleared, node, tariff, book, ordersOf = cleared.slot, trial, energyMwh }: ReplayOptions): Explained {
  const before = cleared.members.map((member) => memberOf(book, cleared.slot, member.node, member.energyMwh));
  const rules = rulesOf(cleared, before, tariff);
  const isMember = cleared.members.some((member) => member.node === node);
  const listed = isMember ? cleared.members : [...cleared.members, { node, energyMwh: 0, amount: 0n }];
  const members = listed.map((member) => {
    const own = member.node === node;
    const now = memberOf(book, ordersOf, member.node, own ? (energyMwh ?? member.energyMwh) : member.energyMwh);
    return own && trial !== undefined ? withTrial(now, trial) : now;
  });
  const { trades, amounts } = clearSlot(rules, members);
  const settled = members.map((member, place) => ({ node: member.node, energyMwh: member.energyMwh, amount: amounts[place] ?? 0n }));
  const preferredOf = (buyer: number): readonly number[] => members.find((member) => member.node === buyer)?.preferred ?? [];
  const explained = explain({ cleared: { state: "final", members: settled, trades }, node, tariff, preferredOf });
  if (explained === null) throw new Error(`ledger: node ${node} is no member of slot ${cleared.slot} that was just made one`);
  return explained;
}

/** What lines come to by who was the partner. */
export interface Outcome {
  amount: bigint;
  neighboursMwh: number;
  poolMwh: number;
  lostMwh: number;
}

export function outcomeOf(explained: readonly Explained[]): Outcome {
  const outcome: Outcome = { amount: 0n, neighboursMwh: 0, poolMwh: 0, lostMwh: 0 };
  for (const { amount, lines } of explained) {
    outcome.amount += amount;
    for (const { seller, buyer, energyMwh, why } of lines) {
      if (why === "loss") outcome.lostMwh += energyMwh ?? 0;
      else if (seller === POOL || buyer === POOL) outcome.poolMwh += energyMwh ?? 0;
      else outcome.neighboursMwh += energyMwh ?? 0;
    }
  }
  return outcome;
}
