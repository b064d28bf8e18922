/**
 * Sends a transaction that may be sent again: the same bytes at every try, so a run that was interrupted after sending
 * finds its own transaction and waits for it.
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { Transaction, isError, type JsonRpcProvider, type Signer, type TransactionReceipt } from "ethers";

/** Between two tries while another transaction waits. */
const RETRY_MS = 250;

export interface TransactRequest {
  provider: JsonRpcProvider;
  signer: Signer;
  /** The signer's next nonce; its newest mined one + 1 when left out. */
  nonce?: number;
  /** Receiver; a new contract when left out. */
  to?: string;
  data: string;
  gasLimit: number;
  /** How long to wait for its block, real ms. */
  timeoutMs?: number;
}

/**
 * Signs, broadcasts and waits for the block. Without a nonce of the caller's it comes behind what else of its account waits for a block.
 * @throws Error when it is refused, reverts, or is in no block after `timeoutMs`
 */
export async function transact(request: TransactRequest): Promise<TransactionReceipt> {
  const { provider, signer, data, gasLimit, timeoutMs = 60_000 } = request;
  const until = performance.now() + timeoutMs;
  // Not "pending": an own transaction that still waits is to be sent again, not to be followed by a second one.
  const nonce = request.nonce ?? (await provider.getTransactionCount(await signer.getAddress(), "latest"));
  const { chainId } = await provider.getNetwork();
  // Type 0 without a price: what every proof-of-authority engine accepts.
  const raw = await signer.signTransaction({ type: 0, gasPrice: 0, chainId, nonce, to: request.to ?? null, data, gasLimit });
  const hash = Transaction.from(raw).hash ?? "";
  try {
    await broadcast(provider, raw, hash);
  } catch (error) {
    // Another one of this account waits under the nonce: the block that had it was given up for another. It comes first, again.
    if (request.nonce !== undefined || !isError(error, "REPLACEMENT_UNDERPRICED") || performance.now() > until) throw error;
    await delay(RETRY_MS);
    return transact({ ...request, timeoutMs: until - performance.now() });
  }
  return waitForReceipt(provider, hash, timeoutMs);
}

async function broadcast(provider: JsonRpcProvider, raw: string, hash: string): Promise<void> {
  try {
    await provider.send("eth_sendRawTransaction", [raw]);
  } catch (error) {
    // Its nonce is used when another run sent these very bytes and they are in a block.
    if (!isKnown(error) && (await provider.getTransactionReceipt(hash)) === null) throw error;
  }
}

/** The node has these bytes already (geth: "already known", anvil: "already imported"). */
function isKnown(error: unknown): boolean {
  return error instanceof Error && /already (known|imported)/i.test(error.message);
}

async function waitForReceipt(provider: JsonRpcProvider, hash: string, timeoutMs: number): Promise<TransactionReceipt> {
  const until = performance.now() + timeoutMs;
  // anvil has it at once, validators in seconds.
  for (let pauseMs = 2; ; pauseMs = Math.min(50, 2 * pauseMs)) {
    const receipt = await provider.getTransactionReceipt(hash).catch((error: unknown) => {
      // geth answers so until its first block after a start.
      if (error instanceof Error && /indexing is in progress/.test(error.message)) return null;
      throw error;
    });
    if (receipt?.status === 0) throw new Error(`transaction ${hash} was reverted in block ${receipt.blockNumber}`);
    if (receipt !== null) return receipt;
    if (performance.now() > until) {
      throw new Error(`transaction ${hash} is in no block after ${timeoutMs / 1000} s; run this again once the chain makes blocks`);
    }
    await delay(pauseMs);
  }
}
