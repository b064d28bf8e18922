/**
 * Tells from the blocks' arrival whose clock is wrong. An engine holds a block back until its time has come, so a clock that is behind
 * shows in its own blocks being late for all others; and one that is ahead sees everybody else's blocks late.
 * @module
 */

/** Above it the engines begin to refuse blocks, or sealers to lose their turns. */
const MAX_SKEW_MS = 1_000;
/** Blocks of a sealer that are compared; the least late of them counts, since each may be late for other reasons. */
const KEPT_BLOCKS = 5;

export interface Lateness {
  /** Notes a block that was seen for the first time. */
  see(block: { sealer: string; timestamp: number }, seenUtcMs: number): void;
  /** What to tell the operator; null when all is well, or too little was seen. */
  verdict(authorities: string[], own: string): string | null;
}

export function createLateness(): Lateness {
  const lateMs = new Map<string, number[]>();
  const isLate = (sealer: string): boolean => {
    const blocks = lateMs.get(sealer) ?? [];
    return blocks.length === KEPT_BLOCKS && Math.min(...blocks) > MAX_SKEW_MS;
  };
  return {
    see({ sealer, timestamp }, seenUtcMs) {
      lateMs.set(sealer, [...(lateMs.get(sealer) ?? []), seenUtcMs - timestamp * 1000].slice(-KEPT_BLOCKS));
    },
    verdict(authorities, own) {
      const others = authorities.filter((authority) => authority !== own && lateMs.has(authority));
      const late = others.filter(isLate);
      if (late.length === 0) return null;
      // With one other there is no telling which of both it is.
      if (others.length > 1 && late.length * 2 <= others.length) return `blocks of ${late.join(", ")} come more than a second late: have the clock there set by NTP`;
      return "the others' blocks come more than a second late: this machine's clock is ahead, or the network is slow; set the clock by NTP (timedatectl set-ntp true)";
    },
  };
}
