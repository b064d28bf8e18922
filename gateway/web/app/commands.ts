/**
 * What a board was asked, kept up to date: a change counts once the board has confirmed it.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import type { BoardCommand } from "#gateway/api/schemas/commands.ts";
import { useApp } from "./app.ts";
import { ifAvailable } from "./available.ts";
import { withCommand } from "./command-list.ts";
import type { StreamMessage } from "./connection.ts";
import { useResource } from "./resource.ts";
import type { Resource } from "./resource.ts";

/** Commands of a board that are shown and looked through. */
const SHOWN = 20;

/** A board's newest commands, newest first; none where this gateway cannot reach boards. */
export function useCommands(boardId: string): Resource<readonly BoardCommand[]> {
  const { client } = useApp();
  const load = async (): Promise<readonly BoardCommand[]> => {
    const list = await ifAvailable(() => bodyOf(client.boards[":boardId"].commands.$get({ param: { boardId }, query: { limit: String(SHOWN) } })));
    return list?.items ?? [];
  };
  const follow = (commands: readonly BoardCommand[], message: StreamMessage) =>
    message.name === "command" && message.data.boardId === boardId ? withCommand(commands, message.data).slice(0, SHOWN) : commands;
  return useResource(load, { follow, key: boardId });
}
