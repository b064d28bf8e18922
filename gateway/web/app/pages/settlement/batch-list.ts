/**
 * This home's batches back to the first one: read page by page, kept up to date by the stream.
 * @module
 */
import { useSignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import type { Batch } from "#gateway/api/schemas/batches.ts";
import { useApp } from "../../app.ts";
import { type Action, type Resource, useAction, useResource } from "../../resource.ts";

export interface BatchList {
  /** Newest first. */
  items: readonly Batch[];
  /** Where older ones follow; null at the first batch. */
  nextCursor: string | null;
}

const PAGE = "20";

/** Each batch once, newest first; what is in `news` counts. Pure. */
export function merged(batches: readonly Batch[], news: readonly Batch[]): Batch[] {
  const numbers = new Set(news.map(({ number }) => number));
  return [...news, ...batches.filter(({ number }) => !numbers.has(number))].sort((a, b) => b.number - a.number);
}

export function useBatches(): { batches: Resource<BatchList>; older: Action<[]> } {
  const { client } = useApp();
  // How far back the reader went: so far it is read again after the gateway was away.
  const pages = useSignal(1);
  async function read(cursor: string | null): Promise<BatchList> {
    return bodyOf(client.batches.$get({ query: { limit: PAGE, ...(cursor !== null && { cursor }) } }));
  }
  const batches = useResource<BatchList>(
    async () => {
      let list = await read(null);
      for (let page = 1; page < pages.peek() && list.nextCursor !== null; page++) {
        const next = await read(list.nextCursor);
        list = { items: merged(list.items, next.items), nextCursor: next.nextCursor };
      }
      return list;
    },
    {
      follow: (list, message) => (message.name === "batch" ? { ...list, items: merged(list.items, [message.data]) } : list),
    },
  );
  const older = useAction(async () => {
    pages.value++;
    await batches.reload();
  });
  return { batches, older };
}
