/**
 * Brings the exchange's events into the store: those of final blocks, in order, from where it stopped before. Blocks that were final and
 * are gone all the same (the chain came back from an older backup) are forgotten, back to the newest one that still stands.
 * @module
 */
import type { EventCursor, ExchangeEvent, TradeStore } from "#gateway/store/trade.ts";
import type { Chain, Head } from "../chain.ts";
import type { Exchange } from "./contract.ts";

export interface ExchangeWatchOptions {
  store: Pick<TradeStore, "exchangeCursor" | "addExchangeEvents" | "rewindExchange" | "exchangeBlocks">;
  chain: Pick<Chain, "blockHash">;
  exchange: Pick<Exchange, "events">;
  /** Blocks asked for at once, and how many times in one look. */
  rangeBlocks?: number;
  ranges?: number;
}

export interface Followed {
  /** What is new, in order. */
  events: ExchangeEvent[];
  /** Events that were told before are gone: whoever keeps something of them reads it anew. */
  isRewound: boolean;
  /** There are more blocks to be read. */
  isBehind: boolean;
}

const PAGE = 64;

export function createExchangeWatch({ store, chain, exchange, rangeBlocks = 2000, ranges = 10 }: ExchangeWatchOptions) {
  /** The newest block with events that the chain still has. */
  async function newestStanding(before: number): Promise<EventCursor | null> {
    for (let below = before; ; ) {
      const page = await store.exchangeBlocks(below, PAGE);
      for (const block of page) {
        if ((await chain.blockHash(block.blockNumber)) === block.blockHash) return block;
        below = block.blockNumber;
      }
      if (page.length < PAGE) return null;
    }
  }

  return {
    /**
     * Takes in what is final.
     * @param newestFinal number of the newest final block; below 0 when there is none
     * @throws when the chain does not answer; the next call goes on behind what was stored
     */
    async follow(head: Head, newestFinal: number): Promise<Followed> {
      let cursor = await store.exchangeCursor();
      const isRewound = cursor !== null && (await chain.blockHash(cursor.blockNumber)) !== cursor.blockHash;
      if (cursor !== null && isRewound) {
        cursor = await newestStanding(cursor.blockNumber + 1);
        await store.rewindExchange(cursor);
      }
      const found: ExchangeEvent[] = [];
      let from = cursor === null ? 0 : cursor.blockNumber + 1;
      for (let range = 0; range < ranges && from <= newestFinal; range++) {
        const to = Math.min(newestFinal, from + rangeBlocks - 1);
        const events = await exchange.events(from, to);
        const blockHash = to === head.number ? head.hash : await chain.blockHash(to);
        if (blockHash === null) throw new Error(`the chain has no block ${to} any more`);
        await store.addExchangeEvents(events, { blockNumber: to, blockHash });
        found.push(...events);
        from = to + 1;
      }
      return { events: found, isRewound, isBehind: from <= newestFinal };
    },
  };
}
