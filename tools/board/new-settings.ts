/**
 * What a new board is told of its home: its settings file and its key, and what the gateway is told of it.
 * @module
 */
import { checkSettings } from "#firmware/core/settings.ts";
import type { SettingsFile } from "#firmware/core/settings.ts";
import type { BoardName } from "#firmware/core/board.ts";
import type { NewBoard } from "#gateway/api/schemas/boards.ts";
import { DEFAULT_POLICY } from "../replay/policy-file.ts";

export interface NewBoardOptions {
  board: BoardName;
  role: "consumer" | "producer";
  wifi: { ssid: string; password: string };
  /** Where the gateway hears boards: IPv4 address and UDP port. */
  gateway: { host: string; port: number };
  slotMs: number;
  readingMs: number;
  batteryAh: number;
}

/** A lead-acid battery of 12 V at rest; whoever has another one changes its settings. */
const LEAD_ACID = { emptyMv: 11_600, fullMv: 12_700, internalMilliohm: 20 };
const RATED_POWER_W = 240;

/** The settings file. @throws with the field and what it must be, as the board itself would. */
export function newSettings(boardId: string, firstBoot: number, { batteryAh, board, gateway, readingMs, role, slotMs, wifi }: NewBoardOptions): SettingsFile {
  const file: SettingsFile = {
    version: 1,
    boardId,
    firstBoot,
    role,
    board,
    wifi,
    gateway,
    slotMs,
    readingMs,
    controlMs: 100,
    policy: DEFAULT_POLICY,
    battery: { capacityMah: Math.round(batteryAh * 1000), ...LEAD_ACID },
  };
  checkSettings(file);
  return file;
}

/** What the gateway is told. @param secretHex 64 hex digits. */
export function newBoard(boardId: string, name: string, secretHex: string, { readingMs, role }: NewBoardOptions): NewBoard {
  return {
    boardId,
    name,
    role,
    meters: [
      { meter: 0, kind: "battery", name: "Battery", ratedPowerW: RATED_POWER_W },
      { meter: 1, kind: "bus", name: "Neighbours", ratedPowerW: RATED_POWER_W },
    ],
    secret: secretHex,
    readingMs,
    policy: DEFAULT_POLICY,
  };
}
