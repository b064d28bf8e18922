/**
 * Does what the gateway asks, each number once. They ascend over the gateway's life, so an old one is never taken again; the seal has
 * bound a command to the frame that it answers.
 * @module
 */
import { changeCalibration, changePolicy } from "./kept-settings.ts";
import { keepEntry, readEntry } from "./settings-log.ts";
import { RESET } from "./starts.ts";
import { policyValues } from "../wire/ack.ts";
import { COMMAND_RESULT } from "../wire/commands.ts";
import { CAUSE } from "../wire/records.ts";
import type { Controller } from "./controller.ts";
import type { KeptSettings } from "./kept-settings.ts";
import type { SettingsLog } from "./settings-log.ts";
import type { Command, CommandResult, NumberedCommand } from "../wire/commands.ts";

/** Kind of the entry in the log: number, result and reason of the newest command. */
const KIND = 250;
/** Longest that a board blinks, and that a source is held: a day. */
const MAX_DURATION_MS = 86400000;

/** The newest command that was done or refused, 0 for none, and what became of it. */
export interface CommandState {
  id: number;
  result: CommandResult;
  reason: string;
}

/** The board, as far as commands reach. */
export interface Commanded {
  kept: KeptSettings;
  /** Null in safe mode: then nothing is controlled. */
  controller: Controller | null;
  /** Uptime until which the LED says which board this is. */
  identifyUntilMs: number;
  /** Why the board restarts after its next turn, of `RESET`; -1 while it does not. */
  ending: number;
}

/** What the log tells of the newest command. */
export function loadCommandState(log: SettingsLog | null): CommandState {
  const parts = ((log && readEntry(log, KIND)) || "0,0,").split(",");
  return {
    id: parseInt(parts[0] || "0", 10),
    result: parts[1] === "1" ? COMMAND_RESULT.refused : COMMAND_RESULT.applied,
    reason: parts[2] || "",
  };
}

/** Does a command that is newer than all before, and notes what became of it. One that comes again changes nothing. */
export function takeCommand(board: Commanded, state: CommandState, { id, command }: NumberedCommand, nowMs: number): void {
  if (id <= state.id) return;
  state.id = id;
  state.result = COMMAND_RESULT.applied;
  state.reason = "";
  try {
    run(board, command, id, nowMs);
  } catch (error) {
    state.result = COMMAND_RESULT.refused;
    // Whatever is thrown here is an error with a message.
    state.reason = (error as Error).message;
  }
  const { log } = board.kept;
  if (log) keepEntry(log, KIND, id + "," + state.result + "," + state.reason.split(",").join(" "));
}

function run(board: Commanded, command: Command, id: number, nowMs: number): void {
  const { kept, controller } = board;
  if (command.kind === "policy" || command.kind === "calibration") {
    if (command.kind === "policy") changePolicy(kept, policyValues(command.policy));
    else changeCalibration(kept, command.channel, [command.calibration.offset, command.calibration.gain]);
    if (!controller || !kept.settings) return;
    controller.policy.settings = kept.settings.policy;
    controller.event(nowMs, { source: controller.policy.source, cause: CAUSE.settings, value: id, limit: 0 });
  } else if (command.kind === "override") {
    if (!controller) throw new Error("override: not in safe mode");
    controller.policy.override(command.source, bounded(command.durationMs), nowMs);
  } else if (command.kind === "identify") board.identifyUntilMs = nowMs + bounded(command.durationMs);
  // Not at once: what became of it is noted first.
  else if (command.kind === "reboot") board.ending = RESET.command;
}

function bounded(durationMs: number): number {
  if (durationMs > MAX_DURATION_MS) throw new Error("command: at most " + MAX_DURATION_MS + " ms");
  return durationMs;
}
