/**
 * The settings in force: the file's, or the last good one where the file is refused, with the limits and calibrations that commands brought
 * since. What a command brought counts for as long as the file says what it said then: a new file is a new word of its maker.
 * @module
 */
import { largestTripMa } from "./board.ts";
import { checkCalibration, checkPolicy, checkSettings, DEFAULT_FLASH } from "./settings.ts";
import { keepEntry, readEntry } from "./settings-log.ts";
import { policyValues } from "../wire/ack.ts";
import { SECRET_BYTES } from "../wire/keys.ts";
import type { FlashSettings, Settings } from "./settings.ts";
import type { SettingsLog } from "./settings-log.ts";
import type { Calibration } from "../wire/commands.ts";

/** Kinds of entries in the log; a channel's calibration is its index above the last. */
const KIND = { file: 1, policy: 2, calibration: 3, secret: 249 } as const;

type Parse = (text: string) => unknown;

export interface LoadOptions {
  /** Null where flash does not work: then nothing outlasts a restart. */
  log: SettingsLog | null;
  /** The file's text, if there is one. */
  text: string | undefined;
  parse: Parse;
  /** Told of everything that is refused, and what is in force instead. */
  report: (text: string) => void;
}

export interface KeptSettings {
  /** Null where there are none, good or kept. Commands change it in place. */
  settings: Settings | null;
  /** Why the file, or the key's, was refused, or "". */
  refusal: string;
  log: SettingsLog | null;
  parse: Parse;
}

/** The flash that a file names, or the usual one where it cannot be read: the last good settings lie there. */
export function flashOf(text: string | undefined, parse: Parse): FlashSettings {
  try {
    return checkSettings(parse(text || "")).flash;
  } catch {
    return DEFAULT_FLASH;
  }
}

/** Loads the settings, and keeps a copy of a file that is good. */
export function loadSettings({ log, text, parse, report }: LoadOptions): KeptSettings {
  const kept: KeptSettings = { settings: null, refusal: "", log, parse };
  try {
    if (text === undefined) throw new Error("settings: daisee.json is missing");
    kept.settings = checkSettings(parse(text));
  } catch (error) {
    // Whatever is thrown here is an error with a message.
    kept.refusal = (error as Error).message;
    report(kept.refusal);
  }
  try {
    if (kept.settings && log && readEntry(log, KIND.file) !== text) keepEntry(log, KIND.file, text || "");
    const good = kept.settings || !log ? null : readEntry(log, KIND.file);
    if (good !== null) {
      // It was good when it was kept, perhaps for another firmware.
      kept.settings = checkSettings(parse(good));
      report("the settings before stay in force");
    }
    if (kept.settings && log) restore(log, kept.settings);
  } catch (error) {
    report("" + error);
  }
  return kept;
}

/**
 * The board's secret: the file's, or the last good one where that is of another length or gone, with a word of it. Throws where there is neither.
 */
export function loadSecret(kept: KeptSettings, text: string | undefined, report: (text: string) => void): string {
  const { log } = kept;
  const good = log && readEntry(log, KIND.secret);
  if (text !== undefined && text.length === SECRET_BYTES) {
    if (log && good !== text) keepEntry(log, KIND.secret, text);
    return text;
  }
  const problem = "keys: daisee.key must be " + SECRET_BYTES + " bytes: admit the board again";
  if (good === null) throw new Error(problem);
  kept.refusal = kept.refusal || problem;
  report(problem);
  report("the key before stays in force");
  return good;
}

/** Puts limits in force, in the order of the wire, and keeps them. Throws when they are refused or not kept: the old ones stay. */
export function changePolicy(kept: KeptSettings, values: number[]): void {
  const { settings } = kept;
  if (!settings) throw new Error("settings: there are none");
  const policy = checkPolicy(values, settings.controlMs, largestTripMa(settings.board));
  keepChange(kept, KIND.policy, values, (file) => policyValues(file.policy).join(","));
  settings.policy = policy;
}

/** As {@link changePolicy}, a channel's calibration by its index. */
export function changeCalibration(kept: KeptSettings, channel: number, values: number[]): void {
  const { settings } = kept;
  const definition = settings ? settings.board.channels[channel] : undefined;
  if (!settings || !definition) throw new Error("settings: there is no channel " + channel);
  const calibration = checkCalibration(values, definition);
  keepChange(kept, KIND.calibration + channel, values, (file) => calibrationText(file.calibration[definition.name]));
  settings.calibration[definition.name] = calibration;
}

/** Keeps a change with what the file says in its place, as the log's own copy of the file has it. */
function keepChange({ log, parse }: KeptSettings, kind: number, values: number[], inFile: (file: Settings) => string): void {
  const text = log ? readEntry(log, KIND.file) : null;
  if (log && text !== null) keepEntry(log, kind, inFile(checkSettings(parse(text))) + ";" + values.join(","));
}

function restore(log: SettingsLog, settings: Settings): void {
  const limits = changeOf(log, KIND.policy, policyValues(settings.policy).join(","));
  if (limits) settings.policy = checkPolicy(limits, settings.controlMs, largestTripMa(settings.board));
  settings.board.channels.forEach((channel, i) => {
    const { name } = channel;
    const values = changeOf(log, KIND.calibration + i, calibrationText(settings.calibration[name]));
    if (values) settings.calibration[name] = checkCalibration(values, channel);
  });
}

/** What a command brought, or null where none did, or the file has changed since. */
function changeOf(log: SettingsLog, kind: number, inFile: string): number[] | null {
  const text = readEntry(log, kind);
  if (text === null) return null;
  const parts = text.split(";");
  const values = parts[1];
  return parts[0] === inFile && values !== undefined ? values.split(",").map((each) => parseFloat(each)) : null;
}

function calibrationText(calibration: Calibration | undefined): string {
  return calibration ? calibration.offset + "," + calibration.gain : "";
}
