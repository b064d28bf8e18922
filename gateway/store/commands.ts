/**
 * What the store keeps of commands to boards, of what boards tell of their health, and of boots that never met the gateway.
 * @module
 */
import type { Command, Diagnostics } from "#firmware/wire/commands.ts";
import type { BootBounds } from "./store.ts";

/**
 * `pending`: waits for the board's next frame; `sent`: on its way, not answered yet; `applied`, `refused`: by the board; `expired`: never
 * sent or never answered in time, or overtaken by another.
 */
export type CommandState = "pending" | "sent" | "applied" | "refused" | "expired";

export interface QueuedCommand {
  boardId: string;
  /** Ascending per board; a board does each number once. */
  commandId: number;
  command: Command;
  /** Who asked for it. */
  by: string;
  state: CommandState;
  /** Why it was refused or expired; null otherwise. */
  reason: string | null;
  createdUtcMs: number;
  sentUtcMs: number | null;
  /** When it became applied, refused or expired. */
  doneUtcMs: number | null;
}

export interface StoredDiagnostics extends Diagnostics {
  boardId: string;
  receivedUtcMs: number;
}

/** Diagnostics on their way into the store; the frame's number keeps a repeated frame from being kept twice. */
export interface NewDiagnostics extends StoredDiagnostics {
  frameBoot: number;
  frameNumber: number;
}

export interface CommandStore {
  /** Stores a pending command under the board's next number, which is above all that the board ever reported. */
  addCommand(command: Pick<QueuedCommand, "boardId" | "command" | "by" | "createdUtcMs">): Promise<QueuedCommand>;
  /** Sets a command's state. Rejects when there is no such command. */
  updateCommand(command: Pick<QueuedCommand, "boardId" | "commandId" | "state" | "reason" | "sentUtcMs" | "doneUtcMs">): Promise<void>;
  /** Pending and sent commands, by board and number. */
  openCommands(): Promise<QueuedCommand[]>;
  /** A board's commands, newest first. */
  commands(boardId: string, limit: number): Promise<QueuedCommand[]>;
  /** Keeps diagnostics and drops the board's oldest beyond `keep`. */
  addDiagnostics(diagnostics: NewDiagnostics, keep: number): Promise<void>;
  /** The newest of each board, by board. */
  latestDiagnostics(): Promise<StoredDiagnostics[]>;
  /** A board's diagnostics, newest first. */
  diagnostics(boardId: string, limit: number): Promise<StoredDiagnostics[]>;
  /** Of a board's boots that have records and never met the gateway: between which times each began. By boot. */
  bootBounds(boardId: string): Promise<(BootBounds & { boot: number })[]>;
}

/** Its methods by name, for the caller of the database thread. */
export const COMMAND_METHODS: Record<keyof CommandStore, true> = {
  addCommand: true,
  updateCommand: true,
  openCommands: true,
  commands: true,
  addDiagnostics: true,
  latestDiagnostics: true,
  diagnostics: true,
  bootBounds: true,
};
