/**
 * What happens in a home of the village, in plain words, one line each.
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Batch } from "#gateway/api/schemas/batches.ts";
import type { BoardEvent } from "#gateway/api/schemas/records.ts";
import { texts } from "#gateway/web/app/texts.ts";
import type { Home } from "./home.ts";
import { followLive } from "./live.ts";

/** Pause before a lost stream is tried again: a gateway that restarts needs a moment. */
const RETRY_MS = 1000;

/** Tells of switched relays and settled batches until the signal aborts. */
export async function tellStory(home: Home, say: (text: string) => void, signal: AbortSignal): Promise<void> {
  const { name } = home.plan;
  const told = new Set<number>();
  while (!signal.aborted) {
    try {
      for await (const { type, data } of followLive(home.dashboard, signal)) {
        // The stream's data is what the API's schemas present under the event's name.
        if (type === "event") say(`⚡ ${texts.now.announce(name, data as BoardEvent)}`);
        if (type !== "batch") continue;
        const { number, readingCount, transaction } = data as Batch;
        if (transaction.state === "signed") say(`   ${name}: slot closed, batch ${number} of ${readingCount} readings signed`);
        if (transaction.state !== "final" || told.has(number)) continue;
        told.add(number);
        say(`⛓ ${name}: batch ${number} is settled in block ${transaction.blockNumber}`);
      }
    } catch {
      // A gateway that is away is told of by whoever started it.
    }
    await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}
