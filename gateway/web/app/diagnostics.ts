/**
 * What a board last told of its health, kept up to date.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import type { Diagnostics } from "#gateway/api/schemas/commands.ts";
import type { Board } from "#gateway/api/schemas/node.ts";
import { useApp } from "./app.ts";
import { ifAvailable } from "./available.ts";
import { statusOf } from "./problem.ts";
import { useResource } from "./resource.ts";
import type { Resource } from "./resource.ts";

export interface Health {
  /** Null before the board's first ones. */
  newest: Diagnostics | null;
}

export function useDiagnostics({ boardId, newestUtcMs }: Board): Resource<Health> {
  const { client } = useApp();
  const load = async (): Promise<Health> => {
    // A board that was never heard has told nothing: it would be asked for in vain.
    if (newestUtcMs === null) return { newest: null };
    try {
      return { newest: await ifAvailable(() => bodyOf(client.boards[":boardId"].diagnostics.$get({ param: { boardId } }))) };
    } catch (error) {
      if (statusOf(error) === 404) return { newest: null };
      throw error;
    }
  };
  return useResource(load, {
    key: boardId,
    follow: (data, message) => (message.name === "diagnostics" && message.data.boardId === boardId ? { newest: message.data } : data),
  });
}
