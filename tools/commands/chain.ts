/**
 * `daisee chain …`: a community's own chain, from its first files to its votes.
 * @module
 */
import { defineCommand } from "citty";

export const chain = defineCommand({
  meta: { name: "chain", description: "The neighbours' chain: make it, run a node of it, look at it, change who keeps it. Example: daisee chain status --folder village/anna" },
  subCommands: {
    init: async () => (await import("./chain-init.ts")).init,
    start: async () => (await import("./chain-start.ts")).start,
    status: async () => (await import("./chain-status.ts")).status,
    "add-validator": async () => (await import("./chain-vote.ts")).addValidator,
    "remove-validator": async () => (await import("./chain-vote.ts")).removeValidator,
    export: async () => (await import("./chain-export.ts")).exportChain,
  },
});
