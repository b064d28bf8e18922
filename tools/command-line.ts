/**
 * Finds the subcommand that a command line means, runs it, and turns what goes wrong into one line and an exit code.
 * @module
 */
import { renderUsage, runCommand } from "citty";
import { exitCodeOf, messageOf, UsageError } from "./errors.ts";
import { refuseUnknown } from "./arguments.ts";
import { root } from "./root.ts";
import type { AnyCommand } from "./root.ts";
import packageJson from "../package.json" with { type: "json" };

const HELP = ["--help", "-h", "help"];

/** Walks from a command with subcommands down to the one that is meant, and runs it or prints its help. */
async function run(command: AnyCommand, words: string[], parent?: AnyCommand): Promise<void> {
  const [name, ...rest] = words;
  if (command.subCommands === undefined) {
    if (words.some((word) => word === "--help" || word === "-h")) {
      console.log(await renderUsage(command, parent));
      return;
    }
    refuseUnknown(command, words);
    await runCommand(command, { rawArgs: words });
    return;
  }
  if (name === undefined || HELP.includes(name)) {
    console.log(await renderUsage(command, parent));
    return;
  }
  // Commands here give their subcommands as plain objects of loaders.
  const subCommands = command.subCommands as Record<string, () => Promise<AnyCommand>>;
  const load = Object.hasOwn(subCommands, name) ? subCommands[name] : undefined;
  if (load === undefined) throw new UsageError(`there is no command "${name}". Commands: ${Object.keys(subCommands).join(", ")}; see --help.`);
  await run(await load(), rest, command);
}

/**
 * Runs a command line. It prints by `console`, asks at `process.stdin`, and never rejects.
 * @param words behind `daisee`.
 * @returns the exit code.
 */
export async function runDaisee(words: string[]): Promise<number> {
  try {
    if (words[0] === "--version" || words[0] === "-v") console.log(packageJson.version);
    else await run(root, words);
    return 0;
  } catch (error) {
    if (words.includes("--debug")) console.error(error);
    else console.error(`daisee: ${messageOf(error)}`);
    return exitCodeOf(error);
  }
}
