/**
 * Clears the next slot of the community once all its meters reported, or its grace is over. Any gateway may, and the contract takes the
 * first: so that they rarely race, each has another turn in each slot; one that was too late is reverted, and that is an end as well.
 * @module
 */
import type { Wallet } from "ethers";
import { packPlaces } from "#contracts/settlement.ts";
import type { Clock } from "#gateway/clock.ts";
import { clearingOrders } from "#gateway/market/clear.ts";
import type { OutboxTransaction, SettlementStore } from "#gateway/store/settlement.ts";
import type { Chain, Head } from "../chain.ts";
import { signCall } from "../sign.ts";
import { slotEndMs } from "../slots.ts";
import type { Exchange, SlotBook } from "./contract.ts";

export interface ClearerOptions {
  store: Pick<SettlementStore, "transaction" | "addTransaction" | "resignTransaction">;
  chain: Pick<Chain, "nextNonce" | "simulate">;
  exchange: Pick<Exchange, "nextSlot" | "slotBook" | "members" | "call" | "chainId">;
  clock: Clock;
  signer: Wallet;
  /** The node's number in the registry. */
  node: number;
  slotMs: number;
  /** Blocks between one gateway's turn and the next one's. */
  turnBlocks?: number;
}

/** Gas of a clearing: of a first one, which is the dearest, with half as much to spare. */
const BASE_GAS = 400_000n;
const MEMBER_GAS = 60_000n;
/** Turns beyond which all that are left go at once. */
const MAX_TURNS = 8;

export function clearGas(members: number): bigint {
  return BASE_GAS + MEMBER_GAS * BigInt(members);
}

/** After how many others a node has its turn in a slot: every slot another one is first. */
export function turnOf(members: readonly number[], node: number, slot: number): number {
  const place = members.indexOf(node);
  if (place < 0) return Math.min(members.length, MAX_TURNS);
  return Math.min((((place - slot) % members.length) + members.length) % members.length, MAX_TURNS);
}

export function createClearer(options: ClearerOptions) {
  const { store, chain, exchange, clock, signer, node, slotMs, turnBlocks = 2 } = options;
  /** The slot that can be cleared, and the block from which on it is this gateway's turn. */
  let turn: { slot: number; fromBlock: number } | null = null;

  async function isOurTurn(slot: number, head: Head): Promise<boolean> {
    if (turn?.slot !== slot) turn = { slot, fromBlock: head.number + turnBlocks * turnOf(await exchange.members(), node, slot) };
    return head.number >= turn.fromBlock;
  }

  const isReady = (slot: number, { missing, terms }: SlotBook, head: Head): boolean =>
    missing === 0 || head.timestampMs >= slotEndMs(slot, slotMs) + terms.graceSeconds * 1000;

  return {
    /**
     * Signs a clearing when one is due and it is this gateway's turn; call it when nothing waits to be mined.
     * @returns its stored transaction, or null when nothing is due
     * @throws ContractRefusal when the contract would not take it
     */
    async next(head: Head): Promise<OutboxTransaction | null> {
      const slot = await exchange.nextSlot();
      // What the chain's newest block is past, its next one is too.
      if (head.timestampMs < slotEndMs(slot, slotMs)) return null;
      const before = await store.transaction("clear", slot);
      if (before !== null && before.state !== "reverted") return null;
      const book = await exchange.slotBook(slot);
      // Where nobody trades yet, nothing is cleared; the exchange catches up when somebody does.
      if (book.members.length === 0) return null;
      if (!isReady(slot, book, head) || !(await isOurTurn(slot, head))) return null;

      const { asks, bids } = clearingOrders({ slot, ...book.terms, complete: book.complete }, book.members);
      const gas = clearGas(book.members.length);
      const call = exchange.call("clear", [slot, packPlaces(asks), packPlaces(bids)], gas < head.gasLimit ? gas : head.gasLimit);
      await chain.simulate({ ...call, from: signer.address });
      const signature = await signCall(signer, exchange.chainId, await chain.nextNonce(signer.address), call);
      const created = { ...signature, state: "signed", blockNumber: null, blockHash: null, createdUtcMs: clock.nowMs() } as const;
      if (before === null) return store.addTransaction({ kind: "clear", subject: slot, ...created });
      // A block refused it, because the book was another one by then, and nobody else was faster.
      await store.resignTransaction(before.id, signature);
      return { ...before, ...created };
    },
  };
}
