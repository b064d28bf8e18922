/**
 * A board's settings: one JSON file, checked whole before any of it is used.
 * @module
 */
import { BOARD } from "./board.ts";
import type { Calibration, PolicySettings } from "../wire/commands.ts";

export interface BatterySettings {
  capacityMah: number;
  /** Voltages at rest when empty and when full. */
  emptyMv: number;
  fullMv: number;
  internalMilliohm: number;
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

/** Takes the fields of one object, each checked, and in the end refuses those that nobody took. */
class Fields {
  private readonly path: string;
  private readonly values: Record<string, unknown>;
  private readonly taken: string[];

  /** @param path of the object in the file, with a "." at its end unless it is the file itself. */
  constructor(value: unknown, path: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("settings: " + (path || "the file") + " must be an object");
    this.path = path;
    // Checked above: an object that is neither null nor an array.
    this.values = value as Record<string, unknown>;
    this.taken = [];
  }

  take(name: string): unknown {
    this.taken.push(name);
    return this.values[name];
  }

  refuse(name: string, expectation: string): never {
    throw new Error("settings: " + this.path + name + " must be " + expectation);
  }

  number(name: string, min: number, max: number): number {
    const value = this.take(name);
    if (typeof value !== "number" || !(value >= min && value <= max)) this.refuse(name, "a number from " + min + " to " + max);
    return value;
  }

  integer(name: string, min: number, max: number): number {
    const value = this.number(name, min, max);
    if (Math.floor(value) !== value) this.refuse(name, "a whole number");
    return value;
  }

  text(name: string, min: number, max: number): string {
    const value = this.take(name);
    if (typeof value !== "string" || value.length < min || value.length > max) {
      this.refuse(name, "a text of " + min + " to " + max + " characters");
    }
    return value;
  }

  object(name: string): Fields {
    return new Fields(this.take(name), this.path + name + ".");
  }

  /** Whether there is such a field. */
  has(name: string): boolean {
    return this.values[name] !== undefined;
  }

  done(): void {
    Object.keys(this.values).forEach((name) => {
      if (!this.taken.includes(name)) this.refuse(name, "left out: it is no setting");
    });
  }
}

function isIpv4(host: string): boolean {
  const parts = host.split(".");
  return parts.length === 4 && parts.every((part) => /^[0-9]+$/.test(part) && part.length <= 3 && parseInt(part, 10) <= 255);
}

function checkPolicy(given: Fields, controlMs: number): PolicySettings {
  const policy: PolicySettings = {
    lowPermille: given.integer("lowPermille", 1, 999),
    highPermille: given.integer("highPermille", 2, 1000),
    reservePermille: given.integer("reservePermille", 0, 998),
    giveAbovePermille: given.integer("giveAbovePermille", 1, 1000),
    minOnMs: given.integer("minOnMs", 0, DAY_MS),
    minOffMs: given.integer("minOffMs", 0, DAY_MS),
    // A relay needs some 10 ms to open, and its arc some more.
    deadTimeMs: given.integer("deadTimeMs", 50, 60000),
    // The sensor's own range ends at 20 A.
    tripMa: given.integer("tripMa", 100, 18000),
    lockoutMs: given.integer("lockoutMs", 1000, DAY_MS),
    busLiveMv: given.integer("busLiveMv", 1000, 30000),
    // Two control periods: one late turn is no fault.
    staleMs: given.integer("staleMs", 2 * controlMs, 60000),
  };
  given.done();
  if (policy.reservePermille >= policy.lowPermille) given.refuse("reservePermille", "below lowPermille");
  if (policy.lowPermille >= policy.highPermille) given.refuse("lowPermille", "below highPermille");
  if (policy.reservePermille >= policy.giveAbovePermille) given.refuse("reservePermille", "below giveAbovePermille");
  return policy;
}

function checkBattery(given: Fields): BatterySettings {
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

function checkFlash(given: Fields): Settings["flash"] {
  const flash = { address: given.integer("address", 0, 0x7fffffff), bytes: given.integer("bytes", 8 * SECTOR_BYTES, 0x1000000) };
  given.done();
  if (flash.address % SECTOR_BYTES !== 0) given.refuse("address", "a multiple of " + SECTOR_BYTES);
  if (flash.bytes % SECTOR_BYTES !== 0) given.refuse("bytes", "a multiple of " + SECTOR_BYTES);
  return flash;
}

function checkCalibration(given: Fields): Settings["calibration"] {
  const calibration: Settings["calibration"] = {};
  BOARD.channels.forEach(({ name }) => {
    if (!given.has(name)) return;
    const channel = given.object(name);
    calibration[name] = { offset: channel.number("offset", -5000, 5000), gain: channel.number("gain", 0.5, 2) };
    channel.done();
  });
  given.done();
  return calibration;
}

function checkWifi(given: Fields): Settings["wifi"] {
  const wifi = { ssid: given.text("ssid", 1, 32), password: given.text("password", 0, 63) };
  given.done();
  return wifi;
}

function checkGateway(given: Fields): Settings["gateway"] {
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
  const controlMs = given.integer("controlMs", 20, 1000);
  const readingMs = given.integer("readingMs", controlMs, 3600000);
  const settings: Settings = {
    version: 1,
    boardId,
    role,
    wifi: checkWifi(given.object("wifi")),
    gateway: checkGateway(given.object("gateway")),
    slotMs: given.integer("slotMs", readingMs, DAY_MS),
    readingMs,
    controlMs,
    policy: checkPolicy(given.object("policy"), controlMs),
    battery: checkBattery(given.object("battery")),
    flash: given.has("flash") ? checkFlash(given.object("flash")) : DEFAULT_FLASH,
    calibration: given.has("calibration") ? checkCalibration(given.object("calibration")) : {},
  };
  given.done();
  return settings;
}
