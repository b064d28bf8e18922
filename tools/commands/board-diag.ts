/**
 * `daisee board diag`: a board's health, asked for now.
 * @module
 */
import { defineCommand } from "citty";
import { bodyOf } from "#gateway/api/client.ts";
import { integerOption } from "../arguments.ts";
import { whenDone } from "../board/command.ts";
import { BOARD_ARGUMENTS, openBoard, WAIT_ARGUMENT } from "./board-options.ts";

export const boardDiag = defineCommand({
  meta: { name: "board diag", description: "Show a board's health: memory, resets, queue, Wi-Fi, each channel. Example: daisee board diag kitchen" },
  args: { ...BOARD_ARGUMENTS, ...WAIT_ARGUMENT },
  async run({ args }) {
    const { client, board } = await openBoard(args);
    const param = { boardId: board.boardId };
    const timeoutMs = integerOption("wait", args.wait, 0, 3600) * 1000;
    const queued = await bodyOf(client.boards[":boardId"].diagnostics.$post({ param }));
    const { state } = await whenDone(client, queued, { timeoutMs }).catch((error: unknown) => {
      console.error(`${error instanceof Error ? error.message : String(error)}\nWhat it told last:`);
      return { state: "pending" };
    });
    const told = await bodyOf(client.boards[":boardId"].diagnostics.$get({ param }));
    if (told === null) throw new Error(`${board.name} has told nothing of its health yet: wait until it is heard, then ask again.`);
    if (args.json) {
      console.log(JSON.stringify({ ...told, fresh: state === "applied" }, null, 2));
      return;
    }
    const { channels, ...rest } = told;
    console.log(`${board.name}: told ${new Date(told.receivedUtcMs).toISOString()}`);
    for (const [name, value] of Object.entries(rest)) if (name !== "boardId" && name !== "receivedUtcMs") console.log(`  ${name}: ${value ?? "unknown"}`);
    for (const [index, { value, raw, noise }] of channels.entries()) {
      console.log(`  channel ${index}: ${value === null ? "IMPLAUSIBLE" : value} (raw ${Math.round(raw)}, noise ${noise.toFixed(1)})`);
    }
  },
});
