/**
 * All commands, each loaded when it is asked for: help for one must not wait for the others' libraries.
 * @module
 */
import type { CommandDef } from "citty";
import packageJson from "../package.json" with { type: "json" };

// citty's CommandDef is invariant in its arguments, so a list of different commands has no closer common type.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyCommand = CommandDef<any>;

export const root: AnyCommand = {
  meta: { name: "daisee", version: packageJson.version, description: "Neighbours share energy: boards, a gateway in each home, a chain of their own. Example: daisee demo" },
  subCommands: {
    demo: async () => (await import("./commands/demo.ts")).demo,
    setup: async () => (await import("./commands/setup.ts")).setup,
    gateway: async () => (await import("./commands/gateway.ts")).gateway,
    board: async () => (await import("./commands/board.ts")).board,
    login: async () => (await import("./commands/login.ts")).login,
    policy: async () => (await import("./commands/policy.ts")).policy,
    verify: async () => (await import("./commands/verify.ts")).verify,
    doctor: async () => (await import("./commands/doctor.ts")).doctor,
    backup: async () => (await import("./commands/backup.ts")).backup,
    restore: async () => (await import("./commands/restore.ts")).restore,
    chain: async () => (await import("./commands/chain.ts")).chain,
    key: async () => (await import("./commands/key.ts")).key,
    community: async () => (await import("./commands/community.ts")).community,
    completion: async () => (await import("./commands/completion.ts")).completion,
  } satisfies Record<string, () => Promise<AnyCommand>>,
};
