/**
 * A board's health, put together when it is asked for.
 * @module
 */
import { STREAM } from "../wire/records.ts";
import { encodeDiagnostics } from "../wire/diagnostics.ts";
import { MAX_FAILED_STARTS } from "./starts.ts";
import type { CommandState } from "./commands.ts";
import type { Controller } from "./controller.ts";
import type { KeptSettings } from "./kept-settings.ts";
import type { Recorder } from "./recorder.ts";
import type { Sender } from "./sender.ts";
import type { Start } from "./starts.ts";

export const FIRMWARE = "0.3.0";

export interface HealthSources {
  start: Start;
  resetCause: number;
  /** Variables of the interpreter. */
  memory: { free: number; usage: number };
  slowestTurnMs: number;
  rssiDbm: number | null;
  /** Null in safe mode, as is the recorder. */
  controller: Controller | null;
  recorder: Recorder | null;
  sender: Sender;
  commands: CommandState;
  kept: KeptSettings;
}

/** A plaintext of diagnostics at an uptime. */
export function diagnose(sources: HealthSources, uptimeMs: number): Uint8Array {
  const { start, recorder, sender, commands, controller, memory } = sources;
  return encodeDiagnostics({
    uptimeMs,
    firmware: FIRMWARE,
    resetCause: sources.resetCause,
    failedStarts: start.failed,
    safeMode: start.failed >= MAX_FAILED_STARTS,
    freeVariables: memory.free,
    usedVariables: memory.usage,
    queueFine: recorder ? recorder.waiting(STREAM.fine) : 0,
    queueCoarse: recorder ? recorder.waiting(STREAM.coarse) : 0,
    refused: sender.refused,
    retransmitted: sender.retransmitted,
    slowestTurnMs: sources.slowestTurnMs,
    rssiDbm: sources.rssiDbm,
    channels: controller ? controller.sensors.all.map(({ plausible, value, raw, noise }) => ({ value: plausible ? value : null, raw, noise })) : [],
    commandId: commands.id,
    commandResult: commands.result,
    // A refused file is no command's doing; it is told for as long as it lies there.
    commandReason: commands.reason || sources.kept.refusal,
  });
}
