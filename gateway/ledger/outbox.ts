/**
 * Sees stored transactions through to a final block. It keeps nothing itself: what is to be done follows from the store and the chain
 * alone, so that it goes on after a SIGKILL, a reorganisation, a wiped pool or a chain that came back older than it was.
 * @module
 */
import { Transaction, type Wallet } from "ethers";
import type { OutboxTransaction, Store, TransactionState } from "#gateway/store/store.ts";
import type { Chain, Head } from "./chain.ts";

export interface OutboxOptions {
  store: Pick<Store, "batches" | "openTransactions" | "updateTransaction" | "replaceTransaction">;
  chain: Pick<Chain, "nextNonce" | "receipt" | "blockHash" | "simulate" | "broadcast">;
  /** Whose key signed the transactions. */
  signer: Wallet;
  /** Blocks that make a transaction final, its own included: 1 where a block is final at once. */
  finalityDepth: number;
  /** Called with the number of each batch whose transaction changed its state, after the store has it. */
  onChange: (batch: number, state: TransactionState) => void;
}

/** The chain and the outbox disagree about the account's nonces in a way that no rebroadcast can mend. */
export class NonceConflict extends Error {
  override readonly name = "NonceConflict";
}

/** Transactions looked at in one pass, so that a long backlog cannot fill the memory. */
const PAGE = 64;

export function createOutbox({ store, chain, signer, finalityDepth, onChange }: OutboxOptions) {
  const account = signer.address;

  async function move(transaction: OutboxTransaction, state: TransactionState, block: { number: number; hash: string } | null): Promise<void> {
    const blockNumber = block?.number ?? null;
    const blockHash = block?.hash ?? null;
    if (transaction.state === state && transaction.blockHash === blockHash) return;
    await store.updateTransaction(transaction.id, { state, blockNumber, blockHash });
    onChange(transaction.batch, state);
  }

  /**
   * Whatever we noted: a transaction whose nonce the chain has not used, or whose block is no longer there, is not settled. Goes from the
   * newest one back to the first that still stands; those before it stand too.
   */
  async function reopenLost(nextNonce: number): Promise<void> {
    for (let before: number | undefined; ; ) {
      const page = await store.batches({ limit: PAGE, ...(before === undefined ? {} : { before }) });
      for (const { number, transaction } of page) {
        before = number;
        const { nonce, state, blockNumber, blockHash } = transaction;
        const lost = nonce >= nextNonce || (blockNumber !== null && (await chain.blockHash(blockNumber)) !== blockHash);
        if (lost) await move(transaction, "signed", null);
        else if (state === "final" || state === "reverted") return;
      }
      if (page.length < PAGE) return;
    }
  }

  /**
   * What changed between the trial call and the block (a pause, a retired meter) may have changed back: once the contract would take the
   * newest batch, it is signed with the next nonce, its own one being used up. It alone: a batch behind it is made when it is final.
   */
  async function signAnew(nonce: number): Promise<void> {
    const [newest] = await store.batches({ limit: 1 });
    if (newest?.transaction.state !== "reverted") return;
    const { data, gasLimit, to, chainId } = Transaction.from(newest.transaction.raw);
    await chain.simulate({ from: account, data, gasLimit });
    const raw = await signer.signTransaction({ type: 0, chainId, nonce, gasPrice: 0n, gasLimit, to, value: 0n, data });
    const { hash } = Transaction.from(raw);
    if (hash === null) throw new Error("ledger: the signed transaction has no hash");
    await store.replaceTransaction(newest.transaction.id, { nonce, raw, hash });
    onChange(newest.number, "signed");
  }

  /** Only the transaction that is next in order, and only while the contract would take it: a refused one would use up its nonce. */
  async function broadcast({ nonce, batch, raw }: OutboxTransaction, nextNonce: number): Promise<void> {
    if (nonce !== nextNonce) {
      const problem = nonce < nextNonce ? "used that nonce for another transaction" : `expects nonce ${nextNonce} first`;
      throw new NonceConflict(
        `Batch ${batch} is signed with nonce ${nonce} of ${account}, but the chain ${problem}. Does another gateway run with this key? ` +
          `Stop it, then restore this gateway's newest backup or have the community give the node a new key.`,
      );
    }
    const { data, gasLimit } = Transaction.from(raw);
    await chain.simulate({ from: account, data, gasLimit });
    await chain.broadcast(raw);
  }

  return {
    /**
     * One pass: puts back what the chain lost, notes what it mined, and broadcasts the first of the rest, always the same bytes.
     * @returns how many transactions are not yet in a block.
     * @throws when the chain does not answer, the contract would refuse, the node does not take the transaction, or nonces conflict.
     * Nothing is lost by that; the next pass begins anew.
     */
    async settle(head: Head): Promise<number> {
      const nextNonce = await chain.nextNonce(account);
      await reopenLost(nextNonce);
      await signAnew(nextNonce);
      const unmined: OutboxTransaction[] = [];
      for (const transaction of await store.openTransactions(PAGE)) {
        const receipt = await chain.receipt(transaction.hash);
        if (receipt === null) {
          await move(transaction, "signed", null);
          unmined.push(transaction);
          continue;
        }
        // The chain may have grown since the head was read.
        const depth = Math.max(head.number, receipt.blockNumber) - receipt.blockNumber + 1;
        const settled = receipt.ok ? "final" : "reverted";
        await move(transaction, depth >= finalityDepth ? settled : "mined", { number: receipt.blockNumber, hash: receipt.blockHash });
      }
      const [first] = unmined;
      // What was mined since the nonce was read will be seen in the next pass.
      if (first !== undefined && (await chain.nextNonce(account)) === nextNonce) await broadcast(first, nextNonce);
      return unmined.length;
    },
  };
}
