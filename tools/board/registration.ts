/**
 * Registers a flashed board with its gateway, and looks for its first reading.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import type { Client } from "#gateway/api/client.ts";
import type { NewBoard } from "#gateway/api/schemas/boards.ts";

/** Admits the board, or gives one that is admitted its new secret. @returns the number from which it must count its starts. */
export async function register(client: Client, board: NewBoard): Promise<number> {
  const { items } = await bodyOf(client.boards.$get());
  if (items.some(({ boardId }) => boardId === board.boardId)) {
    const { firstBoot } = await bodyOf(client.boards[":boardId"].secret.$put({ param: { boardId: board.boardId }, json: { secret: board.secret } }));
    return firstBoot;
  }
  await client.boards.$post({ json: board });
  return 1;
}

/** Whether a reading came after `sinceUtcMs` of the gateway's clock; else why there may be none. */
export async function heard(client: Client, boardId: string, sinceUtcMs: number): Promise<true | string> {
  const { items, waiting } = await bodyOf(client.boards.$get());
  const newestUtcMs = items.find((board) => board.boardId === boardId)?.newestUtcMs ?? null;
  if (newestUtcMs !== null && newestUtcMs >= sinceUtcMs) return true;
  const refused = waiting.find((board) => board.boardId === boardId);
  if (refused !== undefined) return `its messages are refused as ${refused.lastRefusal}: run the same command again`;
  return 'is the Wi-Fi password right, and the gateway reachable from there? "daisee board monitor" shows what the board says';
}
