/**
 * Settings and commands as a start and a gateway bring them, over restarts.
 */
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { loadCommandState, takeCommand, type Commanded } from "#firmware/core/commands.ts";
import { Controller } from "#firmware/core/controller.ts";
import { flashOf, loadSettings } from "#firmware/core/kept-settings.ts";
import { DEFAULT_FLASH } from "#firmware/core/settings.ts";
import { openLog } from "#firmware/core/settings-log.ts";
import { RESET } from "#firmware/core/starts.ts";
import { CAUSE, SOURCE, type BoardRecord } from "#firmware/wire/records.ts";
import { COMMAND_RESULT, type Command } from "#firmware/wire/commands.ts";
import { EXAMPLE, exampleFile, exampleSettings } from "./example-settings.ts";
import { NorFlash } from "./nor-flash.ts";

const HOST = {
  toText: (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1"),
  toBytes: (text: string) => new Uint8Array(Buffer.from(text, "latin1")),
};

/** A board's start: what it says, its settings, and what commands do to it. */
class Board {
  readonly said: string[] = [];
  readonly records: BoardRecord[] = [];
  readonly commanded: Commanded;
  readonly state;

  constructor(flash: NorFlash, text: string | undefined = exampleFile(), safeMode = false) {
    const log = openLog(flash, 0, crc32, HOST);
    const kept = loadSettings({ log, text, parse: JSON.parse, report: (line) => void this.said.push(line) });
    const { settings } = kept;
    const controller =
      settings === null || safeMode
        ? null
        : new Controller({
            settings,
            kept: { counters: [], chargePermille: null, slot: null },
            resetCause: 0,
            inputs: { sample: () => assert.fail("nothing is measured here") },
            drive: () => undefined,
            record: (record) => void this.records.push(record),
            report: () => undefined,
          });
    this.commanded = { kept, controller, identifyUntilMs: 0, ending: -1 };
    this.state = loadCommandState(log);
  }

  take(id: number, command: Command): [number, number, string] {
    takeCommand(this.commanded, this.state, { id, command }, 5000);
    return [this.state.id, this.state.result, this.state.reason];
  }

  policy(): unknown {
    return this.commanded.kept.settings?.policy;
  }
}

const TRIP_5A: Command = { kind: "policy", policy: { ...EXAMPLE.policy, tripMa: 5000 } };

describe("settings in force", () => {
  it("are the file's, and the last good ones when the file is refused or gone, with a word of it", () => {
    const flash = new NorFlash(2);
    const good = new Board(flash);
    assert.deepEqual([good.said, good.commanded.kept.refusal], [[], ""]);
    const bad = exampleFile().replace('"tripMa":10000', '"tripMa":-1');
    const refused = new Board(flash, bad);
    assert.deepEqual(refused.policy(), EXAMPLE.policy);
    assert.match(refused.said.join("\n"), /settings: policy\.tripMa must be a number from 100.*\nthe settings before stay in force/);
    assert.match(refused.commanded.kept.refusal, /policy\.tripMa/);
    for (const text of [undefined, "", "{", "null", '"x"']) assert.deepEqual(new Board(flash, text).policy(), EXAMPLE.policy, text);
    assert.equal(new Board(new NorFlash(2), bad).commanded.kept.settings, null);
    const other = exampleFile({ policy: { ...EXAMPLE.policy, tripMa: 7000 } });
    assert.deepEqual(new Board(flash, other).policy(), { ...EXAMPLE.policy, tripMa: 7000 });
  });

  it("work without flash, but then keep nothing", () => {
    const kept = loadSettings({ log: null, text: exampleFile(), parse: JSON.parse, report: assert.fail });
    assert.deepEqual(kept.settings?.policy, EXAMPLE.policy);
  });

  it("name the flash to look into, and the usual one when they cannot be read", () => {
    const flash = { ...DEFAULT_FLASH, recordBytes: 0 };
    assert.deepEqual(flashOf(exampleFile({ flash }), JSON.parse), flash);
    for (const text of [undefined, "{", "{}"]) assert.deepEqual(flashOf(text, JSON.parse), DEFAULT_FLASH);
  });
});

describe("commands", () => {
  it("set the policy at once, say so in an event, and over restarts, until the file says something else", () => {
    const flash = new NorFlash(2);
    const board = new Board(flash);
    assert.deepEqual(board.take(3, TRIP_5A), [3, COMMAND_RESULT.applied, ""]);
    assert.equal(board.commanded.controller?.policy.settings.tripMa, 5000);
    assert.deepEqual(board.records.at(-1), { kind: "event", uptimeMs: 5000, cause: CAUSE.settings, source: SOURCE.off, value: 3, limit: 0 });
    assert.deepEqual(new Board(flash).policy(), { ...EXAMPLE.policy, tripMa: 5000 });
    const file = exampleFile({ policy: { ...EXAMPLE.policy, tripMa: 9000 } });
    assert.deepEqual(new Board(flash, file).policy(), { ...EXAMPLE.policy, tripMa: 9000 });
  });

  it("are checked whole: a refused policy leaves the old one in force, and the reason names the field", () => {
    const flash = new NorFlash(2);
    const board = new Board(flash);
    const policy = { ...EXAMPLE.policy, lowPermille: 700, tripMa: 5000 };
    assert.deepEqual(board.take(1, { kind: "policy", policy }), [1, COMMAND_RESULT.refused, "settings: policy.lowPermille must be below highPermille"]);
    assert.deepEqual(board.policy(), EXAMPLE.policy);
    assert.deepEqual(new Board(flash).policy(), EXAMPLE.policy);
    assert.deepEqual(new Board(flash).state, { id: 1, result: COMMAND_RESULT.refused, reason: "settings: policy.lowPermille must be below highPermille" });
  });

  it("calibrate one channel, over restarts", () => {
    const flash = new NorFlash(2);
    const calibration = { offset: -12.5, gain: 1.0125 };
    assert.equal(new Board(flash).take(1, { kind: "calibration", channel: 2, calibration })[1], COMMAND_RESULT.applied);
    assert.deepEqual(new Board(flash).commanded.kept.settings?.calibration, { VBAT: calibration });
    assert.match(new Board(flash).take(2, { kind: "calibration", channel: 9, calibration })[2], /no channel 9/);
    assert.match(new Board(flash).take(3, { kind: "calibration", channel: 2, calibration: { offset: 0, gain: 9 } })[2], /calibration\.gain/);
    assert.deepEqual(new Board(flash).commanded.kept.settings?.calibration, { VBAT: calibration });
  });

  it("hold a source, blink and restart, within bounds", () => {
    const board = new Board(new NorFlash(2));
    assert.deepEqual(board.take(1, { kind: "override", source: SOURCE.bus, durationMs: 60000 }), [1, 0, ""]);
    assert.match(board.take(2, { kind: "override", source: SOURCE.give, durationMs: 60000 })[2], /no source 4/);
    assert.match(board.take(3, { kind: "override", source: SOURCE.own, durationMs: 1e9 })[2], /at most 86400000 ms/);
    board.take(4, { kind: "identify", durationMs: 3000 });
    assert.equal(board.commanded.identifyUntilMs, 8000);
    board.take(5, { kind: "reboot" });
    assert.equal(board.commanded.ending, RESET.command);
    assert.deepEqual(board.take(6, { kind: "diagnostics" }), [6, 0, ""]);
  });

  it("are done once: neither again, nor an older one, nor after a restart", () => {
    const flash = new NorFlash(2);
    const board = new Board(flash);
    board.take(7, TRIP_5A);
    const events = board.records.length;
    board.take(7, { kind: "policy", policy: EXAMPLE.policy });
    board.take(6, { kind: "reboot" });
    assert.deepEqual([board.commanded.ending, board.records.length], [-1, events]);
    const again = new Board(flash);
    again.take(7, { kind: "reboot" });
    assert.deepEqual([again.commanded.ending, again.state.id], [-1, 7]);
  });

  it("do not reach relays in safe mode, but settings", () => {
    const board = new Board(new NorFlash(2), exampleFile(), true);
    assert.match(board.take(1, { kind: "override", source: SOURCE.own, durationMs: 1000 })[2], /not in safe mode/);
    assert.deepEqual(board.take(2, TRIP_5A), [2, 0, ""]);
    assert.deepEqual(exampleSettings().policy, EXAMPLE.policy);
  });
});
