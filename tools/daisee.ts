/**
 * The `daisee` command: finds the subcommand, runs it, and turns what goes wrong into one line and an exit code.
 * @module
 */
import { renderUsage, runCommand } from "citty";
import type { CommandDef } from "citty";
import { exitCodeOf, messageOf, UsageError } from "./errors.ts";
import { refuseUnknown } from "./arguments.ts";
import packageJson from "../package.json" with { type: "json" };

// citty's CommandDef is invariant in its arguments, so a list of different commands has no closer common type.
// oxlint-disable-next-line typescript/no-explicit-any
type AnyCommand = CommandDef<any>;

// Loaded when asked for: help for one must not wait for the others' libraries.
const root: AnyCommand = {
  meta: { name: "daisee", version: packageJson.version, description: "Neighbours share energy: boards, a gateway in each home, a chain of their own." },
  subCommands: {
    backup: async () => (await import("./commands/backup.ts")).backup,
    chain: async () => (await import("./commands/chain.ts")).chain,
    demo: async () => (await import("./commands/demo.ts")).demo,
    board: async () => (await import("./commands/board.ts")).board,
    doctor: async () => (await import("./commands/doctor.ts")).doctor,
    gateway: async () => (await import("./commands/gateway.ts")).gateway,
    login: async () => (await import("./commands/login.ts")).login,
    policy: async () => (await import("./commands/policy.ts")).policy,
    restore: async () => (await import("./commands/restore.ts")).restore,
    setup: async () => (await import("./commands/setup.ts")).setup,
    verify: async () => (await import("./commands/verify.ts")).verify,
  } satisfies Record<string, () => Promise<AnyCommand>>,
};

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

async function main(words: string[]): Promise<void> {
  if (words[0] === "--version" || words[0] === "-v") console.log(packageJson.version);
  else await run(root, words);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (process.argv.includes("--debug")) console.error(error);
  else console.error(`daisee: ${messageOf(error)}`);
  process.exitCode = exitCodeOf(error);
}
