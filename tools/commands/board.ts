/**
 * `daisee board …`: everything about one home's boards.
 * @module
 */
import { defineCommand } from "citty";

export const board = defineCommand({
  meta: { name: "board", description: "Flash, look after and set boards. Examples: daisee board flash; daisee board list" },
  subCommands: {
    monitor: async () => (await import("./board-monitor.ts")).boardMonitor,
  },
});
