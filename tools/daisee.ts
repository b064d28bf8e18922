/**
 * The `daisee` command: finds the subcommand, runs it, and turns what goes wrong into one line and an exit code.
 * @module
 */
import { renderUsage, runCommand } from "citty";
import type { CommandDef } from "citty";
import { exitCodeOf, messageOf, UsageError } from "./errors.ts";
import { refuseUnknown } from "./arguments.ts";
import packageJson from "../package.json" with { type: "json" };

// Loaded when asked for: help for one must not wait for the others' libraries.
// citty's CommandDef is invariant in its arguments, so a list of different commands has no closer common type.
// oxlint-disable-next-line typescript/no-explicit-any
const commands: Record<string, () => Promise<CommandDef<any>>> = {
  demo: async () => (await import("./commands/demo.ts")).demo,
  gateway: async () => (await import("./commands/gateway.ts")).gateway,
  verify: async () => (await import("./commands/verify.ts")).verify,
};

const root: CommandDef = {
  meta: { name: "daisee", version: packageJson.version, description: "Neighbours share energy: boards, a gateway in each home, a chain of their own." },
  subCommands: commands,
};

async function main(argv: string[]): Promise<void> {
  const [name, ...rest] = argv;
  if (name === "--version" || name === "-v") {
    console.log(packageJson.version);
    return;
  }
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    console.log(await renderUsage(root));
    return;
  }
  const load = commands[name];
  if (load === undefined) throw new UsageError(`there is no command "${name}". Commands: ${Object.keys(commands).join(", ")}; see daisee --help.`);
  const command = await load();
  if (rest.includes("--help") || rest.includes("-h")) {
    console.log(await renderUsage(command, root));
    return;
  }
  refuseUnknown(command, rest);
  await runCommand(command, { rawArgs: rest });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (process.argv.includes("--debug")) console.error(error);
  else console.error(`daisee: ${messageOf(error)}`);
  process.exitCode = exitCodeOf(error);
}
