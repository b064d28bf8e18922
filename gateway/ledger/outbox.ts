/**
 * Sees stored transactions through to a final block. It keeps nothing itself: what is to be done follows from the store and the chain
 * alone, so that it goes on after a SIGKILL, a reorganisation, a wiped pool or a chain that came back older than it was.
 * @module
 */
import type { Wallet } from "ethers";
import type { OutboxTransaction, SettlementStore, Signature } from "#gateway/store/settlement.ts";
import type { Chain, Head, Receipt } from "./chain.ts";
import { ContractRefusal, isIndexing } from "./rpc-error.ts";
import { callIn, signCall } from "./sign.ts";
import { KeyLocked } from "./status.ts";

export interface OutboxOptions {
  store: Omit<SettlementStore, "addTransaction" | "transaction">;
  chain: Pick<Chain, "nextNonce" | "receipt" | "blockHash" | "simulate" | "broadcast">;
  /** Whose key signs. */
  account: string;
  /** Null while the key is locked: what is signed is sent all the same. */
  wallet: Wallet | null;
  /** Whether a block is final under a newest one; see `finality.ts`. */
  isFinal: (number: number, headNumber: number) => Promise<boolean>;
  /** Called with each transaction that changed its state, after the store has it. */
  onChange: (transaction: OutboxTransaction) => void;
}

/** The chain and the outbox disagree about the account's nonces in a way that no rebroadcast can mend. */
export class NonceConflict extends Error {
  override readonly name = "NonceConflict";
}

/** Transactions looked at in one pass, so that a long backlog cannot fill the memory. */
const PAGE = 64;

export function createOutbox({ store, chain, account, wallet, isFinal, onChange }: OutboxOptions) {
  async function move(transaction: OutboxTransaction, state: OutboxTransaction["state"], block: Receipt | null): Promise<void> {
    const change = { state, blockNumber: block?.blockNumber ?? null, blockHash: block?.blockHash ?? null };
    if (transaction.state === state && transaction.blockHash === change.blockHash) return;
    await store.updateTransaction(transaction.id, change);
    onChange({ ...transaction, ...change });
  }

  async function resign(transaction: OutboxTransaction, signature: Signature): Promise<OutboxTransaction> {
    await store.resignTransaction(transaction.id, signature);
    const signed: OutboxTransaction = { ...transaction, ...signature, state: "signed", blockNumber: null, blockHash: null };
    onChange(signed);
    return signed;
  }

  /**
   * Whatever we noted: a transaction whose nonce the chain has not used, or whose block is no longer there, is not settled. Goes from the
   * highest block back to the first that still stands; those below it stand too.
   */
  async function reopenLost(nextNonce: number): Promise<void> {
    for (let before: { blockNumber: number; id: number } | undefined; ; ) {
      const page = await store.minedTransactions({ limit: PAGE, ...(before !== undefined && { before }) });
      for (const transaction of page) {
        const { id, nonce, state, blockNumber, blockHash, raw } = transaction;
        if (blockNumber === null) continue;
        before = { blockNumber, id };
        const isUnused = nonce >= nextNonce && callIn(raw).from === account;
        if (isUnused || (await chain.blockHash(blockNumber)) !== blockHash) await move(transaction, "signed", null);
        else if (state !== "mined") return;
      }
      if (page.length < PAGE) return;
    }
  }

  /** A node that still indexes its transactions says so of each that it does not find: where the nonce is not used, there is none to find. */
  async function receiptOf(hash: string, isUnused: boolean): Promise<Receipt | null> {
    try {
      return await chain.receipt(hash);
    } catch (error) {
      if (isUnused && isIndexing(error)) return null;
      throw error;
    }
  }

  /**
   * The receipt of a transaction under the signature that was mined. Under an earlier one only if it did then what it is for: that signature
   * is the transaction's from then on.
   */
  async function mined(transaction: OutboxTransaction, nextNonce: number): Promise<{ transaction: OutboxTransaction; receipt: Receipt | null }> {
    const isUnused = (raw: string, nonce: number): boolean => nonce >= nextNonce && callIn(raw).from === account;
    const receipt = await receiptOf(transaction.hash, isUnused(transaction.raw, transaction.nonce));
    if (receipt?.ok) return { transaction, receipt };
    for (const signature of await store.earlierSignatures(transaction.id)) {
      const earlier = await receiptOf(signature.hash, isUnused(signature.raw, signature.nonce));
      if (earlier?.ok) return { transaction: await resign(transaction, signature), receipt: earlier };
    }
    return { transaction, receipt };
  }

  /** Notes what blocks have. @returns what none has, in order. */
  async function note(head: Head, nextNonce: number): Promise<OutboxTransaction[]> {
    const unmined: OutboxTransaction[] = [];
    for (const open of await store.openTransactions(PAGE)) {
      const { transaction, receipt } = await mined(open, nextNonce);
      if (receipt === null) {
        await move(transaction, "signed", null);
        unmined.push(transaction);
        continue;
      }
      // The chain may have grown since the head was read.
      const isSettled = await isFinal(receipt.blockNumber, Math.max(head.number, receipt.blockNumber));
      const settled = receipt.ok ? "final" : "reverted";
      await move(transaction, isSettled ? settled : "mined", receipt);
    }
    return unmined;
  }

  /** Whether another transaction of this outbox used a nonce, under its present signature or an earlier one, in a block. */
  async function isOurs(nonce: number): Promise<boolean> {
    for (const { id, nonce: present, state, hash } of await store.newestTransactions(PAGE)) {
      if (present === nonce && (state !== "signed" || (await chain.receipt(hash)) !== null)) return true;
      for (const earlier of await store.earlierSignatures(id)) {
        if (earlier.nonce === nonce && (await chain.receipt(earlier.hash)) !== null) return true;
      }
    }
    return false;
  }

  /** Another program used the nonce of what was to be sent: then nothing is, until a person has looked. */
  async function refuseForeign({ kind, subject, nonce }: OutboxTransaction, nextNonce: number): Promise<void> {
    if (nonce >= nextNonce || (await isOurs(nonce))) return;
    throw new NonceConflict(
      `The ${kind} ${subject} is signed with nonce ${nonce} of ${account}, but the chain used that nonce for another transaction. ` +
        `Does another gateway run with this key? Stop it, then restore this gateway's newest backup or have the community give the node a new key.`,
    );
  }

  /**
   * Signs a transaction with the nonce whose turn it is: because a block refused it, because one of ours took its nonce, because the chain
   * forgot what had the nonces before it, or because the node's key was replaced.
   */
  async function signAnew(transaction: OutboxTransaction, nonce: number): Promise<OutboxTransaction> {
    if (wallet === null) throw new KeyLocked(`the ${transaction.kind} ${transaction.subject} has to be signed anew, and the node's key is locked`);
    const { chainId, ...call } = callIn(transaction.raw);
    return resign(transaction, await signCall(wallet, chainId, nonce, call));
  }

  /**
   * Sends the transaction that is next in order, and only it. A commit is tried first and kept back while the contract would refuse it, for a
   * refused one would use up its nonce for nothing. What else the contract would refuse by now (a slot that a neighbour cleared meanwhile)
   * is sent all the same: it changes nothing, uses up its nonce, and lets go on what is behind it.
   */
  async function send(transaction: OutboxTransaction, nextNonce: number): Promise<void> {
    const { from, ...call } = callIn(transaction.raw);
    if (transaction.kind === "commit") await chain.simulate({ ...call, from: account });
    const isReverted = transaction.state === "reverted";
    if (!isReverted && from === account) await refuseForeign(transaction, nextNonce);
    const stands = !isReverted && from === account && transaction.nonce === nextNonce;
    const { raw } = stands ? transaction : await signAnew(transaction, nextNonce);
    await chain.broadcast(raw);
  }

  /** A commit that blocks refuse must not hold up those behind it that are signed with the nonce whose turn it is. */
  async function skipRefusedCommit(error: unknown, first: OutboxTransaction, unmined: OutboxTransaction[], nextNonce: number): Promise<void> {
    const next = unmined.find(({ id, nonce }) => id > first.id && nonce === nextNonce);
    const isHeldUp = error instanceof ContractRefusal && first.state === "reverted" && next !== undefined && next.kind !== "commit";
    if (isHeldUp) await send(next, nextNonce);
    throw error;
  }

  return {
    /**
     * One pass: puts back what the chain lost, notes what it mined, and sends the first of the rest, the same bytes as long as its nonce is
     * to be had.
     * @returns how many transactions are not yet in a block.
     * @throws when the chain does not answer, the contract would refuse, the node does not take the transaction, or nonces conflict.
     * Nothing is lost by that; the next pass begins anew.
     */
    async settle(head: Head): Promise<number> {
      const nextNonce = await chain.nextNonce(account);
      await reopenLost(nextNonce);
      const unmined = await note(head, nextNonce);
      const reverted = await store.revertedCommits(PAGE);
      const waiting = [...reverted, ...unmined].sort((a, b) => a.id - b.id);
      const [first] = waiting;
      // What was mined since the nonce was read will be seen in the next pass.
      if (first !== undefined && (await chain.nextNonce(account)) === nextNonce) {
        await send(first, nextNonce).catch((error: unknown) => skipRefusedCommit(error, first, unmined, nextNonce));
      }
      return waiting.length;
    },
  };
}
