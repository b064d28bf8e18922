/**
 * Checks of command-line arguments that citty leaves to its user.
 * @module
 */
import { parseArgs } from "citty";
import type { ArgsDef, CommandDef } from "citty";
import { UsageError } from "./errors.ts";

/** Given to every command. */
export const COMMON_ARGUMENTS = {
  debug: { type: "boolean", description: "Print the whole error with its stack", default: false },
} as const satisfies ArgsDef;

/** `dryRun` as it is typed: `dry-run`. */
export const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Throws a {@link UsageError} that names the first option the command does not have; citty would pass it over. */
export function refuseUnknown(command: Pick<CommandDef, "args">, rawArgs: string[]): void {
  // Commands here give their arguments as plain objects, never as functions or promises.
  const known = command.args as ArgsDef;
  const names = new Set(Object.keys(known).flatMap((name) => [name, kebab(name)]));
  for (const name of Object.keys(parseArgs(rawArgs, known))) {
    if (name !== "_" && !names.has(name) && !names.has(kebab(name))) {
      const options = Object.keys(known).map((option) => `--${kebab(option)}`);
      throw new UsageError(`there is no option --${kebab(name)}. Options: ${options.join(", ")}.`);
    }
  }
}

/** A whole number within bounds; throws a {@link UsageError} that names the option. */
export function integerOption(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) throw new UsageError(`--${name} takes a whole number from ${min} to ${max}, not "${text}".`);
  return value;
}

/** A number within bounds; throws a {@link UsageError} that names the option. */
export function numberOption(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= min && value <= max)) throw new UsageError(`--${name} takes a number from ${min} to ${max}, not "${text}".`);
  return value;
}
