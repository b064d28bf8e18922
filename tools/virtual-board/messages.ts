/**
 * What a village and a board's process say to each other over Node's IPC channel.
 * @module
 */
import type { ClockSetting } from "#gateway/clock.ts";

export interface BoardOptions {
  /** The board's own folder: `storage/<file>` and `flash.bin` in it outlive the process. */
  dir: string;
  /** The firmware bundle, a classic script. */
  bundlePath: string;
  /** Only `speed` concerns a board: it learns UTC from its gateway. */
  clock: ClockSetting;
  /** Of the ADC's noise and part-to-part spread. */
  seed: number;
}

export type ToBoard =
  | { type: "start"; options: BoardOptions }
  /** True voltages at the ADC pins (`{ D34: 1.25 }`), about 50 times a second. The first one powers the board. */
  | { type: "analog"; volts: Record<string, number> }
  /** The access point appears or goes away. It is there at first. */
  | { type: "wifi"; up: boolean }
  /** Switches the power off and ends the process. */
  | { type: "stop" };

export type FromBoard =
  /** Set up, and waiting for the first voltages. */
  | { type: "ready" }
  /** An output, or a pin pulled up, changed its level. */
  | { type: "pin"; pin: string; value: 0 | 1 }
  | { type: "console"; line: string }
  | { type: "reboot"; reason: RebootReason }
  /** The board cannot run, and what to do; the process then ends with exit code 1. */
  | { type: "failed"; message: string };

export type RebootReason = "watchdog" | "software";
