/**
 * A board's settings: one JSON file, checked whole before any of it is used.
 * @module
 */
import { boardDefinition, largestTripMa, shortestControlMs } from "./board.ts";
import { MAX_GAIN, maxOffset, MIN_GAIN } from "./calibration.ts";
import { Fields, Listed } from "./fields.ts";
import { defaultWiring, refuseWiring } from "./wiring.ts";
import { MAX_BOOT } from "../wire/frame.ts";
import type { BoardDefinition, BoardName, Channel } from "./board.ts";
import type { Calibration, PolicySettings } from "../wire/commands.ts";
import type { Role, Wiring } from "./wiring.ts";

export interface BatterySettings {
  capacityMah: number;
  /** Voltages at rest when empty and when full. */
  emptyMv: number;
  fullMv: number;
  internalMilliohm: number;
}

/** Where the board may write, in bytes; all of it whole sectors. */
export interface FlashSettings {
  /** Raw region of the board's own: boot numbers, changed settings, and the records where Storage has no room for them. */
  address: number;
  bytes: number;
  /** Espruino's Storage, and how much of it the file of records takes; 0 for none. */
  storageAddress: number;
  storageBytes: number;
  recordBytes: number;
}

export interface Settings {
  version: 1;
  /** Number of the board's first start: 1, or above every number that it used before all of them were lost. */
  firstBoot: number;
  /** EUI-48 of the Wi-Fi interface as 12 lower-case hex digits. */
  boardId: string;
  role: Role;
  /** What is soldered; the file has its name. */
  board: BoardDefinition;
  wifi: { ssid: string; password: string };
  /** An IPv4 address: a look-up by name would block the interpreter. */
  gateway: { host: string; port: number };
  slotMs: number;
  readingMs: number;
  controlMs: number;
  policy: PolicySettings;
  battery: BatterySettings;
  /** Which relays each source closes, and which exclude each other. */
  wiring: Wiring;
  flash: FlashSettings;
  /** By channel name; channels that are not named are taken as measured. */
  calibration: Partial<Record<string, Calibration>>;
}

/** Settings as they stand in the file: what may be left out, and relays by the names of the sources. */
export type SettingsFile = Omit<Settings, "firstBoot" | "board" | "wiring" | "flash" | "calibration"> & {
  board?: BoardName;
  firstBoot?: number;
  wiring?: { own?: number; bus?: number; keep?: number; give?: number; interlocks: number[] };
  flash?: FlashSettings;
  calibration?: Settings["calibration"];
};

/** As Espruino's partition table for an ESP32 with 4 MB has it; a third of Storage stays free for code and its updates. */
export const DEFAULT_FLASH: FlashSettings = {
  address: 0x310000,
  bytes: 65536,
  storageAddress: 0x320000,
  storageBytes: 917504,
  recordBytes: 589824,
};
/** Least raw region: boot numbers, changed settings, the self-test's sector, and two small rings. */
const MIN_RAW_SECTORS = 12;
const SECTOR_BYTES = 4096;
const DAY_MS = 86400000;
const MAX_ADDRESS = 0x7fffffff;
const MAX_FLASH_BYTES = 0x1000000;

function isIpv4(host: string): boolean {
  const parts = host.split(".");
  return parts.length === 4 && parts.every((part) => /^[0-9]+$/.test(part) && part.length <= 3 && parseInt(part, 10) <= 255);
}

/** Takes the limits in the order of the wire. `maxTripMa` is what the board's sensors see. `staleMs` spans two control periods at least: one late turn is no fault. */
function takePolicy(given: Fields, controlMs: number, maxTripMa: number): PolicySettings {
  const policy: PolicySettings = {
    lowPermille: given.integer("lowPermille", 1, 999),
    highPermille: given.integer("highPermille", 2, 1000),
    reservePermille: given.integer("reservePermille", 0, 998),
    giveAbovePermille: given.integer("giveAbovePermille", 1, 1000),
    minOnMs: given.integer("minOnMs", 0, DAY_MS),
    minOffMs: given.integer("minOffMs", 0, DAY_MS),
    // A relay needs some 10 ms to open, and its arc some more.
    deadTimeMs: given.integer("deadTimeMs", 50, 60000),
    tripMa: given.integer("tripMa", 100, maxTripMa),
    lockoutMs: given.integer("lockoutMs", 1000, DAY_MS),
    busLiveMv: given.integer("busLiveMv", 1000, 30000),
    staleMs: given.integer("staleMs", 2 * controlMs, 60000),
  };
  given.done();
  if (policy.reservePermille >= policy.lowPermille) given.refuse("reservePermille", "below lowPermille");
  if (policy.lowPermille >= policy.highPermille) given.refuse("lowPermille", "below highPermille");
  if (policy.reservePermille >= policy.giveAbovePermille) given.refuse("reservePermille", "below giveAbovePermille");
  return policy;
}

/** Checks limits by their values in the order of the wire. Throws with the name of the first wrong one. */
export function checkPolicy(values: number[], controlMs: number, maxTripMa: number): PolicySettings {
  return takePolicy(new Listed(values, "policy."), controlMs, maxTripMa);
}

function takeCalibration(given: Fields, offset: number): Calibration {
  return { offset: given.number("offset", -offset, offset), gain: given.number("gain", MIN_GAIN, MAX_GAIN) };
}

/** Checks a calibration that a command gives. Throws with the name of what is wrong. */
export function checkCalibration(values: number[], channel: Channel): Calibration {
  return takeCalibration(new Listed(values, "calibration."), maxOffset(channel));
}

function takeBattery(given: Fields): BatterySettings {
  const battery: BatterySettings = {
    capacityMah: given.integer("capacityMah", 100, 10000000),
    emptyMv: given.integer("emptyMv", 5000, 30000),
    fullMv: given.integer("fullMv", 5000, 30000),
    internalMilliohm: given.integer("internalMilliohm", 0, 2000),
  };
  given.done();
  if (battery.emptyMv >= battery.fullMv) given.refuse("emptyMv", "below fullMv");
  return battery;
}

function takeFlash(given: Fields): FlashSettings {
  const sectors = (name: string, min: number, max: number): number => {
    const value = given.integer(name, min, max);
    if (value % SECTOR_BYTES !== 0) given.refuse(name, "a multiple of " + SECTOR_BYTES);
    return value;
  };
  const flash: FlashSettings = {
    address: sectors("address", 0, MAX_ADDRESS),
    bytes: sectors("bytes", MIN_RAW_SECTORS * SECTOR_BYTES, MAX_FLASH_BYTES),
    storageAddress: sectors("storageAddress", 0, MAX_ADDRESS),
    storageBytes: sectors("storageBytes", 0, MAX_FLASH_BYTES),
    recordBytes: sectors("recordBytes", 0, MAX_FLASH_BYTES),
  };
  given.done();
  return flash;
}

function takeWiring(given: Fields, role: Role, count: number): Wiring {
  const relays = (name: string): number => given.integer(name, 1, 15);
  // By the number of the source.
  const closed = role === "producer" ? [0, 0, 0, relays("keep"), relays("give")] : [0, relays("own"), relays("bus")];
  const interlocks = given.take("interlocks");
  if (!Array.isArray(interlocks) || !interlocks.every((group) => typeof group === "number" && group > 0 && group < 16 && Math.floor(group) === group)) {
    given.refuse("interlocks", "a list of relays, one bit each");
  }
  given.done();
  // Checked above: whole numbers.
  const wiring: Wiring = { closed, interlocks: interlocks as number[] };
  const problem = refuseWiring(wiring, role, count);
  if (problem) given.refuse("", problem);
  return wiring;
}

function takeCalibrations(given: Fields, board: BoardDefinition): Settings["calibration"] {
  const calibration: Settings["calibration"] = {};
  board.channels.forEach((channel) => {
    if (!given.has(channel.name)) return;
    const fields = given.object(channel.name);
    calibration[channel.name] = takeCalibration(fields, maxOffset(channel));
    fields.done();
  });
  given.done();
  return calibration;
}

function takeBoard(given: Fields): BoardDefinition {
  const name = given.text("board", 4, 5);
  if (name !== "hall" && name !== "shunt" && name !== "clamp") return given.refuse("board", "hall, shunt or clamp");
  return boardDefinition(name);
}

function takeWifi(given: Fields): Settings["wifi"] {
  const wifi = { ssid: given.text("ssid", 1, 32), password: given.text("password", 0, 63) };
  given.done();
  return wifi;
}

function takeGateway(given: Fields): Settings["gateway"] {
  const gateway = { host: given.text("host", 7, 15), port: given.integer("port", 1, 65535) };
  given.done();
  if (!isIpv4(gateway.host)) given.refuse("host", "an IPv4 address");
  return gateway;
}

/** Checks settings as parsed from JSON. Throws with the name of the first wrong, missing or unknown field. */
export function checkSettings(value: unknown): Settings {
  const given = new Fields(value, "");
  given.integer("version", 1, 1);
  const boardId = given.text("boardId", 12, 12);
  if (!/^[0-9a-f]+$/.test(boardId)) given.refuse("boardId", "12 lower-case hex digits");
  const role = given.text("role", 8, 8);
  if (role !== "consumer" && role !== "producer") return given.refuse("role", "consumer or producer");
  const board = given.has("board") ? takeBoard(given) : boardDefinition("hall");
  const controlMs = given.integer("controlMs", shortestControlMs(board), 1000);
  const readingMs = given.integer("readingMs", controlMs, 3600000);
  const settings: Settings = {
    version: 1,
    firstBoot: given.has("firstBoot") ? given.integer("firstBoot", 1, MAX_BOOT) : 1,
    boardId,
    role,
    board,
    wifi: takeWifi(given.object("wifi")),
    gateway: takeGateway(given.object("gateway")),
    slotMs: given.integer("slotMs", readingMs, DAY_MS),
    readingMs,
    controlMs,
    policy: takePolicy(given.object("policy"), controlMs, largestTripMa(board)),
    battery: takeBattery(given.object("battery")),
    wiring: given.has("wiring") ? takeWiring(given.object("wiring"), role, board.relays.length) : defaultWiring(role),
    flash: given.has("flash") ? takeFlash(given.object("flash")) : DEFAULT_FLASH,
    calibration: given.has("calibration") ? takeCalibrations(given.object("calibration"), board) : {},
  };
  given.done();
  return settings;
}
