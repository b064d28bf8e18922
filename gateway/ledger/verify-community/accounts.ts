/**
 * Who has what at the exchange a second time, from its events: balances, what was paid in advance, the pool, what it owes.
 * @module
 */
import { fund, useCredits } from "#gateway/market/fund.ts";
import type { Trade } from "#gateway/market/member.ts";
import type { ContractEvent } from "./events.ts";

/** What is settled of a member: its coins and, where it had some set aside, its payments from those. */
export interface Settlement {
  node: number;
  /** Whether it had paid some seller in advance when the slot's book was made. */
  prepaid: boolean;
  /** What it gets or, negative, pays. */
  amount: bigint;
}

const positive = (value: bigint): bigint => (value > 0n ? value : 0n);
const pairOf = (buyer: number, seller: number): string => `${buyer}/${seller}`;

export type Accounts = ReturnType<typeof createAccounts>;

/** All amounts are millionths of a coin. */
export function createAccounts() {
  /** Below zero is debt. */
  const balances = new Map<number, bigint>();
  const dues = new Map<number, bigint>();
  const credits = new Map<string, bigint>();
  /** Who ever paid in advance. */
  const prepaying = new Set<number>();
  let pool = 0n;

  const balanceOf = (node: number): bigint => balances.get(node) ?? 0n;
  const dueOf = (node: number): bigint => dues.get(node) ?? 0n;

  function credit(node: number, amount: bigint): void {
    const before = balanceOf(node);
    balances.set(node, before + amount);
    const debt = positive(-before);
    pool += amount < debt ? amount : debt;
  }

  function setAside(buyer: number, seller: number, amount: bigint): void {
    credits.set(pairOf(buyer, seller), (credits.get(pairOf(buyer, seller)) ?? 0n) + amount);
  }

  const changes: Record<string, (args: ContractEvent["args"], amount: bigint) => void> = {
    Deposited: (args, amount) => credit(Number(args["node"]), amount),
    Withdrawn: (args, amount) => void balances.set(Number(args["node"]), balanceOf(Number(args["node"])) - amount),
    Prepaid(args, amount) {
      const buyer = Number(args["buyer"]);
      balances.set(buyer, balanceOf(buyer) - amount);
      setAside(buyer, Number(args["seller"]), amount);
      prepaying.add(buyer);
    },
    Refunded(args, amount) {
      setAside(Number(args["buyer"]), Number(args["seller"]), -amount);
      credit(Number(args["buyer"]), amount);
    },
    PoolFunded: (_args, amount) => void (pool += amount),
    PoolWithdrawn: (_args, amount) => void (pool -= amount),
    DuePaid(args, amount) {
      const node = Number(args["node"]);
      dues.set(node, dueOf(node) - amount);
      pool -= amount;
      credit(node, amount);
    },
  };

  /** @returns what each used of what it had paid in advance */
  function takeCredits(members: readonly Settlement[], trades: readonly Trade[]): bigint[] {
    const nodeAt = (place: number): number => members[place]?.node ?? 0;
    const paying = trades.filter(({ buyer }) => members[buyer]?.prepaid);
    const pairs = paying.map(({ buyer, seller }) => [pairOf(buyer, seller), pairOf(nodeAt(buyer), nodeAt(seller))] as const);
    const remaining = new Map(pairs.map(([places, nodes]) => [places, credits.get(nodes) ?? 0n]));
    const used = useCredits(paying, remaining, members.length);
    for (const [places, nodes] of pairs) credits.set(nodes, remaining.get(places) ?? 0n);
    return used;
  }

  return {
    apply: ({ name, args }: ContractEvent): void => changes[name]?.(args, BigInt(args["amount"])),

    /** Moves what a clearing or a late settlement found. */
    settle(members: readonly Settlement[], trades: readonly Trade[]): void {
      const used = takeCredits(members, trades);
      const funds = { balances: members.map(({ node }) => balanceOf(node)), pool: pool + used.reduce((sum, amount) => sum + amount, 0n) };
      const after = fund(funds, members.map(({ amount }, place) => amount + (used[place] ?? 0n)));
      pool = after.pool;
      for (const [place, { node }] of members.entries()) {
        balances.set(node, after.balances[place] ?? 0n);
        dues.set(node, dueOf(node) + (after.dues[place] ?? 0n));
      }
    },

    isPrepaying: (node: number): boolean => prepaying.has(node),
    balance: (node: number): bigint => positive(balanceOf(node)),
    debt: (node: number): bigint => positive(-balanceOf(node)),
    due: dueOf,
    pool: (): bigint => pool,
    poolDue: (): bigint => [...dues.values()].reduce((sum, due) => sum + due, 0n),
    /** All coins that the exchange must hold. */
    held(): bigint {
      const owned = [...balances.values()].map(positive).concat([...credits.values()]);
      return owned.reduce((sum, amount) => sum + amount, pool);
    },
  };
}
