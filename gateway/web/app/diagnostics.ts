/**
 * What a board last told of its health, kept up to date.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import type { Diagnostics } from "#gateway/api/schemas/commands.ts";
import type { Board } from "#gateway/api/schemas/node.ts";
import { useApp } from "./app.ts";
import { ifAvailable } from "./available.ts";
import { useResource } from "./resource.ts";
import type { Resource } from "./resource.ts";

export interface Health {
  /** Null before the board's first ones. */
  newest: Diagnostics | null;
}

export function useDiagnostics({ boardId }: Board): Resource<Health> {
  const { client } = useApp();
  const load = async (): Promise<Health> => ({
    newest: await ifAvailable(() => bodyOf(client.boards[":boardId"].diagnostics.$get({ param: { boardId } }))),
  });
  return useResource(load, {
    key: boardId,
    follow: (data, message) => (message.name === "diagnostics" && message.data.boardId === boardId ? { newest: message.data } : data),
  });
}
