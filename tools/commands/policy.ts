/**
 * `daisee policy …`: what a board's limits would do.
 * @module
 */
import { defineCommand } from "citty";

export const policy = defineCommand({
  meta: { name: "policy", description: "Try a board's limits on recorded data. Example: daisee policy replay week.csv --policy mine.json" },
  subCommands: {
    replay: async () => (await import("./policy-replay.ts")).policyReplay,
  },
});
