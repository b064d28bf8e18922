/**
 * Signs calls of the contracts.
 * @module
 */
import { Transaction, type Wallet } from "ethers";
import type { Signature } from "#gateway/store/settlement.ts";

/** A call of a contract. */
export interface Call {
  to: string;
  /** 0x hex. */
  data: string;
  gasLimit: bigint;
}

/** Signs a call: type 0 and gas price 0, which every engine takes. Equal arguments give equal bytes (RFC 6979). */
export async function signCall(wallet: Wallet, chainId: number, nonce: number, { to, data, gasLimit }: Call): Promise<Signature> {
  const raw = await wallet.signTransaction({ type: 0, chainId, nonce, gasPrice: 0n, gasLimit, to, value: 0n, data });
  const { hash } = Transaction.from(raw);
  if (hash === null) throw new Error("ledger: the signed transaction has no hash");
  return { nonce, raw, hash };
}

/** The call in a signed transaction, its chain, and whose key signed it. */
export function callIn(raw: string): Call & { chainId: number; from: string } {
  const { to, data, gasLimit, chainId, from } = Transaction.from(raw);
  if (to === null || from === null) throw new Error("ledger: a stored transaction has no receiver or no signature");
  return { to, data, gasLimit, chainId: Number(chainId), from };
}
