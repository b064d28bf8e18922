/**
 * What the firmware takes of a board: bytes of its bundle, variables of the interpreter, time of a control turn and of a frame. Beside each
 * figure stands the last committed one (`firmware.json`), which `FIRMWARE_FIGURES=keep` renews.
 *
 * Variables and the board's own times need the interpreter that the environment's `ESPRUINO` names; without it, times are Node's, of the
 * firmware's source.
 * @module
 */
import { createCipheriv, createHmac } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { buildFirmware, BUDGET_BYTES } from "#firmware/build/bundle.ts";
import { boardDefinition, type BoardName } from "#firmware/core/board.ts";
import { Controller } from "#firmware/core/controller.ts";
import { SECTOR_BYTES, type FlashRegion } from "#firmware/core/flash.ts";
import { Recorder } from "#firmware/core/recorder.ts";
import { Sender } from "#firmware/core/sender.ts";
import { checkSettings } from "#firmware/core/settings.ts";
import type { SealKeys } from "#firmware/wire/seal.ts";
import { BUDGET_VARIABLES, measureOnInterpreter, settingsFor } from "./firmware/interpreter.ts";
import { median } from "./harness.ts";
import type { Bench, Figure } from "./harness.ts";

const LAST = new URL("firmware.json", import.meta.url);
const BOARDS: BoardName[] = ["hall", "shunt", "clamp"];

/** One board after the other: they would slow each other down. */
async function interpreterFigures(binary: string, code: string): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const board of BOARDS) {
    const { start, steady, peak, bytesPerVariable, controlUs, networkUs, emptyUs } = await measureOnInterpreter(binary, code, board);
    // As many turns of an empty loop take as long, measured in between: so much slower an ESP32 is in both.
    figures.push(
      { name: `${board}: bytes a variable`, value: bytesPerVariable, unit: "bytes" },
      { name: `${board}: variables after the start`, value: start, unit: "JsVars" },
      { name: `${board}: variables, steady`, value: steady, unit: "JsVars", aim: { of: "value", atMost: BUDGET_VARIABLES } },
      { name: `${board}: variables at most, in the middle of a turn`, value: peak, unit: "JsVars" },
      { name: `${board}: control turn`, value: controlUs / emptyUs, unit: "turns of an empty loop" },
      { name: `${board}: network turn with a frame, the longest`, value: networkUs / emptyUs, unit: "turns of an empty loop" },
      { name: `${board}: empty loop`, value: emptyUs, unit: "µs a turn" },
    );
  }
  return figures;
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
  const settings = checkSettings({ ...settingsFor("hall"), readingMs: 1_000_000, slotMs: 1_000_000 });
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
