/**
 * Makes blocks by a clock: one per period, stamped with the clock's time. anvil's own timer (`--block-time`, a timestamp interval) lags a
 * clock of speed 60 by 0.1 s more with every block, and after a restart stamps blocks with the machine's time, even before their parents'.
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { Rpc } from "./rpc.ts";

const minedSchema = z.array(z.object({ transactions: z.array(z.unknown()) }));

export interface BlockClockOptions {
  rpc: Rpc;
  clock: { nowMs(): number };
  /** Real ms between blocks. */
  periodMs: number;
  /** Timestamp of the newest block, s. Blocks begin when the clock is past it. */
  headTimestamp: number;
  /** After each block, before the next one. */
  onBlock: (transactionCount: number) => Promise<void>;
  onError: (error: unknown) => void;
}

export interface BlockClock {
  /** Makes no more blocks; resolves when the last one is done. */
  stop(): Promise<void>;
}

/** Starts making blocks. */
export function startBlockClock(options: BlockClockOptions): BlockClock {
  const stopping = new AbortController();
  const done = run(options, stopping.signal);
  return {
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}

async function run(options: BlockClockOptions, signal: AbortSignal): Promise<void> {
  let head = options.headTimestamp;
  let next = performance.now();
  for (;;) {
    // From target to target, so that the time a block takes does not add up; but no burst after a standstill.
    next = Math.max(next + options.periodMs, performance.now());
    await delay(next - performance.now(), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      head = await makeBlock(options, head);
    } catch (error) {
      if (signal.aborted) return;
      options.onError(error);
    }
  }
}

/** Timestamps are whole seconds and strictly increase, as every engine demands: within the head's second there is nothing to do. */
async function makeBlock({ rpc, clock, onBlock }: BlockClockOptions, head: number): Promise<number> {
  const timestamp = Math.floor(clock.nowMs() / 1000);
  if (timestamp <= head) return head;
  const mined = minedSchema.parse(await rpc("evm_mine_detailed", [{ timestamp }]));
  await onBlock(mined.reduce((count, block) => count + block.transactions.length, 0));
  return timestamp;
}
