/**
 * `daisee board …`: everything about one home's boards.
 * @module
 */
import { defineCommand } from "citty";

export const board = defineCommand({
  meta: { name: "board", description: "Flash, look after and set boards. Examples: daisee board flash; daisee board list" },
  subCommands: {
    flash: async () => (await import("./board-flash.ts")).boardFlash,
    list: async () => (await import("./board-list.ts")).boardList,
    settings: async () => (await import("./board-settings.ts")).boardSettings,
    policy: async () => (await import("./board-policy.ts")).boardPolicy,
    override: async () => (await import("./board-override.ts")).boardOverride,
    identify: async () => (await import("./board-identify.ts")).boardIdentify,
    calibrate: async () => (await import("./board-calibrate.ts")).boardCalibrate,
    diag: async () => (await import("./board-diag.ts")).boardDiag,
    monitor: async () => (await import("./board-monitor.ts")).boardMonitor,
  },
});
