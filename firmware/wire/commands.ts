/**
 * What a gateway asks of a board, and what a board tells of its own health. Commands travel inside sealed acknowledgements; results and
 * diagnostics in frames of their own. Field meanings, units and ranges are explained in `README.md`.
 * @module
 */
import type { Source } from "./records.ts";

/** Limits by which the relays switch. Charges in per mille of the battery, times in ms, currents in mA, voltages in mV. */
export interface PolicySettings {
  /** Consumer: at or below it, the load moves to the neighbours' bus. */
  lowPermille: number;
  /** Consumer: at or above it, the load moves back to its own battery. */
  highPermille: number;
  /** Consumer: at or below it, its own battery no longer feeds the load. Producer: at or below it, giving stops. */
  reservePermille: number;
  /** Producer: at or above it, giving starts. */
  giveAbovePermille: number;
  /** Shortest stay with a source, and without one; faults do not wait for it. */
  minOnMs: number;
  minOffMs: number;
  /** Both relays open between two sources. */
  deadTimeMs: number;
  /** A current above it in either direction opens all relays. */
  tripMa: number;
  /** First lock-out after a trip; each trip in a row doubles it. */
  lockoutMs: number;
  /** The bus counts as live at or above it. */
  busLiveMv: number;
  /** A sensor without a plausible value for so long opens all relays. */
  staleMs: number;
}

/** Corrects a channel: value * gain + offset, the offset in the channel's unit (mA or mV). */
export interface Calibration {
  offset: number;
  gain: number;
}

/** UTC needs no command: every acknowledgement carries it. */
export type Command =
  /** Replaces the policy's limits, checked whole; kept over restarts. */
  | { kind: "policy"; policy: PolicySettings }
  /** Holds a source for `durationMs` (0 ends an override); protection and interlocks stay in force. */
  | { kind: "override"; source: Source; durationMs: number }
  /** Blinks. */
  | { kind: "identify"; durationMs: number }
  /** Relays safe, then a restart. */
  | { kind: "reboot" }
  /** Asks for a diagnostics frame. */
  | { kind: "diagnostics" }
  /** Replaces one channel's calibration, kept over restarts; `channel` is its index on the board. */
  | { kind: "calibration"; channel: number; calibration: Calibration };

/** What became of a command. */
export const COMMAND_RESULT = { applied: 0, refused: 1 } as const;
export type CommandResult = (typeof COMMAND_RESULT)[keyof typeof COMMAND_RESULT];

/** Numbered per board, ascending over the gateway's life: a board does each number once. */
export interface NumberedCommand {
  id: number;
  command: Command;
}

/** One channel as the board sees it now, for calibration and fault finding. */
export interface ChannelDiagnostics {
  /** Calibrated value, mA or mV; null while implausible. */
  value: number | null;
  /** Mean of the newest window, in 1/65536 of the converter's range; for a digital sensor its raw register. */
  raw: number;
  /** Standard deviation of the samples in the newest window, same unit as `raw`. */
  noise: number;
}

/** A board's health. */
export interface Diagnostics {
  uptimeMs: number;
  /** Firmware version as text, such as "0.3.0". */
  firmware: string;
  /** Cause of the last reset: index into the names in `README.md`. */
  resetCause: number;
  /** Starts that failed in a row before this one. */
  failedStarts: number;
  safeMode: boolean;
  freeVariables: number;
  usedVariables: number;
  /** Unacknowledged records, fine and coarse. */
  queueFine: number;
  queueCoarse: number;
  /** Messages from the gateway that were refused since boot. */
  refused: number;
  /** Frames sent again since boot. */
  retransmitted: number;
  /** Longest control turn since the last diagnostics, in ms. */
  slowestTurnMs: number;
  /** Wi-Fi signal in dBm, null when unknown. */
  rssiDbm: number | null;
  channels: ChannelDiagnostics[];
  /** Number of the newest command that was done or refused, 0 for none, what became of it, and why it was refused ("" when it was not). */
  commandId: number;
  commandResult: CommandResult;
  commandReason: string;
}
