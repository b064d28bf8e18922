/**
 * Reads from the gateway all that the page shows.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import type { Client } from "#gateway/api/client.ts";
import type { Batch } from "#gateway/api/schemas/batches.ts";
import type { Chain, Neighbour } from "#gateway/api/schemas/chain.ts";
import type { Board, Node, WaitingBoard } from "#gateway/api/schemas/node.ts";
import type { Tariff } from "#gateway/api/schemas/tariffs.ts";
import { WINDOW_MS, withReading } from "./history.ts";
import type { History } from "./history.ts";
import { SHOWN_BATCHES } from "./updates.ts";

export interface Snapshot {
  node: Node;
  boards: Board[];
  waiting: WaitingBoard[];
  batches: Batch[];
  neighbours: Neighbour[];
  chain: Chain;
  tariffs: Tariff[];
  history: History;
}

/** Pages of readings that are followed at most: the window of a busy home, not a backlog. */
const MAX_PAGES = 10;

async function readHistory(client: Client, fromUtcMs: number): Promise<History> {
  let history: History = new Map();
  let cursor: string | null = null;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const query: { fromUtcMs: string; limit: string; cursor?: string } = { fromUtcMs: String(fromUtcMs), limit: "1000" };
    if (cursor !== null) query.cursor = cursor;
    const page = await bodyOf(client.readings.$get({ query }));
    for (const reading of page.items) history = withReading(history, reading);
    cursor = page.nextCursor;
    if (cursor === null) break;
  }
  return history;
}

/** @throws when the gateway does not answer, or answers with an error. */
export async function readSnapshot(client: Client): Promise<Snapshot> {
  const asked = bodyOf(client.node.$get());
  // All at once, but for the history, which is asked for by the gateway's clock.
  const [node, boards, batches, neighbours, chain, tariffs, history] = await Promise.all([
    asked,
    bodyOf(client.boards.$get()),
    bodyOf(client.batches.$get({ query: { limit: String(SHOWN_BATCHES) } })),
    bodyOf(client.neighbours.$get()),
    bodyOf(client.chain.$get()),
    bodyOf(client.tariffs.$get()),
    asked.then(({ nowUtcMs }) => readHistory(client, nowUtcMs - WINDOW_MS)),
  ]);
  const home = { node, boards: boards.items, waiting: boards.waiting, tariffs: tariffs.items };
  return { ...home, batches: batches.items, neighbours: neighbours.items, chain, history };
}
