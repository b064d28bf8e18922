/**
 * Slows down whoever guesses: after a few attempts in vain a name is locked for an address, each time for twice as long.
 * Real time, since it is about real people; kept in memory, since a restart of the gateway takes more than guessing.
 * @module
 */
import { RateLimiterMemory } from "rate-limiter-flexible";

/** Attempts in vain until a name is locked for an address, within `WINDOW_SECONDS`. */
const MOST_ATTEMPTS = 5;
/** Attempts in vain of one address with any names: somebody who tries names. */
const MOST_OF_ADDRESS = 30;
const WINDOW_SECONDS = 15 * 60;
const FIRST_LOCK_SECONDS = 30;
const LONGEST_LOCK_SECONDS = 60 * 60;
/** How long it is remembered that there were locks. */
const MEMORY_SECONDS = 24 * 60 * 60;

export interface Attempts {
  /** Seconds to wait before the next attempt; 0: it may be made. */
  waitSeconds(name: string, address: string): Promise<number>;
  /** An attempt was in vain. @returns the seconds for which that locks, 0 when it does not. */
  failed(name: string, address: string): Promise<number>;
  succeeded(name: string, address: string): Promise<void>;
}

const seconds = (milliseconds: number): number => Math.max(1, Math.ceil(milliseconds / 1000));

export function createAttempts(): Attempts {
  const limiter = (keyPrefix: string, points: number, duration: number) => new RateLimiterMemory({ keyPrefix, points, duration });
  const byName = limiter("name", MOST_ATTEMPTS, WINDOW_SECONDS);
  const byAddress = limiter("address", MOST_OF_ADDRESS, WINDOW_SECONDS);
  // It counts and never refuses.
  const locks = limiter("locks", Number.MAX_SAFE_INTEGER, MEMORY_SECONDS);
  /** Names that differ by case are one account; a space cannot be in an address. */
  const keyOf = (name: string, address: string): string => `${address} ${name.toLowerCase()}`;

  async function lockIfUsedUp(limit: RateLimiterMemory, key: string, points: number): Promise<number> {
    const state = await limit.penalty(key);
    if (state.consumedPoints < points) return 0;
    const { consumedPoints: times } = await locks.penalty(`${limit.keyPrefix} ${key}`);
    const lockSeconds = Math.min(LONGEST_LOCK_SECONDS, FIRST_LOCK_SECONDS * 2 ** (times - 1));
    await limit.block(key, lockSeconds);
    return lockSeconds;
  }

  async function left(limit: RateLimiterMemory, key: string, points: number): Promise<number> {
    const state = await limit.get(key);
    return state !== null && state.consumedPoints >= points ? seconds(state.msBeforeNext) : 0;
  }

  return {
    async waitSeconds(name, address) {
      return Math.max(await left(byName, keyOf(name, address), MOST_ATTEMPTS), await left(byAddress, address, MOST_OF_ADDRESS));
    },
    async failed(name, address) {
      const ofName = await lockIfUsedUp(byName, keyOf(name, address), MOST_ATTEMPTS);
      return Math.max(ofName, await lockIfUsedUp(byAddress, address, MOST_OF_ADDRESS));
    },
    async succeeded(name, address) {
      const key = keyOf(name, address);
      await Promise.all([byName.delete(key), locks.delete(`${byName.keyPrefix} ${key}`), byAddress.reward(address)]);
    },
  };
}
