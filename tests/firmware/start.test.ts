/**
 * Safe start and health, seen from outside of a board that runs the bundle: its LED, its button, its console, its diagnostics.
 */
import assert from "node:assert/strict";
import { PANEL } from "#firmware/core/panel.ts";
import { RELAYS } from "#firmware/core/board.ts";
import { MAX_FAILED_STARTS, RESET } from "#firmware/core/starts.ts";
import type { Diagnostics, NumberedCommand } from "#firmware/wire/commands.ts";
import { createMemoryStorage } from "#tools/virtual-board/fake/storage.ts";
import { createBench, GATEWAY_ADDRESS } from "#tests/tools/virtual-board/bench.ts";
import { ownBundle } from "./build/own-bundle.ts";
import { EXAMPLE, exampleFile } from "./core/example-settings.ts";
import { Gateway, SECRET } from "./core/gateway.ts";

const OWN = "10";
const BUS = "01";
const OPEN = "00";
const SETTINGS = { gateway: { host: GATEWAY_ADDRESS, port: 5683 }, policy: { ...EXAMPLE.policy, minOnMs: 500, minOffMs: 500 } };

let code = "";

/** A home with a board, a battery at rest and a bus. */
class Home {
  readonly gateway = new Gateway();
  readonly storage;
  readonly bench;
  batteryVolts = 12.4;
  busVolts = 0;
  command: NumberedCommand | undefined;

  constructor(files: Record<string, string | Uint8Array> = { "daisee.json": exampleFile(SETTINGS), "daisee.key": SECRET }) {
    this.storage = createMemoryStorage(files);
    this.bench = createBench(code, { storage: this.storage, volts: (pin) => this.volts(pin), adc: { vrefSpread: 0, bowLsb: 0, rippleLsb: 0 } });
    const { scheduler, network } = this.bench;
    const socket = network.host(GATEWAY_ADDRESS).open(5683, (data, sender) => {
      const received = this.gateway.take(data);
      const change = this.command ? { command: this.command } : {};
      socket.send(this.gateway.ack(received, 1764000000000 + Math.floor(scheduler.nowMs()), change), sender.port, sender.address);
    });
    this.bench.board.start();
  }

  run(ms: number): this {
    this.bench.scheduler.advance(ms);
    return this;
  }

  /** Other files come in over the serial line, and the board starts with them. */
  restartWith(files: Record<string, string>): this {
    this.bench.board.stop();
    this.bench.lines.length = 0;
    this.gateway.received.length = 0;
    for (const [name, text] of Object.entries(files)) this.storage.write(name, Buffer.from(text, "latin1"));
    this.bench.board.start();
    return this.run(10_000);
  }

  relays(): string {
    return RELAYS.map((pin) => this.bench.board.level(pin)).join("");
  }

  press(ms: number): this {
    this.bench.board.press(PANEL.button, true);
    this.run(ms);
    this.bench.board.press(PANEL.button, false);
    return this.run(200);
  }

  diagnostics(): Diagnostics {
    return this.gateway.received.findLast(({ diagnostics }) => diagnostics)?.diagnostics ?? assert.fail("no diagnostics");
  }

  /** Flashes in two seconds, and the share of them that the LED is on. */
  led(): { flashes: number; share: number } {
    let [flashes, on, before] = [0, 0, this.bench.board.level(PANEL.led)];
    for (let i = 0; i < 200; i++) {
      this.run(20);
      const level = this.bench.board.level(PANEL.led);
      flashes += level > before ? 1 : 0;
      on += level;
      before = level;
    }
    return { flashes: flashes / 2, share: Math.round(on / 20) / 10 };
  }

  private volts(pin: string): number {
    return { D34: 1.2, D35: 1.25, D36: this.batteryVolts / 13, D39: 2, D33: this.busVolts / 13 }[pin] ?? 0;
  }
}

describe("safe start and health", function () {
  before(async () => ({ code } = await ownBundle()));

  it("the LED flashes once when all is well, twice without Wi-Fi, three times without settings", () => {
    const home = new Home().run(10_000);
    assert.deepEqual(home.led(), { flashes: 1, share: 0.1 });
    home.bench.board.setWifi(false);
    assert.deepEqual(home.run(10_000).led(), { flashes: 2, share: 0.2 });
    const unset = new Home({}).run(10_000);
    assert.deepEqual(unset.led(), { flashes: 3, share: 0.3 });
    assert.equal(unset.relays(), OPEN);
    assert.ok(unset.bench.lines.some((line) => line.includes("daisee.json is missing")), unset.bench.lines.join("\n"));
  });

  it("a short press asks which board this is, as a command does, and the LED flashes fast", () => {
    const home = new Home().run(10_000).press(300);
    assert.deepEqual(home.led(), { flashes: 5, share: 0.5 });
    assert.deepEqual(home.run(10_000).led(), { flashes: 1, share: 0.1 });
    home.command = { id: 1, command: { kind: "identify", durationMs: 60_000 } };
    assert.deepEqual(home.run(20_000).led(), { flashes: 5, share: 0.5 });
  });

  it("a long press goes back to the own source, and holds it", () => {
    const home = new Home();
    Object.assign(home, { batteryVolts: 11.3, busVolts: 12.5 });
    assert.equal(home.run(10_000).relays(), BUS);
    assert.equal(home.press(4000).run(2000).relays(), OWN);
    assert.equal(home.run(60_000).relays(), OWN);
  });

  it("a very long press restarts in set-up mode: relays open, LED mostly on, and back after ten minutes", () => {
    const home = new Home().run(10_000).press(11_000).run(2000);
    assert.deepEqual([home.relays(), home.bench.reboots], [OPEN, ["software"]]);
    assert.deepEqual(home.led(), { flashes: 1, share: 0.9 });
    assert.ok(home.bench.lines.some((line) => line.startsWith("set-up mode")));
    assert.equal(home.run(605_000).relays(), OWN);
    assert.equal(home.diagnostics().resetCause, RESET.safeModeOver);
  });

  it("ten failed starts in a row lead to safe mode: relays open, network and commands, and another try after ten minutes", () => {
    const home = new Home();
    for (let i = 0; i < MAX_FAILED_STARTS; i++) {
      assert.equal(home.run(8000).relays(), OWN, `start ${i}`);
      home.bench.board.stop();
      home.bench.board.start();
    }
    home.run(8000);
    assert.equal(home.relays(), OPEN);
    assert.deepEqual(home.led(), { flashes: 1, share: 0.5 });
    assert.deepEqual([home.diagnostics().safeMode, home.diagnostics().failedStarts], [true, MAX_FAILED_STARTS]);
    home.command = { id: 1, command: { kind: "override", source: 1, durationMs: 60_000 } };
    home.bench.scheduler.advance(600_000 - 15_000);
    assert.equal(home.relays(), OPEN);
    assert.equal(home.run(30_000).relays(), OWN);
    home.run(61_000);
    assert.deepEqual([home.diagnostics().safeMode, home.diagnostics().resetCause], [false, RESET.safeModeOver]);
  });

  it("counts as good a start that lasted a minute", () => {
    const home = new Home();
    for (let i = 0; i < MAX_FAILED_STARTS + 2; i++) {
      home.run(i === 5 ? 62_000 : 8000);
      home.bench.board.stop();
      home.bench.board.start();
    }
    assert.equal(home.run(8000).relays(), OWN);
    assert.equal(home.diagnostics().failedStarts, 6);
  });

  for (const [what, files, complaint] of [
    ["settings", { "daisee.json": exampleFile(SETTINGS).replace('"tripMa":10000', '"tripMa":-1') }, /settings: policy\.tripMa must be a number from 100/],
    ["settings with an unknown field", { "daisee.json": exampleFile(SETTINGS).replace('"version"', '"colour":"red","version"') }, /settings: colour must be left out/],
    ["a calibration", { "daisee.json": exampleFile({ ...SETTINGS, calibration: { I1: { offset: 0, gain: 1 } } }).replace('"gain":1', '"gain":9') }, /settings: calibration\.I1\.gain must be a number from 0\.5/],
    ["a key", { "daisee.key": "too short" }, /keys: daisee\.key must be 32 bytes: admit the board again/],
  ] as [string, Record<string, string>, RegExp][]) {
    it(`refuses ${what} on the console and in diagnostics, and the old ones stay in force`, () => {
      const home = new Home().run(10_000).restartWith(files);
      const said = home.bench.lines.find((line) => complaint.test(line)) ?? assert.fail(home.bench.lines.join("\n"));
      assert.match(home.bench.lines.join("\n"), /before stays? in force/);
      // Cut to what the frame has room for.
      const { commandReason } = home.diagnostics();
      assert.ok(commandReason.length > 20 && said.includes(commandReason), commandReason);
      assert.equal(home.relays(), OWN);
    });
  }

  it("without any key it controls, and says what to do", () => {
    const home = new Home({ "daisee.json": exampleFile(SETTINGS) }).run(10_000);
    assert.deepEqual([home.relays(), home.gateway.received.length], [OWN, 0]);
    assert.ok(home.bench.lines.some((line) => line.includes("admit the board again")), home.bench.lines.join("\n"));
  });
});
