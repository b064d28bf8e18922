/**
 * Who is paid from what: moves what a clearing found to balances and the community's pool. Pure, and equal to
 * `contracts/libraries/Funding.sol` to the last unit. All amounts are bigints in millionths of a coin.
 * @module
 */
import { MWH_PER_KWH, type Trade } from "./member.ts";

export interface Funds {
  /** By member; below zero is debt to the pool. */
  balances: bigint[];
  pool: bigint;
}

export interface Funded extends Funds {
  /** What the pool could not pay each and owes him now. */
  dues: bigint[];
}

const positive = (value: bigint): bigint => (value > 0n ? value : 0n);

/**
 * Who pays, pays into the pool as far as he has coins and owes it the rest; who gets, gets from it and, where it has too little for all, the
 * same part of his as everybody, and is owed the rest.
 * @param funds the pool with what was set aside for these payments
 * @param changes what each gets or, negative, pays, less what he set aside for it
 */
export function fund({ balances, pool }: Funds, changes: readonly bigint[]): Funded {
  const after = balances.map((balance, i) => balance + (changes[i] ?? 0n));
  /** What each gets or gives in coins; the rest of a change pays off a debt or makes one. */
  const coins = balances.map((balance, i) => positive(after[i] ?? 0n) - positive(balance));
  const available = coins.reduce((sum, coin) => sum + positive(-coin), pool);
  const needed = coins.reduce((sum, coin) => sum + positive(coin), 0n);
  if (needed <= available) return { balances: after, pool: available - needed, dues: balances.map(() => 0n) };

  const paid = coins.map((coin) => (positive(coin) * available) / needed);
  const dues = coins.map((coin, i) => positive(coin) - (paid[i] ?? 0n));
  return {
    balances: after.map((balance, i) => balance - (dues[i] ?? 0n)),
    pool: available - paid.reduce((sum, coin) => sum + coin, 0n),
    dues,
  };
}

/**
 * What buyers use of what they paid sellers in advance: of each trade its whole units, as far as the credit goes.
 * @param credits what remains, by `<buyer>/<seller>`, places in the list of members; reduced
 * @returns what each member used
 */
export function useCredits(trades: readonly Trade[], credits: Map<string, bigint>, members: number): bigint[] {
  const used = Array.from({ length: members }, () => 0n);
  for (const { buyer, seller, energyMwh, price } of trades) {
    const pair = `${buyer}/${seller}`;
    const remaining = credits.get(pair) ?? 0n;
    const cost = (BigInt(energyMwh) * BigInt(price)) / MWH_PER_KWH;
    const amount = remaining < cost ? remaining : cost;
    if (amount === 0n) continue;
    credits.set(pair, remaining - amount);
    used[buyer] = (used[buyer] ?? 0n) + amount;
  }
  return used;
}
