/**
 * What happens in a home of the village, in plain words, one line each.
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Batch } from "#gateway/api/schemas/batches.ts";
import type { BoardEvent } from "#gateway/api/schemas/records.ts";
import type { Settlement } from "#gateway/api/schemas/trade.ts";
import { coins } from "#gateway/web/app/coins.ts";
import { texts } from "#gateway/web/app/texts.ts";
import type { Home } from "./home.ts";
import { followLive } from "./live.ts";

/** Pause before a lost stream is tried again: a gateway that restarts needs a moment. */
const RETRY_MS = 1000;

/** What a home paid its neighbours for a slot; a seller's side would say the same again. */
function tellPaid({ lines, amount }: Settlement): string | null {
  const bought = lines.filter(({ why }) => why === "preferred" || why === "cheapest");
  if (bought.length === 0 || !amount.startsWith("-")) return null;
  const energyMwh = bought.reduce((sum, line) => sum + (line.energyMwh ?? 0), 0);
  return `paid ${coins(amount.slice(1))} coins for ${energyMwh} mWh of its neighbours' energy`;
}

/** Tells of switched relays, settled batches and what was paid until the signal aborts. */
export async function tellStory(home: Home, say: (text: string) => void, signal: AbortSignal): Promise<void> {
  const { name } = home.plan;
  const told = new Set<number>();
  while (!signal.aborted) {
    try {
      for await (const { type, data } of followLive(home.dashboard, signal)) {
        // The stream's data is what the API's schemas present under the event's name.
        if (type === "event") say(`⚡ ${texts.now.announce(name, data as BoardEvent)}`);
        if (type === "settlement") {
          const paid = tellPaid(data as Settlement);
          if (paid !== null) say(`⇄ ${name}: ${paid}`);
        }
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
