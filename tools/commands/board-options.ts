/**
 * What the commands about an admitted board have in common.
 * @module
 */
import type { Client } from "#gateway/api/client.ts";
import type { BoardCommand } from "#gateway/api/schemas/commands.ts";
import type { Board } from "#gateway/api/schemas/node.ts";
import { COMMON_ARGUMENTS, integerOption } from "../arguments.ts";
import { whenDone } from "../board/command.ts";
import { findBoard } from "../board/find.ts";
import { connectGateway, GATEWAY_ARGUMENT } from "../gateway/connect.ts";

export const BOARD_ARGUMENTS = {
  board: { type: "positional", description: "The board's id or name; not needed when there is one board", required: false },
  ...GATEWAY_ARGUMENT,
  json: { type: "boolean", description: "Print the result as JSON", default: false },
  ...COMMON_ARGUMENTS,
} as const;

export const WAIT_ARGUMENT = {
  wait: { type: "string", description: "How long to wait for the board to answer, in s; 0 does not wait", valueHint: "s", default: "30" },
} as const;

export async function openBoard(args: { board?: string | undefined; gateway: string }): Promise<{ client: Client; board: Board }> {
  const client = await connectGateway(args.gateway);
  return { client, board: await findBoard(client, args.board) };
}

/** Waits for a queued command and says what became of it. */
export async function tellCommand(client: Client, queued: BoardCommand, board: Board, args: { wait: string; json: boolean }, done: string): Promise<void> {
  const timeoutMs = integerOption("wait", args.wait, 0, 3600) * 1000;
  const command = await whenDone(client, queued, {
    timeoutMs,
    onWaiting: () => {
      if (!args.json) console.error(`Waiting for ${board.name} …`);
    },
  });
  if (args.json) console.log(JSON.stringify(command, null, 2));
  else console.log(command.state === "applied" ? `${board.name}: ${done}` : `${board.name}: queued; "daisee board settings" shows when it is done.`);
}
