/**
 * Commands to boards: one at a time and in order, each sent in acknowledgements until the board has said what became of it, and the boards'
 * diagnostics, which say it.
 * @module
 */
import type { BaseLogger } from "pino";
import { decodeAck, encodeAck } from "#firmware/wire/ack.ts";
import { COMMAND_RESULT } from "#firmware/wire/commands.ts";
import type { Command, NumberedCommand } from "#firmware/wire/commands.ts";
import { STREAM } from "#firmware/wire/records.ts";
import type { Clock } from "#gateway/clock.ts";
import type { CommandStore, NewDiagnostics, QueuedCommand, StoredDiagnostics } from "#gateway/store/commands.ts";

/** What a board was never sent, or never answered, within it, is not to be done any more. */
const LIFETIME_MS = 3_600_000;
/** Commands of one board that wait at once. */
const MAX_OPEN = 16;
/** A week at one in 10 min. */
const KEPT_DIAGNOSTICS = 1008;

/** Something that whoever shows commands or boards' health wants to know; each carries the whole new state. */
export type CommandChange = { kind: "command"; command: QueuedCommand } | { kind: "diagnostics"; diagnostics: StoredDiagnostics };

export interface Commands {
  /**
   * Keeps a command for a board's next acknowledgement. An override takes the place of those that wait.
   * @throws when the command cannot be written on the wire, or too many wait; the store's errors.
   */
  queue(boardId: string, command: Command, by: string): Promise<QueuedCommand>;
  /** A board's commands, newest first. */
  list(boardId: string, query: { limit: number }): Promise<QueuedCommand[]>;
  /** What the board's next acknowledgement carries; it counts as sent from here on. */
  next(boardId: string): NumberedCommand | null;
  /** Keeps a board's diagnostics and what they say of its newest command. */
  report(diagnostics: NewDiagnostics): Promise<void>;
  /** The newest diagnostics of a board; null before its first ones. */
  health(boardId: string): StoredDiagnostics | null;
  /** A board's diagnostics, newest first. */
  history(boardId: string, query: { limit: number }): Promise<StoredDiagnostics[]>;
}

export interface CommandsOptions {
  store: CommandStore;
  clock: Clock;
  log: Pick<BaseLogger, "error">;
  onChange?: (change: CommandChange) => void;
}

/** Throws when a board could not be told this. */
function checkWritable(command: Command): void {
  const ack = { frameBoot: 0, frameNumber: 0, stream: STREAM.fine, boot: 0, sequence: 0, utcMs: 0 };
  try {
    decodeAck(encodeAck({ ...ack, command: { id: 1, command } }));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`commands: no board can be told this ${command.kind}: ${why}: give whole numbers within the ranges of its fields`, { cause: error });
  }
}

/** Goes on with the commands that were open when the gateway stopped. */
export async function createCommands({ store, clock, log, onChange }: CommandsOptions): Promise<Commands> {
  /** By board, by number ascending. */
  const open = new Map<string, QueuedCommand[]>();
  for (const command of await store.openCommands()) open.set(command.boardId, [...(open.get(command.boardId) ?? []), command]);
  const newest = new Map((await store.latestDiagnostics()).map((diagnostics) => [diagnostics.boardId, diagnostics]));

  /** Told and stored; that a state is not stored loses nothing: it is found again by the board's next diagnostics, or expires. */
  function change(before: QueuedCommand, to: Partial<QueuedCommand>): QueuedCommand {
    const command = { ...before, ...to };
    const { boardId, commandId, state, reason, sentUtcMs, doneUtcMs } = command;
    store.updateCommand({ boardId, commandId, state, reason, sentUtcMs, doneUtcMs }).catch((error: unknown) => {
      log.error({ err: error, boardId, commandId, state }, "commands: a command's state was not kept");
    });
    onChange?.({ kind: "command", command });
    return command;
  }

  /** Ends those of a board's open commands that `judge` gives an end, and keeps the others. */
  function end(boardId: string, judge: (command: QueuedCommand) => Pick<QueuedCommand, "state" | "reason"> | null): void {
    const doneUtcMs = clock.nowMs();
    const waiting = (open.get(boardId) ?? []).filter((command) => {
      const ended = judge(command);
      if (ended !== null) change(command, { ...ended, doneUtcMs });
      return ended === null;
    });
    if (waiting.length === 0) open.delete(boardId);
    else open.set(boardId, waiting);
  }

  function expire(boardId: string): void {
    const nowMs = clock.nowMs();
    end(boardId, ({ state, createdUtcMs, sentUtcMs }) => {
      if (nowMs - (sentUtcMs ?? createdUtcMs) <= LIFETIME_MS) return null;
      return { state: "expired", reason: state === "pending" ? "the board did not come within an hour" : "the board did not answer within an hour" };
    });
  }

  return {
    async queue(boardId, command, by) {
      checkWritable(command);
      expire(boardId);
      const isOverride = command.kind === "override";
      const waiting = (open.get(boardId) ?? []).filter((other) => !(isOverride && other.command.kind === "override"));
      if (waiting.length >= MAX_OPEN) throw new Error(`commands: ${MAX_OPEN} commands wait for board ${boardId}: wait until it has answered`);
      const queued = await store.addCommand({ boardId, command, by, createdUtcMs: clock.nowMs() });
      if (isOverride) {
        const reason = `command ${queued.commandId} took its place`;
        end(boardId, (other) => (other.command.kind === "override" ? { state: "expired", reason } : null));
      }
      open.set(boardId, [...(open.get(boardId) ?? []), queued]);
      onChange?.({ kind: "command", command: queued });
      return queued;
    },

    list: (boardId, { limit }) => store.commands(boardId, limit),

    next(boardId) {
      if (!open.has(boardId)) return null;
      expire(boardId);
      const [first, ...rest] = open.get(boardId) ?? [];
      if (first === undefined) return null;
      if (first.state === "pending") open.set(boardId, [change(first, { state: "sent", sentUtcMs: clock.nowMs() }), ...rest]);
      return { id: first.commandId, command: first.command };
    },

    async report(added) {
      await store.addDiagnostics(added, KEPT_DIAGNOSTICS);
      const { frameBoot: _boot, frameNumber: _number, ...diagnostics } = added;
      newest.set(added.boardId, diagnostics);
      onChange?.({ kind: "diagnostics", diagnostics });
      const { commandId, commandResult, commandReason } = added;
      end(added.boardId, (command) => {
        if (command.commandId > commandId) return null;
        if (command.commandId < commandId) return { state: "expired", reason: `the board did command ${commandId} instead` };
        return commandResult === COMMAND_RESULT.applied ? { state: "applied", reason: null } : { state: "refused", reason: commandReason };
      });
    },

    health: (boardId) => newest.get(boardId) ?? null,
    history: (boardId, { limit }) => store.diagnostics(boardId, limit),
  };
}
