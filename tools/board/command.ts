/**
 * Asks a board for something through its gateway, and waits until the board has answered.
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { bodyOf } from "#gateway/api/client.ts";
import type { Client } from "#gateway/api/client.ts";
import type { BoardCommand } from "#gateway/api/schemas/commands.ts";

const POLL_MS = 500;

export interface WaitOptions {
  /** How long to wait for the board, ms; 0 does not wait. */
  timeoutMs: number;
  /** Told once the command waits. */
  onWaiting?: (command: BoardCommand) => void;
}

/**
 * Waits until a queued command was done.
 * @throws when the board refuses it, with its reason; when it does not answer in time, the command stays queued and the message says so.
 */
export async function whenDone(client: Client, queued: BoardCommand, { timeoutMs, onWaiting }: WaitOptions): Promise<BoardCommand> {
  let command = queued;
  if (timeoutMs === 0) return command;
  onWaiting?.(command);
  const path = { boardId: command.boardId, commandId: String(command.commandId) };
  for (let waitedMs = 0; command.state === "pending" || command.state === "sent"; waitedMs += POLL_MS) {
    if (waitedMs >= timeoutMs) {
      throw new Error(
        `board ${command.boardId} has not answered within ${timeoutMs / 1000} s; command ${command.commandId} stays queued for an hour. Is the board on, and in reach of its Wi-Fi?`,
      );
    }
    await sleep(POLL_MS);
    command = await bodyOf(client.boards[":boardId"].commands[":commandId"].$get({ param: path }));
  }
  if (command.state === "refused") throw new Error(`board ${command.boardId} refused it: ${command.reason ?? "it did not say why"}`);
  if (command.state === "expired") throw new Error(`the command expired: ${command.reason ?? "the board did not ask for it"}`);
  return command;
}
