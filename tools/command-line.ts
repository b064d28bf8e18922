/**
 * Finds the subcommand that a command line means, runs it, and turns what goes wrong into one line and an exit code.
 * @module
 */
import { stripVTControlCharacters } from "node:util";
import { renderUsage, runCommand } from "citty";
import type { ArgsDef, CommandMeta } from "citty";
import { exitCodeOf, messageOf, UsageError } from "./errors.ts";
import { kebab, refuseUnknown } from "./arguments.ts";
import { root } from "./root.ts";
import type { AnyCommand } from "./root.ts";
import packageJson from "../package.json" with { type: "json" };

const HELP = ["--help", "-h", "help"];

/** Prints a command's help under the words by which it is called, and its options as they are typed. */
async function printHelp(command: AnyCommand, path: string[]): Promise<void> {
  // Commands here give both as plain objects.
  const { args, meta } = command as { args?: ArgsDef; meta: CommandMeta };
  const typed = Object.fromEntries(Object.entries(args ?? {}).map(([name, definition]) => [kebab(name), definition]));
  const text = await renderUsage({ ...command, args: typed, meta: { ...meta, name: path.join(" ") } });
  console.log(process.stdout.isTTY ? text : stripVTControlCharacters(text));
}

/** Walks from a command with subcommands down to the one that is meant, and runs it or prints its help. */
async function run(command: AnyCommand, words: string[], path: string[]): Promise<void> {
  const [name, ...rest] = words;
  if (command.subCommands === undefined) {
    if (words.some((word) => word === "--help" || word === "-h")) {
      await printHelp(command, path);
      return;
    }
    refuseUnknown(command, words);
    await runCommand(command, { rawArgs: words });
    return;
  }
  if (name === undefined || HELP.includes(name)) {
    await printHelp(command, path);
    return;
  }
  // And their subcommands as plain objects of loaders.
  const subCommands = command.subCommands as Record<string, () => Promise<AnyCommand>>;
  const load = Object.hasOwn(subCommands, name) ? subCommands[name] : undefined;
  if (load === undefined) throw new UsageError(`there is no command "${name}". Commands: ${Object.keys(subCommands).join(", ")}; see --help.`);
  await run(await load(), rest, [...path, name]);
}

/**
 * Runs a command line. It prints by `console`, asks at `process.stdin`, and never rejects.
 * @param words behind `daisee`.
 * @returns the exit code.
 */
export async function runDaisee(words: string[]): Promise<number> {
  try {
    if (words[0] === "--version" || words[0] === "-v") console.log(packageJson.version);
    else await run(root, words, ["daisee"]);
    return 0;
  } catch (error) {
    if (words.includes("--debug")) console.error(error);
    else console.error(`daisee: ${messageOf(error)}`);
    return exitCodeOf(error);
  }
}
