/**
 * AuRa's way to other authorities: a list per block in the description, equal on every node before that block comes.
 * @module
 */
import { describeChain, type ChainDescription } from "./description.ts";

export interface AuthorityChange {
  account: string;
  add: boolean;
  /** First block of the new list. */
  fromBlock: number;
  /** The chain's newest block. */
  head: number;
}

/**
 * The description with one change more.
 * @throws Error when the block is not ahead of the chain and of the changes before, or the change changes nothing or leaves nobody
 */
export function planChange(description: ChainDescription, { account, add, fromBlock, head }: AuthorityChange): ChainDescription {
  const last = description.authorityChanges.at(-1);
  const before = last?.authorities ?? description.authorities;
  if (fromBlock <= head) throw new Error(`block ${fromBlock} is there already (the newest is ${head}); choose one that every node can learn of in time`);
  if (last !== undefined && fromBlock <= last.fromBlock) throw new Error(`the change at block ${last.fromBlock} comes first; choose a block after it`);
  if (before.includes(account) === add) throw new Error(`${account} is ${add ? "an authority already" : "no authority"}; there is nothing to change`);
  const authorities = add ? [...before, account] : before.filter((authority) => authority !== account);
  if (authorities.length === 0) throw new Error(`${account} is the only authority: without it nobody could make a block. Add another one first.`);
  return describeChain({ ...description, authorityChanges: [...description.authorityChanges, { fromBlock, authorities }] });
}
