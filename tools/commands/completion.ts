/**
 * `daisee completion <shell>`: a script that completes commands and options.
 * @module
 */
import { defineCommand } from "citty";
import { COMMON_ARGUMENTS } from "../arguments.ts";
import { bashCompletion, fishCompletion, leavesOf, zshCompletion } from "../completion.ts";
import { UsageError } from "../errors.ts";
import { root } from "../root.ts";

const WRITERS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export const completion = defineCommand({
  meta: { name: "completion", description: "Print a completion script. Example: source <(daisee completion bash)" },
  args: {
    shell: { type: "positional", description: "bash, zsh or fish", required: true },
    json: { type: "boolean", description: "Print what each command takes as JSON", default: false },
    ...COMMON_ARGUMENTS,
  },
  async run({ args }) {
    const write = Object.hasOwn(WRITERS, args.shell) ? WRITERS[args.shell as keyof typeof WRITERS] : undefined;
    if (write === undefined) throw new UsageError(`there is completion for ${Object.keys(WRITERS).join(", ")}, not for "${args.shell}".`);
    const leaves = await leavesOf(root);
    console.log(args.json ? JSON.stringify(leaves, null, 2) : write(leaves).trimEnd());
  },
});
