/**
 * Boot order: relays safe, REPL off, watchdog, settings, control loop, network. The only file that touches the interpreter's globals.
 * @module
 */
import { BOARD } from "./core/board.ts";
import { countBoot } from "./core/boot-counter.ts";
import { Controller } from "./core/controller.ts";
import { Recorder } from "./core/recorder.ts";
import { Sender } from "./core/sender.ts";
import { checkSettings } from "./core/settings.ts";
import { Uptime } from "./core/uptime.ts";
import { createSampler } from "./drivers/adc.ts";
import { createKeys } from "./drivers/crypto.ts";
import { createFlashRegion } from "./drivers/flash.ts";
import { Link } from "./drivers/link.ts";
import { driveRelays } from "./drivers/relays.ts";
import { WifiKeeper } from "./drivers/wifi.ts";
import type { Kept } from "./core/recorder.ts";
import type { Settings } from "./core/settings.ts";

/** Longer than anything that blocks the interpreter for a good reason; the bound that `core/uptime.ts` relies on. */
const WATCHDOG_S = 15;
const NETWORK_MS = 100;
const NO_KEPT: Kept = { counters: [], chargePermille: null, slot: null };

let reported = "";

/** A line that says the same as the one before is left out: the console is slow, and some failures come back each turn. */
function report(text: string): void {
  if (text === reported) return;
  reported = text;
  // The board's console is its serial line.
  // oxlint-disable-next-line no-console
  console.log(text);
}

function drive(relays: number): void {
  driveRelays(digitalWrite, BOARD.relays, relays);
}

/** Runs a step of the start; a failure is reported and gives null, so that what does not need it goes on. */
function attempt<T>(what: string, step: () => T): T | null {
  try {
    return step();
  } catch (error) {
    report(what + ": " + error);
    return null;
  }
}

/** Out of memory takes intervals away without an exception, so the board starts afresh. Lost input is no such thing. */
function onErrorFlag(flags: string[]): void {
  report("error flags: " + flags.join(" "));
  if (flags.indexOf("MEMORY") < 0 && flags.indexOf("CALLBACK") < 0) return;
  drive(0);
  E.reboot();
}

/** Calls `turn` each `periodMs` for ever and kicks the watchdog after each that did not throw; one that did leaves the relays open. */
function loop(periodMs: number, turn: () => void): void {
  setInterval(() => {
    try {
      turn();
      E.kickWatchdog();
    } catch (error) {
      drive(0);
      report("control: " + error);
    }
  }, periodMs);
}

/** Numbers and rings in flash, or null where flash does not work: then the board controls, but keeps and sends nothing. */
function openRecords(settings: Settings): { boot: number; recorder: Recorder } | null {
  return attempt("flash", () => {
    const region = createFlashRegion(require("Flash"), settings.flash.address, settings.flash.bytes);
    const boot = countBoot(region, E.CRC32);
    return { boot, recorder: new Recorder(region, E.CRC32, boot, BOARD.meters.length) };
  });
}

function hexBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

function startNetwork(settings: Settings, boot: number, recorder: Recorder, controller: Controller, uptime: Uptime): void {
  const secret = require("Storage").read("daisee.key");
  if (secret === undefined) throw new Error("daisee.key is missing: admit the board again");
  const keys = createKeys(require("crypto"), E.toUint8Array(secret));
  const dgram = require("dgram");
  const host = { createSocket: dgram.createSocket, toText: E.toString, toBytes: E.toUint8Array };
  const link: Link = new Link(host, settings.gateway.host, settings.gateway.port, (datagram) => sender.receive(datagram, uptime.ms));
  const sender = new Sender({
    boardId: hexBytes(settings.boardId),
    boot,
    up: keys.up,
    down: keys.down,
    rings: recorder.rings,
    send: (datagram) => link.send(datagram),
    onUtc: (utcMs, uptimeMs) => controller.slots.learn(utcMs, uptimeMs),
    random: Math.random,
  });
  const wifi = require("Wifi");
  const keeper = new WifiKeeper(wifi, settings.wifi.ssid, settings.wifi.password, () => {
    link.close();
    sender.hurry(uptime.ms);
  });
  wifi.stopAP();
  setInterval(() => {
    attempt("network", () => {
      keeper.tick(uptime.ms);
      if (!keeper.up) return;
      if (!link.isOpen()) link.open();
      sender.tick(uptime.ms);
    });
  }, NETWORK_MS);
}

function start(settings: Settings): void {
  const records = openRecords(settings);
  const uptime = new Uptime(getTime() * 1000);
  const controller = new Controller({
    board: BOARD,
    settings,
    kept: records ? records.recorder.kept(BOARD.meters.length) : NO_KEPT,
    sample: createSampler({ analogRead, sum: E.sum }),
    drive,
    record: (record) => {
      if (records) records.recorder.append(record);
    },
    report,
  });
  loop(settings.controlMs, () => {
    const elapsedMs = uptime.advance(getTime() * 1000, settings.controlMs);
    controller.tick(uptime.ms, elapsedMs);
  });
  if (records) attempt("network", () => startNetwork(settings, records.boot, records.recorder, controller, uptime));
}

drive(0);
attempt("telnet", () => require("TelnetServer").setOptions({ mode: "off" }));
E.on("errorFlag", onErrorFlag);
E.enableWatchdog(WATCHDOG_S, false);
const settings = attempt("daisee.json", () => checkSettings(require("Storage").readJSON("daisee.json", true)));
if (settings) start(settings);
else {
  report("no valid settings: relays stay open");
  loop(1000, () => drive(0));
}
