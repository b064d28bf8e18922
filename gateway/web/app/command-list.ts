/**
 * What follows from a board's commands. Pure.
 * @module
 */
import type { BoardCommand } from "#gateway/api/schemas/commands.ts";
import type { BoardEvent } from "#gateway/api/schemas/records.ts";

/** The list, newest first, with a command added or changed. */
export function withCommand(commands: readonly BoardCommand[], news: BoardCommand): BoardCommand[] {
  const others = commands.filter(({ commandId }) => commandId !== news.commandId);
  return [...others, news].sort((a, b) => b.commandId - a.commandId);
}

/** Whether the board has not said yet what became of it. */
export function isOpen({ state }: BoardCommand): boolean {
  return state === "pending" || state === "sent";
}

type Kind = BoardCommand["command"]["kind"];

/** The newest command of a kind; null without any. */
export function newest(commands: readonly BoardCommand[], kind: Kind): BoardCommand | null {
  return commands.find(({ command }) => command.kind === kind) ?? null;
}

/** Until when the board is held by hand; null when it is not. @param latest the board's newest event. */
export function heldUntilMs(commands: readonly BoardCommand[], latest: BoardEvent | null, nowUtcMs: number): number | null {
  const applied = commands.find(({ command, state }) => command.kind === "override" && state === "applied");
  if (applied?.command.kind !== "override" || applied.doneUtcMs === null) return null;
  const untilMs = applied.doneUtcMs + applied.command.durationMs;
  if (untilMs <= nowUtcMs || applied.command.durationMs === 0) return null;
  const isOver = latest?.cause === "overrideOver" && (latest.utcMs ?? 0) >= applied.doneUtcMs;
  return isOver ? null : untilMs;
}
