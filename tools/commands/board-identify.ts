/**
 * `daisee board identify`: lets a board blink.
 * @module
 */
import { defineCommand } from "citty";
import { bodyOf } from "#gateway/api/client.ts";
import { integerOption } from "../arguments.ts";
import { BOARD_ARGUMENTS, openBoard, tellCommand, WAIT_ARGUMENT } from "./board-options.ts";

export const boardIdentify = defineCommand({
  meta: { name: "board identify", description: "Let a board blink, to see which one it is. Example: daisee board identify kitchen" },
  args: { ...BOARD_ARGUMENTS, ...WAIT_ARGUMENT, seconds: { type: "string", description: "For how long", valueHint: "s", default: "10" } },
  async run({ args }) {
    const durationMs = integerOption("seconds", args.seconds, 1, 600) * 1000;
    const { client, board } = await openBoard(args);
    const queued = await bodyOf(client.boards[":boardId"].identify.$post({ param: { boardId: board.boardId }, json: { durationMs } }));
    await tellCommand(client, queued, board, args, `blinks for ${args.seconds} s.`);
  },
});
