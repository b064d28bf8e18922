/**
 * `daisee board settings`: what a board goes by.
 * @module
 */
import { defineCommand } from "citty";
import { bodyOf } from "#gateway/api/client.ts";
import { BOARD_ARGUMENTS, openBoard } from "./board-options.ts";

export const boardSettings = defineCommand({
  meta: { name: "board settings", description: "Show what a board is set to, and what it was asked and has not answered. Example: daisee board settings kitchen" },
  args: { ...BOARD_ARGUMENTS },
  async run({ args }) {
    const { client, board } = await openBoard(args);
    const settings = await bodyOf(client.boards[":boardId"].settings.$get({ param: { boardId: board.boardId } }));
    if (args.json) {
      console.log(JSON.stringify(settings, null, 2));
      return;
    }
    console.log(`${board.name} (${board.boardId}), ${board.role}, a reading every ${settings.readingMs / 1000} s`);
    for (const [name, value] of Object.entries(settings.policy ?? {})) console.log(`  ${name}: ${value}`);
    for (const { commandId, command, state } of settings.pending) console.log(`  not answered yet: ${command.kind}, command ${commandId}, ${state}`);
  },
});
