/**
 * A board's settings: one JSON file, checked whole before any of it is used.
 * @module
 */
import { BOARD } from "./board.ts";

/** Limits by which the relays switch. Charges in per mille of the battery, times in ms, currents in mA, voltages in mV. */
export interface PolicySettings {
  /** Consumer: at or below it, the load moves to the neighbours' bus. */
  lowPermille: number;
  /** Consumer: at or above it, the load moves back to its own battery. */
  highPermille: number;
  /** Consumer: at or below it, its own battery no longer feeds the load. Producer: at or below it, giving stops. */
  reservePermille: number;
  /** Producer: at or above it, giving starts. */
  giveAbovePermille: number;
  /** Shortest stay with a source, and without one; faults do not wait for it. */
  minOnMs: number;
  minOffMs: number;
  /** Both relays open between two sources. */
  deadTimeMs: number;
  /** A current above it in either direction opens all relays. */
  tripMa: number;
  /** The bus counts as live at or above it. */
  busLiveMv: number;
  /** A sensor without a plausible value for so long opens all relays. */
  staleMs: number;
}

export interface BatterySettings {
  capacityMah: number;
  /** Voltages at rest when empty and when full. */
  emptyMv: number;
  fullMv: number;
  internalMilliohm: number;
}

/** Corrects a channel: value * gain + offset, the offset in the channel's unit (mA or mV). */
export interface Calibration {
  offset: number;
  gain: number;
}

export interface Settings {
  version: 1;
  /** EUI-48 of the Wi-Fi interface as 12 lower-case hex digits. */
  boardId: string;
  role: "consumer" | "producer";
  wifi: { ssid: string; password: string };
  /** An IPv4 address: a look-up by name would block the interpreter. */
  gateway: { host: string; port: number };
  slotMs: number;
  readingMs: number;
  controlMs: number;
  policy: PolicySettings;
  battery: BatterySettings;
  /** Raw flash region for the boot counter and the records; whole sectors. */
  flash: { address: number; bytes: number };
  /** By channel name; channels that are not named are taken as measured. */
  calibration: Partial<Record<string, Calibration>>;
}

/** Region that is free on an ESP32 with Espruino's partition table. */
export const DEFAULT_FLASH = { address: 0x310000, bytes: 65536 };
const SECTOR_BYTES = 4096;
const DAY_MS = 86400000;

type Fields = Record<string, unknown>;

function refuse(path: string, expectation: string): never {
  throw new Error("settings: " + path + " must be " + expectation);
}

/** The object's fields, after a look for missing and unknown ones. A name that ends in "?" may be missing. */
function fields(value: unknown, path: string, names: string[]): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(path || "the file", "an object");
  // Checked above: an object that is neither null nor an array.
  const object = value as Fields;
  for (let i = 0; i < names.length; i++) {
    const name = names[i] || "";
    if (name.charAt(name.length - 1) !== "?" && object[name] === undefined) refuse(path + name, "given");
  }
  const given = Object.keys(object);
  for (let i = 0; i < given.length; i++) {
    const name = given[i] || "";
    if (!names.includes(name) && !names.includes(name + "?")) refuse(path + name, "left out: it is no setting");
  }
  return object;
}

function number(object: Fields, path: string, name: string, min: number, max: number): number {
  const value = object[name];
  if (typeof value !== "number" || !(value >= min && value <= max)) refuse(path + name, "a number from " + min + " to " + max);
  return value;
}

function integer(object: Fields, path: string, name: string, min: number, max: number): number {
  const value = number(object, path, name, min, max);
  if (Math.floor(value) !== value) refuse(path + name, "a whole number");
  return value;
}

function text(object: Fields, path: string, name: string, min: number, max: number): string {
  const value = object[name];
  if (typeof value !== "string" || value.length < min || value.length > max) {
    refuse(path + name, "a text of " + min + " to " + max + " characters");
  }
  return value;
}

function isIpv4(host: string): boolean {
  const parts = host.split(".");
  if (parts.length !== 4) return false;
  return parts.every((part) => /^[0-9]+$/.test(part) && part.length <= 3 && parseInt(part, 10) <= 255);
}

function checkPolicy(value: unknown): PolicySettings {
  const path = "policy.";
  const given = fields(value, path, [
    "lowPermille",
    "highPermille",
    "reservePermille",
    "giveAbovePermille",
    "minOnMs",
    "minOffMs",
    "deadTimeMs",
    "tripMa",
    "busLiveMv",
    "staleMs",
  ]);
  const policy: PolicySettings = {
    lowPermille: integer(given, path, "lowPermille", 1, 999),
    highPermille: integer(given, path, "highPermille", 2, 1000),
    reservePermille: integer(given, path, "reservePermille", 0, 998),
    giveAbovePermille: integer(given, path, "giveAbovePermille", 1, 1000),
    minOnMs: integer(given, path, "minOnMs", 0, DAY_MS),
    minOffMs: integer(given, path, "minOffMs", 0, DAY_MS),
    // A relay needs some 10 ms to open and its arc some more.
    deadTimeMs: integer(given, path, "deadTimeMs", 50, 60000),
    // The sensor's own range ends at 20 A.
    tripMa: integer(given, path, "tripMa", 100, 18000),
    busLiveMv: integer(given, path, "busLiveMv", 1000, 30000),
    staleMs: integer(given, path, "staleMs", 200, 60000),
  };
  if (policy.reservePermille >= policy.lowPermille) refuse(path + "reservePermille", "below lowPermille");
  if (policy.lowPermille >= policy.highPermille) refuse(path + "lowPermille", "below highPermille");
  if (policy.reservePermille >= policy.giveAbovePermille) refuse(path + "reservePermille", "below giveAbovePermille");
  return policy;
}

function checkBattery(value: unknown): BatterySettings {
  const path = "battery.";
  const given = fields(value, path, ["capacityMah", "emptyMv", "fullMv", "internalMilliohm"]);
  const battery: BatterySettings = {
    capacityMah: integer(given, path, "capacityMah", 100, 10000000),
    emptyMv: integer(given, path, "emptyMv", 5000, 30000),
    fullMv: integer(given, path, "fullMv", 5000, 30000),
    internalMilliohm: integer(given, path, "internalMilliohm", 0, 2000),
  };
  if (battery.emptyMv >= battery.fullMv) refuse(path + "emptyMv", "below fullMv");
  return battery;
}

function checkFlash(value: unknown): Settings["flash"] {
  if (value === undefined) return DEFAULT_FLASH;
  const path = "flash.";
  const given = fields(value, path, ["address", "bytes"]);
  const flash = {
    address: integer(given, path, "address", 0, 0x7fffffff),
    bytes: integer(given, path, "bytes", 8 * SECTOR_BYTES, 0x1000000),
  };
  if (flash.address % SECTOR_BYTES !== 0) refuse(path + "address", "a multiple of " + SECTOR_BYTES);
  if (flash.bytes % SECTOR_BYTES !== 0) refuse(path + "bytes", "a multiple of " + SECTOR_BYTES);
  return flash;
}

function checkCalibration(value: unknown): Settings["calibration"] {
  const calibration: Settings["calibration"] = {};
  if (value === undefined) return calibration;
  const names = BOARD.channels.map((channel) => channel.name);
  const given = fields(
    value,
    "calibration.",
    names.map((name) => name + "?"),
  );
  names.forEach((name) => {
    if (given[name] === undefined) return;
    const path = "calibration." + name + ".";
    const entry = fields(given[name], path, ["offset", "gain"]);
    calibration[name] = { offset: number(entry, path, "offset", -5000, 5000), gain: number(entry, path, "gain", 0.5, 2) };
  });
  return calibration;
}

/** Checks settings as parsed from JSON. Throws with the name of the first wrong, missing or unknown field. */
export function checkSettings(value: unknown): Settings {
  const names = ["version", "boardId", "role", "wifi", "gateway", "slotMs", "readingMs", "controlMs", "policy", "battery"];
  const given = fields(value, "", names.concat(["flash?", "calibration?"]));
  if (given["version"] !== 1) refuse("version", "1");
  const boardId = text(given, "", "boardId", 12, 12);
  if (!/^[0-9a-f]+$/.test(boardId)) refuse("boardId", "12 lower-case hex digits");
  const role = given["role"];
  if (role !== "consumer" && role !== "producer") refuse("role", "consumer or producer");
  const wifi = fields(given["wifi"], "wifi.", ["ssid", "password"]);
  const gateway = fields(given["gateway"], "gateway.", ["host", "port"]);
  const host = text(gateway, "gateway.", "host", 7, 15);
  if (!isIpv4(host)) refuse("gateway.host", "an IPv4 address");
  const controlMs = integer(given, "", "controlMs", 20, 1000);
  const readingMs = integer(given, "", "readingMs", controlMs, 3600000);
  const settings: Settings = {
    version: 1,
    boardId,
    role,
    wifi: { ssid: text(wifi, "wifi.", "ssid", 1, 32), password: text(wifi, "wifi.", "password", 0, 63) },
    gateway: { host, port: integer(gateway, "gateway.", "port", 1, 65535) },
    slotMs: integer(given, "", "slotMs", readingMs, DAY_MS),
    readingMs,
    controlMs,
    policy: checkPolicy(given["policy"]),
    battery: checkBattery(given["battery"]),
    flash: checkFlash(given["flash"]),
    calibration: checkCalibration(given["calibration"]),
  };
  if (settings.policy.staleMs < 2 * controlMs) refuse("policy.staleMs", "at least two control periods");
  return settings;
}
