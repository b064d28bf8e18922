/**
 * Valid settings to start from, as they stand in the file.
 * @module
 */
import { checkSettings, type Settings } from "#firmware/core/settings.ts";
import type { PolicySettings } from "#firmware/wire/commands.ts";

export const EXAMPLE = {
  version: 1,
  boardId: "0242ac110002",
  role: "consumer",
  wifi: { ssid: "village", password: "long enough" },
  gateway: { host: "192.168.1.10", port: 5683 },
  slotMs: 900000,
  readingMs: 10000,
  controlMs: 100,
  policy: {
    lowPermille: 300,
    highPermille: 600,
    reservePermille: 100,
    giveAbovePermille: 700,
    minOnMs: 5000,
    minOffMs: 3000,
    deadTimeMs: 300,
    tripMa: 10000,
    lockoutMs: 30000,
    busLiveMv: 9000,
    staleMs: 1000,
  },
  battery: { capacityMah: 1200, emptyMv: 11000, fullMv: 12800, internalMilliohm: 50 },
};

/** The example as a file, with changes; refused here rather than on a board. */
export function exampleFile(change: object = {}): string {
  checkSettings({ ...EXAMPLE, ...change });
  return JSON.stringify({ ...EXAMPLE, ...change });
}

export function exampleSettings(change: object = {}): Settings {
  return checkSettings({ ...EXAMPLE, ...change });
}

export const POLICY: PolicySettings = exampleSettings().policy;
