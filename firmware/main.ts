/**
 * Boot order: relays safe, REPL off, watchdog, settings, control loop, network. The only file that touches the interpreter's globals.
 * @module
 */
import { RELAYS } from "./core/board.ts";
import { loadCommandState, takeCommand } from "./core/commands.ts";
import { Controller } from "./core/controller.ts";
import { diagnose } from "./core/diagnostics.ts";
import { RAW_PLAN, STORAGE_PLAN } from "./core/flash-plan.ts";
import { readKept } from "./core/kept-records.ts";
import { flashOf, loadSecret, loadSettings } from "./core/kept-settings.ts";
import { Button, LED, ledLevel, PANEL, PRESS } from "./core/panel.ts";
import { Recorder } from "./core/recorder.ts";
import { testCrypto } from "./core/self-test.ts";
import { Sender } from "./core/sender.ts";
import { openLog } from "./core/settings-log.ts";
import { markEnd, markGood, MAX_FAILED_STARTS, RESET } from "./core/starts.ts";
import { Uptime } from "./core/uptime.ts";
import { createKeys } from "./drivers/crypto.ts";
import { createInputs } from "./drivers/inputs.ts";
import { Link } from "./drivers/link.ts";
import { count, hexBytes, openRaw, openStorage } from "./drivers/open-flash.ts";
import { driveRelays } from "./drivers/relays.ts";
import { WifiKeeper } from "./drivers/wifi.ts";
import { SOURCE } from "./wire/records.ts";
import type { Source } from "./wire/records.ts";
import type { Commanded } from "./core/commands.ts";
import type { FlashRegion } from "./core/flash.ts";
import type { Kept } from "./core/kept-records.ts";
import type { Settings } from "./core/settings.ts";
import type { Start } from "./core/starts.ts";

/** Longer than anything that blocks the interpreter for a good reason; the bound that `core/uptime.ts` relies on. */
const WATCHDOG_S = 15;
const NETWORK_MS = 100;
const IDLE_MS = 200;
/** A start that came so far went well. */
const GOOD_AFTER_MS = 60000;
/** Safe mode and set-up mode end by a restart, so that no board waits for ever for somebody to come. */
const MODE_MS = 600000;
const IDENTIFY_MS = 10000;
/** How long a long press holds the board's own source. */
const HOLD_MS = 3600000;
/** The clock goes on over a reset, and begins at 0 with the power. */
const POWER_ON_S = 5;

let reported = "";
let started: Start | null = null;
let pattern: number = LED.unset;
let slowestTurnMs = 0;

/** A line that says the same as the one before is left out: the console is slow, and some failures come back each turn. */
function report(text: string): void {
  if (text === reported) return;
  reported = text;
  // The board's console is its serial line.
  // oxlint-disable-next-line no-console
  console.log(text);
}

function drive(relays: number): void {
  driveRelays(digitalWrite, RELAYS, relays);
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

/** Relays open, then a restart, whose cause is noted if flash takes it. */
function restart(cause: number): void {
  drive(0);
  const own = started;
  if (own) attempt("flash", () => markEnd(own, cause));
  E.reboot();
}

/** Out of memory takes intervals away without an exception, so the board starts afresh. Lost input is no such thing. */
function onErrorFlag(flags: string[]): void {
  report("error flags: " + flags.join(" "));
  if (flags.indexOf("MEMORY") >= 0 || flags.indexOf("CALLBACK") >= 0) restart(RESET.outOfMemory);
}

/** Calls `turn` each `periodMs` for ever and kicks the watchdog after each that did not throw; one that did leaves the relays open. */
function loop(board: Board, periodMs: number, turn: (elapsedMs: number) => void): void {
  const { uptime } = board;
  let isGood = false;
  setInterval(() => {
    try {
      const clockMs = getTime() * 1000;
      turn(uptime.advance(clockMs, periodMs));
      digitalWrite(PANEL.led, ledLevel(uptime.ms < board.identifyUntilMs ? LED.identify : pattern, uptime.ms));
      if (!isGood && uptime.ms >= GOOD_AFTER_MS) {
        isGood = true;
        if (started) markGood(started);
      }
      E.kickWatchdog();
      slowestTurnMs = Math.max(slowestTurnMs, getTime() * 1000 - clockMs);
    } catch (error) {
      drive(0);
      report("control: " + error);
    }
    if (board.ending >= 0) restart(board.ending);
  }, periodMs);
}

/** What the parts of a running board share. */
interface Board extends Commanded {
  uptime: Uptime;
  resetCause: number;
  /** Null in safe mode. */
  recorder: Recorder | null;
}

function startNetwork(board: Board, settings: Settings, start: Start): void {
  const { uptime, controller, recorder, kept, resetCause } = board;
  const crypto = require("crypto");
  testCrypto(crypto);
  const secret = loadSecret(kept, require("Storage").read("daisee.key"), report);
  const keys = createKeys(crypto, E.toUint8Array(secret));
  const dgram = require("dgram");
  const wifi = require("Wifi");
  const host = { createSocket: dgram.createSocket, toText: E.toString, toBytes: E.toUint8Array };
  const link: Link = new Link(host, settings.gateway.host, settings.gateway.port, (datagram) => sender.receive(datagram, uptime.ms));
  const commands = loadCommandState(kept.log);
  const sender: Sender = new Sender({
    boardId: hexBytes(settings.boardId),
    boot: start.boot,
    up: keys.up,
    down: keys.down,
    rings: recorder ? recorder.rings : [],
    live: recorder ? recorder.live : { boot: 0, sequence: 0, records: [] },
    send: (datagram) => link.send(datagram),
    onUtc: (utcMs, uptimeMs) => {
      if (controller) controller.slots.learn(utcMs, uptimeMs);
    },
    diagnose: (nowMs) => {
      const { rssi } = wifi.getDetails();
      // Not every build tells it.
      const rssiDbm = typeof rssi === "number" ? rssi : null;
      const sources = { start, resetCause, memory: process.memory(), slowestTurnMs, rssiDbm, controller, recorder, sender, commands, kept };
      slowestTurnMs = 0;
      return diagnose(sources, nowMs);
    },
    onCommand: (command) => {
      takeCommand(board, commands, command, uptime.ms);
      sender.diagnose();
    },
    random: Math.random,
  });
  const keeper = new WifiKeeper(wifi, settings.wifi.ssid, settings.wifi.password, () => {
    link.close();
    sender.hurry(uptime.ms);
  });
  wifi.stopAP();
  setInterval(() => {
    attempt("network", () => {
      keeper.tick(uptime.ms);
      if (controller) pattern = keeper.up ? LED.fine : LED.offline;
      if (!keeper.up) return;
      if (!link.isOpen()) link.open();
      sender.tick(uptime.ms);
    });
  }, NETWORK_MS);
}

/** Relays open, and nothing to do but to wait for a command, or the end of the time. */
function idle(board: Board, shown: number, why: string): void {
  report(why);
  pattern = shown;
  drive(0);
  loop(board, IDLE_MS, () => {
    if (board.uptime.ms >= MODE_MS) board.ending = RESET.safeModeOver;
  });
}

/** A short press asks which board this is, a long one goes back to the own source, a very long one restarts in set-up mode. */
function press(board: Board, meaning: number, own: Source): void {
  const nowMs = board.uptime.ms;
  if (meaning === PRESS.short) board.identifyUntilMs = nowMs + IDENTIFY_MS;
  else if (meaning === PRESS.long && board.controller) board.controller.policy.override(own, HOLD_MS, nowMs);
  else if (meaning === PRESS.veryLong) board.ending = RESET.button;
}

function control(board: Board, settings: Settings, kept: Kept): void {
  const { uptime, recorder, resetCause } = board;
  const controller = new Controller({
    settings,
    kept,
    resetCause,
    inputs: createInputs(settings.board, { analogRead, getTime, sums: E, i2c: () => I2C1 }),
    drive,
    record: (record) => {
      if (recorder) recorder.append(record);
    },
    report,
  });
  board.controller = controller;
  pattern = LED.offline;
  const own = settings.role === "producer" ? SOURCE.keep : SOURCE.own;
  const button = new Button();
  loop(board, settings.controlMs, (elapsedMs) => {
    controller.tick(uptime.ms, elapsedMs);
    press(board, button.update(digitalRead(PANEL.button) === 0, uptime.ms), own);
  });
}

/** Opens the records and starts to control with what they tell. */
function startControl(board: Board, settings: Settings, raw: FlashRegion | null, storage: FlashRegion | null): void {
  const start = started;
  let kept: Kept = { counters: [], chargePermille: null, slot: null };
  const region = storage || raw;
  if (start && region) {
    attempt("flash", () => {
      const offset = storage ? STORAGE_PLAN.records : RAW_PLAN.records;
      const recorder = new Recorder(region, E.CRC32, offset, start.boot, settings.board.meters.length);
      kept = readKept(recorder);
      board.recorder = recorder;
    });
  }
  control(board, settings, kept);
}

function boot(): void {
  const files = require("Storage");
  const text = files.read("daisee.json");
  const flash = flashOf(text, JSON.parse);
  const raw = attempt("flash", () => openRaw(require("Flash"), flash));
  const log = raw && openLog(raw, RAW_PLAN.log, E.CRC32, { toText: E.toString, toBytes: E.toUint8Array });
  const kept = loadSettings({ log, text, parse: JSON.parse, report });
  const board: Board = {
    kept,
    controller: null,
    recorder: null,
    uptime: new Uptime(getTime() * 1000),
    resetCause: getTime() < POWER_ON_S ? RESET.powerOn : RESET.watchdog,
    identifyUntilMs: 0,
    ending: -1,
  };
  const { settings } = kept;
  if (!settings) return idle(board, LED.unset, "no valid settings: relays stay open");
  const storage = raw && attempt("flash", () => openStorage(require("Flash"), files, flash));
  if (raw && !storage) report("flash: no room in Storage, records in the small region only");
  started = raw && attempt("flash", () => count(settings, require("Flash"), files, E.CRC32, raw, storage));
  if (started && started.lastCause >= 0) board.resetCause = started.lastCause;
  if (board.resetCause === RESET.button) return idle(board, LED.setup, "set-up mode: relays open, settings may be written over the serial line");
  if (started && started.failed >= MAX_FAILED_STARTS) idle(board, LED.safe, "safe mode: " + started.failed + " starts failed");
  else startControl(board, settings, raw, storage);
  const start = started;
  if (start) attempt("network", () => startNetwork(board, settings, start));
}

drive(0);
attempt("telnet", () => require("TelnetServer").setOptions({ mode: "off" }));
E.on("errorFlag", onErrorFlag);
E.enableWatchdog(WATCHDOG_S, false);
attempt("button", () => pinMode(PANEL.button, "input_pullup"));
attempt("start", boot);
