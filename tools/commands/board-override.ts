/**
 * `daisee board override`: holds a source by hand, for a time.
 * @module
 */
import { defineCommand } from "citty";
import { bodyOf } from "#gateway/api/client.ts";
import { sourceName } from "#gateway/api/schemas/records.ts";
import { integerOption } from "../arguments.ts";
import { UsageError } from "../errors.ts";
import { BOARD_ARGUMENTS, openBoard, tellCommand, WAIT_ARGUMENT } from "./board-options.ts";

export const boardOverride = defineCommand({
  meta: {
    name: "board override",
    description: "Hold a source for a time; protection stays in force. Examples: daisee board override kitchen --source bus --minutes 30; daisee board override kitchen --end",
  },
  args: {
    ...BOARD_ARGUMENTS,
    ...WAIT_ARGUMENT,
    source: { type: "string", description: "Consumer: own, bus or off; producer: keep, give or off" },
    minutes: { type: "string", description: "For how long", valueHint: "min", default: "60" },
    end: { type: "boolean", description: "End an override now", default: false },
  },
  async run({ args }) {
    if (args.end === (args.source !== undefined)) throw new UsageError("give either --source with --minutes, or --end.");
    const { client, board } = await openBoard(args);
    const param = { boardId: board.boardId };
    if (args.end) {
      await tellCommand(client, await bodyOf(client.boards[":boardId"].override.$delete({ param })), board, args, "goes by its own rules again.");
      return;
    }
    const source = sourceName.safeParse(args.source);
    if (!source.success) throw new UsageError(`--source takes ${sourceName.options.join(", ")}, not "${args.source}".`);
    const minutes = integerOption("minutes", args.minutes, 1, 7 * 24 * 60);
    const json = { source: source.data, durationMs: minutes * 60_000 };
    await tellCommand(client, await bodyOf(client.boards[":boardId"].override.$post({ param, json })), board, args, `holds ${source.data} for ${minutes} min.`);
  },
});
