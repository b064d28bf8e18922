/**
 * Moves this home's coins: deposits by permit, withdrawals, advance payments. Each is in the store before it is signed.
 *
 * A permit is for one deposit and gives just its amount, so a deposit that came into two blocks by two signatures would move coins once.
 * @module
 */
import { Signature, type Wallet } from "ethers";
import type { Clock } from "#gateway/clock.ts";
import type { OutboxTransaction, SettlementStore } from "#gateway/store/settlement.ts";
import type { TradeStore, Transfer } from "#gateway/store/trade.ts";
import type { Chain, Head } from "../chain.ts";
import { ContractRefusal } from "../rpc-error.ts";
import { signCall, type Call } from "../sign.ts";
import type { Exchange } from "./contract.ts";

export interface TransfersOptions {
  store: Pick<TradeStore, "addTransfer" | "transfers" | "openTransfers" | "updateTransfer" | "transfer"> &
    Pick<SettlementStore, "transaction" | "addTransaction">;
  chain: Pick<Chain, "nextNonce" | "simulate">;
  exchange: Pick<Exchange, "call" | "chainId" | "address" | "coinAddress" | "permitOf">;
  clock: Clock;
  /** Null while the key is locked. */
  signer: Wallet | null;
  node: number;
  /** Told of each transfer that changed, after the store has it. */
  onChange: (transfer: Transfer) => void;
}

const TRANSFER_GAS = 400_000n;
const NEWEST = 100;
const OPEN = 16;
/** How long a permit holds: longer than any chain should be away. */
const PERMIT_SECONDS = 366 * 86_400;
/** Refusals that end by themselves. */
const PASSING = new Set(["EnforcedPause"]);

const PERMIT = [
  { name: "owner", type: "address" },
  { name: "spender", type: "address" },
  { name: "value", type: "uint256" },
  { name: "nonce", type: "uint256" },
  { name: "deadline", type: "uint256" },
];

export function createTransfers({ store, chain, exchange, clock, signer, node, onChange }: TransfersOptions) {
  async function close(transfer: Transfer, state: Transfer["state"], reason: string | null): Promise<void> {
    await store.updateTransfer(transfer.number, { state, reason });
    onChange({ ...transfer, state, reason });
  }

  async function depositCall(amount: bigint, wallet: Wallet, head: Head): Promise<Call> {
    const { name, nonce } = await exchange.permitOf(wallet.address);
    const deadline = Math.floor(head.timestampMs / 1000) + PERMIT_SECONDS;
    const domain = { name, version: "1", chainId: exchange.chainId, verifyingContract: exchange.coinAddress };
    const permit = { owner: wallet.address, spender: exchange.address, value: amount, nonce, deadline };
    const { v, r, s } = Signature.from(await wallet.signTypedData(domain, { Permit: PERMIT }, permit));
    return exchange.call("depositWithPermit", [node, amount, deadline, v, r, s], TRANSFER_GAS);
  }

  async function callOf({ kind, amount, seller }: Transfer, wallet: Wallet, head: Head): Promise<Call> {
    if (kind === "deposit") return depositCall(amount, wallet, head);
    return exchange.call(kind, kind === "withdraw" ? [node, amount] : [node, seller, amount], TRANSFER_GAS);
  }

  /** @returns the stored transaction, or null when the exchange would not take it */
  async function sign(transfer: Transfer, wallet: Wallet, head: Head): Promise<OutboxTransaction | null> {
    const call = await callOf(transfer, wallet, head);
    try {
      await chain.simulate({ ...call, from: wallet.address });
    } catch (error) {
      if (!(error instanceof ContractRefusal)) throw error;
      if (error.reason === null || !PASSING.has(error.reason)) await close(transfer, "refused", error.message);
      return null;
    }
    const signature = await signCall(wallet, exchange.chainId, await chain.nextNonce(wallet.address), call);
    const created = { ...signature, state: "signed", blockNumber: null, blockHash: null, createdUtcMs: clock.nowMs() } as const;
    const added = await store.addTransaction({ kind: "deposit", subject: transfer.number, ...created });
    onChange({ ...transfer, transactionHash: added.hash });
    return added;
  }

  return {
    /** Newest first. */
    list: () => store.transfers(NEWEST),

    async add(wanted: Pick<Transfer, "kind" | "amount" | "seller">, by: string): Promise<Transfer> {
      const added = await store.addTransfer({ ...wanted, by, state: "open", reason: null, createdUtcMs: clock.nowMs() });
      onChange(added);
      return added;
    },

    /** Notes which transfers came to an end. @returns whether one did */
    async note(): Promise<boolean> {
      let ended = false;
      for (const transfer of await store.openTransfers(OPEN)) {
        const state = (await store.transaction("deposit", transfer.number))?.state;
        if (state !== "final" && state !== "reverted") continue;
        ended = true;
        // Not repeated by itself: coins may have moved meanwhile.
        if (state === "final") await close(transfer, "final", null);
        else await close(transfer, "refused", "the contract refused it in a block: look at the account, and ask again");
      }
      return ended;
    },

    /** A transaction of a transfer that was final is not any more: its block is gone. */
    async reopen(number: number): Promise<void> {
      const transfer = await store.transfer(number);
      if (transfer?.state === "final") await store.updateTransfer(number, { state: "open", reason: null });
    },

    /** Signs the next transfer; call it when nothing waits to be mined. */
    async next(head: Head): Promise<OutboxTransaction | null> {
      if (signer === null) return null;
      for (const transfer of await store.openTransfers(OPEN)) {
        if ((await store.transaction("deposit", transfer.number)) !== null) continue;
        const made = await sign(transfer, signer, head);
        if (made !== null) return made;
      }
      return null;
    },
  };
}
