/**
 * Parts that a gateway may lack: their routes answer 503 and what is wanted is then not there, which is no error.
 * @module
 */
import { statusOf } from "./problem.ts";

/** What `load` gives; null where this gateway has no such part. @throws whatever else goes wrong. */
export async function ifAvailable<Data>(load: () => Promise<Data>): Promise<Data | null> {
  try {
    return await load();
  } catch (error) {
    if (statusOf(error) === 503) return null;
    throw error;
  }
}

/** A page of a listing. */
interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** What was read of a listing, and whether there would be more. */
export interface Pages<Item> {
  items: Item[];
  isComplete: boolean;
}

/** Follows a listing's cursor for at most `mostPages`. @param read reads the page at a cursor; the first one without. */
export async function readPages<Item>(read: (cursor: { cursor?: string }) => Promise<Page<Item>>, mostPages: number): Promise<Pages<Item>> {
  const items: Item[] = [];
  let cursor: { cursor?: string } = {};
  for (let pages = 0; pages < mostPages; pages++) {
    const page = await read(cursor);
    items.push(...page.items);
    if (page.nextCursor === null) return { items, isComplete: true };
    cursor = { cursor: page.nextCursor };
  }
  return { items, isComplete: false };
}
