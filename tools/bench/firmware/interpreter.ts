/**
 * Runs the bundle on a Linux build of the interpreter, as each of the boards, and looks at its memory and at how long its loops take.
 * @module
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { BoardName } from "#firmware/core/board.ts";
import type { SettingsFile } from "#firmware/core/settings.ts";
import { writeStorage } from "#tools/virtual-board/interpreter/storage.ts";

/** Variables that the firmware may take in steady state, of the 5000 or so that an ESP32 has. */
export const BUDGET_VARIABLES = 2500;

const START_LOOK_MS = 1500;
const EARLY_LOOK_MS = 8000;
const STEADY_LOOK_MS = 12000;
const WATCH_MS = 2000;
const TIMEOUT_MS = 90000;
/** Different ones, by which the two loops are told apart. */
const CONTROL_MS: Record<BoardName, number> = { hall: 50, shunt: 50, clamp: 200 };
const NETWORK_MS = 100;

export interface Measured {
  /**
   * Variables after the start, in steady state, early and late, and the most at any moment that was looked at. Those of the stand-ins for
   * what a board has natively are taken off.
   */
  start: number;
  early: number;
  steady: number;
  peak: number;
  bytesPerVariable: number;
  /** Mean of a control turn (NaN where none was over in time), the longest of a network turn, and a turn of an empty loop in between; in µs. */
  controlUs: number;
  networkUs: number;
  emptyUs: number;
}

export function settingsFor(board: BoardName): SettingsFile {
  return {
    version: 1,
    boardId: "0242ac110002",
    role: "consumer",
    board,
    wifi: { ssid: "village", password: "" },
    // Nobody answers, so records wait and a frame is under way.
    gateway: { host: "127.0.0.1", port: 9 },
    slotMs: 2000,
    readingMs: 200,
    controlMs: CONTROL_MS[board],
    policy: {
      lowPermille: 300,
      highPermille: 600,
      reservePermille: 100,
      giveAbovePermille: 700,
      minOnMs: 1000,
      minOffMs: 1000,
      deadTimeMs: 300,
      tripMa: 6000,
      lockoutMs: 30000,
      busLiveMv: 9000,
      staleMs: 1000,
    },
    battery: { capacityMah: 1200, emptyMv: 11000, fullMv: 12800, internalMilliohm: 50 },
    // A Linux build's 256 KB: Storage, and behind what it uses, the raw region.
    flash: { address: 0x10000000 + 212992, bytes: 49152, storageAddress: 0x10000000, storageBytes: 212992, recordBytes: 32768 },
  };
}

/** Stands in for what a Linux build lacks of a board, and looks. The peak is looked for in natives that are called from deep inside. */
const boot0 = (board: BoardName): string => `
console.log("LOOK empty " + process.memory().usage);
var pins = { D34: 0.3336, D35: 0.3475, D36: 0.2566, D39: 0.556, D33: 0.2566 };
global.analogRead = function (pin) { return ${board === "clamp" ? "0.35 + 0.1 * Math.sin(getTime() * 314)" : "pins[pin]"}; };
global.digitalWrite = global.pinMode = E.enableWatchdog = E.kickWatchdog = function () {};
global.digitalRead = function () { return 1; };
var pointer = 0, registers = { 254: [0x54, 0x49], 255: [0x22, 0x60], 6: [0, 8], 1: [0xff, 0], 2: [0x27, 0x10] };
global.I2C1 = { setup: function () {}, writeTo: function (address, data) { pointer = data[0]; }, readFrom: function () { return new Uint8Array(registers[pointer]); } };
Modules.addCached("Wifi", function () {
  var on = {};
  exports.stopAP = function () {};
  exports.getDetails = function () { return {}; };
  exports.on = function (event, listener) { on[event] = listener; };
  exports.connect = function () { setTimeout(function () { on.connected(); }, 10); };
});
var loops = {}, bare = 0, bares = 0, peak = 0, watching = 0;
function look(name) { console.log("LOOK " + name + " " + process.memory().usage); }
function watch(f) { return function (a, b, c) { if (watching) peak = Math.max(peak, process.memory().usage); return f(a, b, c); }; }
E.CRC32 = watch(E.CRC32);
E.variance = watch(E.variance);
E.convolve = watch(E.convolve);
var require0 = require, hash = watch(require("crypto").SHA256);
global.require = function (name) { return name === "crypto" ? { SHA256: hash, AES: require0(name).AES } : require0(name); };
var every = setInterval;
global.setInterval = function (f, ms) {
  var l = loops[ms] = { n: 0, s: 0, most: 0 };
  return every(function () {
    var t = getTime(); f(); t = (getTime() - t) * 1e6;
    if (watching) return;
    l.n++; l.s += t; if (t > l.most) l.most = t;
    t = getTime(); for (var i = 0; i < 100; i++); bare += (getTime() - t) * 1e6; bares += 100;
  }, ms);
};
setTimeout(look, ${START_LOOK_MS}, "start");
setTimeout(look, ${EARLY_LOOK_MS}, "early");
function end() {
  for (var ms in loops) console.log("LOOP " + ms + " " + loops[ms].s / loops[ms].n + " " + loops[ms].most);
  console.log("BARE " + bare / bares);
  console.log("PEAK " + peak + " " + process.memory().blocksize);
  console.log("END");
}
setTimeout(function () { look("steady"); watching = 1; setTimeout(end, ${WATCH_MS}); }, ${STEADY_LOOK_MS});
look("standIns");
`;

/** Takes some fourteen seconds. Throws when the interpreter does not run, or not as long. */
export async function measureOnInterpreter(binary: string, code: string, board: BoardName): Promise<Measured> {
  const output = await run(resolve(binary), code, board);
  const number = (pattern: RegExp): number => {
    const found = pattern.exec(output)?.[1];
    if (found === undefined) throw new Error(`the interpreter did not say ${pattern}: ${output.slice(-500)}`);
    return Number(found);
  };
  const standIns = number(/LOOK standIns (\d+)/) - number(/LOOK empty (\d+)/);
  return {
    start: number(/LOOK start (\d+)/) - standIns,
    early: number(/LOOK early (\d+)/) - standIns,
    steady: number(/LOOK steady (\d+)/) - standIns,
    peak: number(/PEAK (\d+)/) - standIns,
    bytesPerVariable: number(/PEAK \d+ (\d+)/),
    controlUs: number(new RegExp(`LOOP ${CONTROL_MS[board]} ([\\d.]+|NaN)`)),
    networkUs: number(new RegExp(`LOOP ${NETWORK_MS} (?:[\\d.]+|NaN) ([\\d.]+)`)),
    emptyUs: number(/BARE ([\d.]+)/),
  };
}

async function run(binary: string, code: string, board: BoardName): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "daisee-bench-"));
  try {
    const files = { "daisee.json": JSON.stringify(settingsFor(board)), "daisee.key": "k".repeat(32), ".boot0": boot0(board), ".bootcde": code };
    await writeStorage(binary, dir, new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text, "latin1")])));
    const child = spawn(binary, [], { cwd: dir, stdio: ["pipe", "pipe", "ignore"] });
    let output = "";
    child.stdout.setEncoding("latin1").on("data", (text: string) => {
      output += text;
      // It stays at its prompt.
      if (/^.*END\s*$/m.test(output)) child.kill("SIGKILL");
    });
    const late = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    await new Promise((done) => child.once("close", done));
    clearTimeout(late);
    return output;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
