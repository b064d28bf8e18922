/**
 * Adds or removes an authority by the engine's own vote, and follows it until it is in force.
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Consensus } from "./consensus.ts";
import { majority } from "./finality.ts";

export interface VoteProgress {
  /** Authorities now. */
  authorities: string[];
  /** Whose votes count so far; null where the engine does not tell. */
  voters: string[] | null;
  /** Votes that put it in force. */
  needed: number;
  inForce: boolean;
}

export interface ChangeOptions {
  consensus: Consensus;
  account: string;
  add: boolean;
  /** Told at the start, and whenever something changed. */
  onProgress: (progress: VoteProgress) => void;
  /** Ends the wait; the vote that was cast stays. */
  signal: AbortSignal;
  pollMs?: number;
}

/**
 * Casts this node's vote, and waits until enough others have cast theirs.
 * @returns whether the change is in force; false when the signal ended the wait
 * @throws Error when the node does not answer, or the change would leave nobody to seal
 */
export async function changeAuthority(options: ChangeOptions): Promise<boolean> {
  const { consensus, account, add, onProgress, signal, pollMs = 500 } = options;
  const before = await consensus.authorities();
  if (before.includes(account) === add) return true;
  if (!add && before.length === 1) throw new Error(`${account} is the only authority: without it nobody could make a block. Add another one first.`);
  await consensus.vote(account, add);
  let told = "";
  for (;;) {
    const authorities = await consensus.authorities();
    const inForce = authorities.includes(account) === add;
    const progress = { authorities, voters: inForce ? null : await consensus.voters(account, add), needed: majority(before.length), inForce };
    if (JSON.stringify(progress) !== told) onProgress(progress);
    told = JSON.stringify(progress);
    if (inForce) {
      // A vote that stays would be cast again if the others ever decided otherwise.
      await consensus.withdraw(account);
      return true;
    }
    await delay(pollMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return false;
  }
}

/** What an operator should know about a number of authorities; null when there is nothing to say. */
export function adviceOn(authorities: number): string | null {
  if (authorities <= 2) return `with ${authorities} authorities the chain stops when one is away; three survive one`;
  return authorities % 2 === 0
    ? `with ${authorities} authorities no more may be away than with ${authorities - 1}, and two halves that lose sight of each other can stop the chain; an odd number is better`
    : null;
}
