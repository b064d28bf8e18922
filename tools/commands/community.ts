/**
 * `daisee community …`: founding a community, and who belongs to it.
 * @module
 */
import { defineCommand } from "citty";

export const community = defineCommand({
  meta: { name: "community", description: "Found a community; admit, replace and retire homes and meters. Example: daisee community admit miller.json" },
  subCommands: {
    found: async () => (await import("./community-found.ts")).found,
    apply: async () => (await import("./community-apply.ts")).apply,
    admit: async () => (await import("./community-admit.ts")).admit,
    fund: async () => (await import("./community-fund.ts")).fund,
    list: async () => (await import("./community-list.ts")).list,
    retire: async () => (await import("./community-change.ts")).retire,
    "replace-meter": async () => (await import("./community-change.ts")).replaceMeterCommand,
    "replace-gateway": async () => (await import("./community-change.ts")).replaceGatewayCommand,
  },
});
