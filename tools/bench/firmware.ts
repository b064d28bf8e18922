/**
 * What the firmware takes of a board: bytes of its bundle, variables of the interpreter, time of a control turn and of a frame. Beside each
 * figure stands the last committed one (`firmware.json`), which `FIRMWARE_FIGURES=keep` renews.
 *
 * Variables and the board's own times need the interpreter that the environment's `ESPRUINO` names; without it, times are Node's, of the
 * firmware's source.
 * @module
 */
import { spawn } from "node:child_process";
import { createCipheriv, createHmac } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { crc32 } from "node:zlib";
import { buildFirmware, BUDGET_BYTES } from "#firmware/build/bundle.ts";
import { boardDefinition } from "#firmware/core/board.ts";
import { Controller } from "#firmware/core/controller.ts";
import { SECTOR_BYTES, type FlashRegion } from "#firmware/core/flash.ts";
import { Recorder } from "#firmware/core/recorder.ts";
import { Sender } from "#firmware/core/sender.ts";
import { checkSettings, type SettingsFile } from "#firmware/core/settings.ts";
import type { SealKeys } from "#firmware/wire/seal.ts";
import { writeStorage } from "#tools/virtual-board/interpreter/storage.ts";
import { median } from "./harness.ts";
import type { Bench, Figure } from "./harness.ts";

const LAST = new URL("firmware.json", import.meta.url);
const BUDGET_VARIABLES = 2500;
const BOOT_LOOK_MS = 1500;
const STEADY_LOOK_MS = 9000;

const SETTINGS: SettingsFile = {
  version: 1,
  boardId: "0242ac110002",
  role: "consumer",
  wifi: { ssid: "village", password: "" },
  gateway: { host: "127.0.0.1", port: 9 },
  slotMs: 2000,
  readingMs: 200,
  // Another period than the network's, by which the two loops are told apart.
  controlMs: 50,
  policy: {
    lowPermille: 300,
    highPermille: 600,
    reservePermille: 100,
    giveAbovePermille: 700,
    minOnMs: 1000,
    minOffMs: 1000,
    deadTimeMs: 300,
    tripMa: 10000,
    lockoutMs: 30000,
    busLiveMv: 9000,
    staleMs: 1000,
  },
  battery: { capacityMah: 1200, emptyMv: 11000, fullMv: 12800, internalMilliohm: 50 },
  // A Linux build's 256 KB: Storage, and behind what it uses, the raw region.
  flash: { address: 0x10000000 + 212992, bytes: 49152, storageAddress: 0x10000000, storageBytes: 212992, recordBytes: 32768 },
};

/** What a Linux build lacks of a board; looks at the memory and at how long the loops take. Written for Espruino. */
const BOOT0 = `
var pins = { D34: 0.3336, D35: 0.3475, D36: 0.2566, D39: 0.556, D33: 0.2566 };
global.analogRead = function (pin) { return pins[pin]; };
global.digitalWrite = global.pinMode = E.enableWatchdog = E.kickWatchdog = function () {};
global.digitalRead = function () { return 1; };
Modules.addCached("Wifi", function () {
  var on = {};
  exports.stopAP = function () {};
  exports.getDetails = function () { return {}; };
  exports.on = function (event, listener) { on[event] = listener; };
  exports.connect = function () { setTimeout(function () { on.connected(); }, 10); };
});
var loops = {}, bare = 0, bares = 0;
var every = setInterval;
global.setInterval = function (f, ms) {
  var l = loops[ms] = { n: 0, s: 0, most: 0 };
  return every(function () {
    var t = getTime(); f(); t = (getTime() - t) * 1e6; l.n++; l.s += t; if (t > l.most) l.most = t;
    t = getTime(); for (var i = 0; i < 100; i++); bare += (getTime() - t) * 1e6; bares += 100;
  }, ms);
};
function look(name) { console.log("LOOK " + name + " " + process.memory().usage); }
setTimeout(look, ${BOOT_LOOK_MS}, "boot");
setTimeout(look, ${STEADY_LOOK_MS}, "steady");
setTimeout(function () { for (var ms in loops) console.log("LOOP " + ms + " " + loops[ms].s / loops[ms].n + " " + loops[ms].most); console.log("BARE " + bare / bares); console.log("END"); }, ${STEADY_LOOK_MS + 200});
`;

/** What the interpreter printed while it ran the bundle. */
async function runInterpreter(binary: string, code: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "daisee-bench-"));
  try {
    const files = { "daisee.json": JSON.stringify(SETTINGS), "daisee.key": "k".repeat(32), ".boot0": BOOT0, ".bootcde": code };
    await writeStorage(resolve(binary), dir, new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text, "latin1")])));
    const child = spawn(resolve(binary), [], { cwd: dir, stdio: ["pipe", "pipe", "ignore"] });
    let output = "";
    child.stdout.setEncoding("latin1").on("data", (text: string) => {
      output += text;
      if (output.includes("END")) child.kill("SIGKILL");
    });
    const late = setTimeout(() => child.kill("SIGKILL"), 60_000);
    await new Promise((done) => child.once("close", done));
    clearTimeout(late);
    return output;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function interpreterFigures(binary: string, code: string): Promise<Figure[]> {
  const output = await runInterpreter(binary, code);
  const number = (pattern: RegExp): number => {
    const found = pattern.exec(output)?.[1];
    if (found === undefined) throw new Error(`the interpreter did not say ${pattern}: ${output.slice(-500)}`);
    return Number(found);
  };
  // As many turns of an empty loop take as long, measured in between: so much slower an ESP32 is in both.
  const bare = number(/BARE ([\d.]+)/);
  return [
    { name: "variables after the start", value: number(/LOOK boot (\d+)/), unit: "JsVars" },
    { name: "variables, steady", value: number(/LOOK steady (\d+)/), unit: "JsVars", aim: { of: "value", atMost: BUDGET_VARIABLES } },
    { name: "control turn", value: number(/LOOP 50 ([\d.]+)/) / bare, unit: "turns of an empty loop" },
    { name: "network turn with a frame, the longest", value: number(/LOOP 100 [\d.]+ ([\d.]+)/) / bare, unit: "turns of an empty loop" },
    { name: "empty loop", value: bare, unit: "µs a turn" },
  ];
}

function microseconds(turns: number, work: (turn: number) => void): number {
  return median(
    Array.from({ length: 7 }, () => {
      const start = process.hrtime.bigint();
      for (let i = 0; i < turns; i++) work(i);
      return Number(process.hrtime.bigint() - start) / turns / 1000;
    }),
  );
}

/** Flash in memory, as far as the records need it. */
function memoryFlash(sectors: number): FlashRegion {
  const cells = new Uint8Array(sectors * SECTOR_BYTES).fill(0xff);
  return {
    bytes: cells.length,
    read: (length, offset) => cells.slice(offset, offset + length),
    write: (data, offset) => data.forEach((byte, i) => (cells[offset + i] = (cells[offset + i] ?? 0) & byte)),
    erase: (offset) => void cells.fill(0xff, offset, offset + SECTOR_BYTES),
  };
}

const KEY = new Uint8Array(32).fill(1);
const keys: SealKeys = {
  mac: (message) => createHmac("sha256", KEY).update(message).digest(),
  ctr: (iv, data) => createCipheriv("aes-128-ctr", KEY.subarray(16), iv).update(data),
};

function nodeFigures(): Figure[] {
  const settings = checkSettings({ ...SETTINGS, readingMs: 1_000_000, slotMs: 1_000_000 });
  const raw: Record<string, number> = { D34: 0.3336, D35: 0.3475, D36: 0.2566, D39: 0.556, D33: 0.2566 };
  const controller = new Controller({
    settings,
    kept: { counters: [], chargePermille: null, slot: null },
    resetCause: 0,
    inputs: { sample: (pin, count) => ({ sum: (raw[pin] ?? 0) * count, min: raw[pin] ?? 0, max: raw[pin] ?? 0, count, squares: 0 }) },
    drive: () => undefined,
    record: () => undefined,
    report: () => undefined,
  });
  let nowMs = 0;
  const turn = microseconds(5000, () => controller.tick((nowMs += 50), 50));

  const recorder = new Recorder(memoryFlash(140), crc32, 0, 1, boardDefinition("hall").meters.length);
  const reading = { kind: "reading" as const, meter: 0, currentMa: 1000, minCurrentMa: 900, maxCurrentMa: 1100, voltageMv: 12000, importMwh: 5, exportMwh: 7, relays: 1, flags: 0 };
  const append = microseconds(2000, (i) => recorder.append({ ...reading, uptimeMs: (nowMs += 10), currentMa: 1000 + (i % 70) }));
  const sender = new Sender({
    boardId: new Uint8Array(6),
    boot: 1,
    up: keys,
    down: keys,
    rings: recorder.rings,
    live: { boot: 1, sequence: 0, records: [] },
    send: () => undefined,
    diagnose: () => new Uint8Array(1),
    onUtc: () => undefined,
    onCommand: () => undefined,
    random: () => 0,
  });
  sender.tick(0);
  let atMs = 1e6;
  // Given up at once, so that each turn builds and seals the oldest frame anew.
  const frame = microseconds(500, () => {
    sender["exchange"] = null;
    sender["resumeMs"] = 0;
    sender["diagnosticsMs"] = Infinity;
    sender.tick((atMs += 1));
  });
  return [
    { name: "control turn in Node, without sampling", value: turn, unit: "µs" },
    { name: "record kept in Node", value: append, unit: "µs" },
    { name: "frame of 16 records read, encoded and sealed in Node", value: frame, unit: "µs" },
  ];
}

export const firmware: Bench = {
  name: "firmware",
  summary: "bytes, variables and times of the firmware, beside those committed last",
  async run(): Promise<Figure[]> {
    const dist = await mkdtemp(join(tmpdir(), "daisee-bench-"));
    const { code, bytes } = await buildFirmware({ dist });
    await rm(dist, { recursive: true, force: true });
    const binary = process.env["ESPRUINO"] ?? "";
    if (binary === "") console.log("  ESPRUINO names no interpreter: no variables, and no times of its own");
    const figures: Figure[] = [
      { name: "bundle", value: bytes, unit: "bytes", aim: { of: "value", atMost: BUDGET_BYTES } },
      ...(binary === "" ? [] : await interpreterFigures(binary, code)),
      ...nodeFigures(),
    ];
    // The file is this bench's own.
    const last = JSON.parse(await readFile(LAST, "utf8")) as Record<string, number>;
    if (process.env["FIRMWARE_FIGURES"] === "keep") {
      const kept = { ...last, ...Object.fromEntries(figures.map(({ name, value }) => [name, Number(value.toPrecision(4))])) };
      await writeFile(LAST, `${JSON.stringify(kept, null, 2)}\n`);
    }
    return figures.map((figure) => {
      const before = last[figure.name];
      return before === undefined ? figure : { ...figure, reference: { name: "last committed", value: before } };
    });
  },
};
