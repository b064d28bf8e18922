/**
 * Finds the board that is meant: by id, by name, or because there is just one.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import type { Client } from "#gateway/api/client.ts";
import type { Board } from "#gateway/api/schemas/node.ts";

/** @throws when no board or more than one is meant; the message names them. */
export async function findBoard(client: Client, meant: string | undefined): Promise<Board> {
  const { items } = await bodyOf(client.boards.$get());
  const names = items.map(({ boardId, name }) => `${name} (${boardId})`).join(", ");
  if (items.length === 0) throw new Error('the gateway has no board yet: run "daisee board flash"');
  const fitting = meant === undefined ? items : items.filter(({ boardId, name }) => boardId === meant.toLowerCase().replaceAll(":", "") || name === meant);
  const [first] = fitting;
  if (first === undefined) throw new Error(`the gateway has no board "${meant}"; it has ${names}`);
  if (fitting.length > 1) throw new Error(`which board? There are ${names}: name one by its id`);
  return first;
}
