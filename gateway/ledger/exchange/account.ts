/**
 * This home's account at the exchange, read anew with each block.
 * @module
 */
import type { TradeStore } from "#gateway/store/trade.ts";
import type { Head } from "../chain.ts";
import type { Exchange } from "./contract.ts";

export interface ExchangeAccount {
  isEnrolled: boolean;
  deposit: bigint;
  free: bigint;
  debt: bigint;
  due: bigint;
  settledSlot: number | null;
  coins: bigint;
  allowance: bigint;
  member: string;
  credits: { seller: number; paid: bigint; remaining: bigint }[];
  blockNumber: number;
}

export interface AccountOptions {
  store: Pick<TradeStore, "transfers">;
  exchange: Pick<Exchange, "balanceOf" | "coinsOf" | "memberOf" | "creditOf">;
  node: number;
  /** The gateway's own. */
  address: string;
  /** Nodes to whom the home may have paid something in advance, beside those that its transfers name. */
  sellers: () => number[];
}

/** Sellers that are asked about at most: each is a call. */
const MAX_SELLERS = 64;
const TRANSFERS = 100;

export function createAccount({ store, exchange, node, address, sellers }: AccountOptions) {
  let account: ExchangeAccount | null = null;
  let readAt: string | null = null;
  let credits: ExchangeAccount["credits"] = [];
  let creditsAreOld = true;

  async function readCredits(): Promise<ExchangeAccount["credits"]> {
    const named = (await store.transfers(TRANSFERS)).flatMap(({ seller }) => seller ?? []);
    const asked = [...new Set([...named, ...sellers()])].filter((seller) => seller !== node).slice(0, MAX_SELLERS);
    const found = await Promise.all(asked.map(async (seller) => ({ seller, ...(await exchange.creditOf(node, seller)) })));
    return found.filter(({ paid }) => paid > 0n);
  }

  return {
    /** As of the newest block that was looked at; null before the first. */
    now: () => account,

    /** Credits are looked at again: a slot was cleared, or coins moved. */
    invalidate(): void {
      creditsAreOld = true;
    },

    /** @throws when the chain does not answer */
    async follow(head: Head): Promise<void> {
      if (head.hash === readAt && !creditsAreOld) return;
      const [{ enrolled, balance, free, debt, due, settledSlot }, coins, member] = await Promise.all([
        exchange.balanceOf(node),
        exchange.coinsOf(address),
        exchange.memberOf(node),
      ]);
      if (creditsAreOld) credits = await readCredits();
      creditsAreOld = false;
      readAt = head.hash;
      account = {
        isEnrolled: enrolled,
        deposit: balance,
        free,
        debt,
        due,
        settledSlot: settledSlot === 0 ? null : settledSlot,
        ...coins,
        member,
        credits,
        blockNumber: head.number,
      };
    },
  };
}

