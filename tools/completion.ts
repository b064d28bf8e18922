/**
 * Shell completion, written out from the commands themselves so that the shell need not ask them.
 * @module
 */
import type { ArgsDef } from "citty";
import { kebab } from "./arguments.ts";
import type { AnyCommand } from "./root.ts";

/** One command with subcommands, or one with options. */
export interface Leaf {
  /** Words that lead to it, such as "board flash"; "" for the root. */
  path: string;
  /** What may follow: subcommands, or options. */
  words: string[];
}

/** Walks a command's tree. */
export async function leavesOf(command: AnyCommand, path: string[] = []): Promise<Leaf[]> {
  const joined = path.join(" ");
  if (command.subCommands === undefined) {
    // Commands here give their arguments as plain objects.
    const options = Object.entries((command.args ?? {}) as ArgsDef).filter(([, { type }]) => type !== "positional");
    return [{ path: joined, words: [...options.map(([name]) => `--${kebab(name)}`), "--help"] }];
  }
  // And their subcommands as plain objects of loaders.
  const subCommands = Object.entries(command.subCommands as Record<string, () => Promise<AnyCommand>>);
  const below = await Promise.all(subCommands.map(async ([name, load]) => leavesOf(await load(), [...path, name])));
  return [{ path: joined, words: [...subCommands.map(([name]) => name), "--help"] }, ...below.flat()];
}

/** For bash; zsh takes the same through bashcompinit. */
export function bashCompletion(leaves: readonly Leaf[]): string {
  const cases = leaves.map(({ path, words }) => `    "${path}") words="${words.join(" ")}";;`);
  return `# daisee completion for bash. Load it with: source <(daisee completion bash)
_daisee() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) break;; *) path="\${path:+$path }$word";; esac
  done
  while :; do
    case "$path" in
${cases.join("\n")}
    esac
    [[ -n "$words" || -z "$path" ]] && break
    # A positional argument: what its command takes goes on.
    [[ "$path" == *" "* ]] && path="\${path% *}" || path=""
  done
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ -z "\${COMPREPLY[*]}" && "$current" != -* ]] && COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _daisee daisee
`;
}

export function zshCompletion(leaves: readonly Leaf[]): string {
  return `# daisee completion for zsh. Load it with: source <(daisee completion zsh)\nautoload -U +X bashcompinit && bashcompinit\n${bashCompletion(leaves)}`;
}

export function fishCompletion(leaves: readonly Leaf[]): string {
  const lines = leaves.flatMap(({ path, words }) => {
    const steps = path === "" ? [] : path.split(" ");
    const seen = steps.map((step) => `__fish_seen_subcommand_from ${step}`);
    const condition = seen.length === 0 ? "__fish_use_subcommand" : seen.join("; and ");
    return words.map((word) => (word.startsWith("--") ? `complete -c daisee -n "${condition}" -l ${word.slice(2)}` : `complete -c daisee -n "${condition}" -f -a ${word}`));
  });
  return `# daisee completion for fish. Load it with: daisee completion fish | source\n${lines.join("\n")}\n`;
}
