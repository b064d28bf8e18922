/**
 * What the gateway knows of its boards' settings: as they were admitted, and as boards said that they took them since.
 * @module
 */
import type { Command } from "#firmware/wire/commands.ts";
import type { AccountStore } from "#gateway/store/accounts.ts";
import type { BoardSettings } from "./ports.ts";

export interface KnownSettings {
  of(boardId: string): BoardSettings | undefined;
  put(settings: BoardSettings): Promise<void>;
  /** A board said that it did a command. */
  applied(boardId: string, command: Command): Promise<void>;
}

/** @param configured used for a board of which the store says nothing. */
export async function createKnownSettings(store: AccountStore, configured: readonly BoardSettings[]): Promise<KnownSettings> {
  const byBoard = new Map(configured.map((settings) => [settings.boardId, settings]));
  for (const { boardId, body } of await store.boardSettings()) {
    // Only `put` writes them.
    byBoard.set(boardId, { boardId, ...(JSON.parse(body) as Omit<BoardSettings, "boardId">) });
  }

  async function put(settings: BoardSettings): Promise<void> {
    const { boardId, ...body } = settings;
    await store.putBoardSetting({ boardId, body: JSON.stringify(body) });
    byBoard.set(boardId, settings);
  }

  return {
    of: (boardId) => byBoard.get(boardId),
    put,
    async applied(boardId, command) {
      const known = byBoard.get(boardId);
      if (command.kind === "policy" && known !== undefined) await put({ ...known, policy: command.policy });
    },
  };
}
