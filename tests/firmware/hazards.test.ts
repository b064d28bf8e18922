/**
 * Every hazard of Espruino on an ESP32 that we know of, by its number or name in `firmware/README.md`, with the answer of the very bundle that a
 * board runs; and those of the board's parts.
 */
import assert from "node:assert/strict";
import { boardDefinition, hallBoard, RELAYS } from "#firmware/core/board.ts";
import { calibrate, MAX_GAIN, MIN_GAIN } from "#firmware/core/calibration.ts";
import { Meter } from "#firmware/core/meter.ts";
import { PANEL } from "#firmware/core/panel.ts";
import { Sensors } from "#firmware/core/sensors.ts";
import { checkSettings, DEFAULT_FLASH } from "#firmware/core/settings.ts";
import { createChipReader } from "#firmware/drivers/ina.ts";
import { openMessage } from "#firmware/wire/seal.ts";
import { createMemoryFlash, RAW_BYTES } from "#tools/virtual-board/fake/flash.ts";
import { createMemoryStorage } from "#tools/virtual-board/fake/storage.ts";
import { createBench } from "#tests/tools/virtual-board/bench.ts";
import { ownBundle } from "./build/own-bundle.ts";
import { EXAMPLE, exampleFile } from "./core/example-settings.ts";
import { keysOf, SECRET } from "./core/gateway.ts";
import { createFakeScene, type Scene } from "./scenarios/scene.ts";

/** Pulled up at boot and reset, or straps, or the flash's own. */
const UNSAFE_PINS = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 19, 21, 22, 25, 26, 27];

describe("hazards", function () {
  this.timeout(120_000);
  let code = "";
  let scene: Scene | undefined;
  before(async () => ({ code } = await ownBundle()));
  afterEach(async () => {
    await scene?.end();
    scene = undefined;
  });

  async function run(ms: number, sabotage = "", settings = {}): Promise<Scene> {
    scene = await createFakeScene(code, { sabotage, settings });
    await scene.run(ms);
    return scene;
  }

  const heard = (each: Scene): number => each.gateway.received.filter(({ frame }) => frame.records.length > 0).length;
  const boots = (each: Scene): number => Math.max(0, ...each.gateway.received.map(({ message }) => message.boot));

  it("1: nothing blocks for a network: no TCP, no HTTP, no names", () => {
    const libraries = [...code.matchAll(/require\("(\w+)"\)/g)].map(([, name]) => name ?? "");
    assert.deepEqual([...new Set(libraries)].toSorted(), ["Flash", "Storage", "TelnetServer", "Wifi", "crypto", "dgram"]);
    assert.throws(() => checkSettings({ ...EXAMPLE, gateway: { host: "pi.home", port: 5683 } }), /gateway\.host must be/);
  });

  it("2: no relay is on a pin that the chip pulls up, and each stays open until the policy closes it", async () => {
    for (const pin of RELAYS) assert.ok(!UNSAFE_PINS.includes(Number(pin.slice(1))), pin);
    const { history } = await run(5000);
    assert.deepEqual(history, ["10"]);
  });

  it("3: the telnet REPL is switched off before anything else is asked for", async () => {
    const noted = 'var require0 = require; require = function (name) { console.log("asks for " + name); return require0(name); };\n';
    assert.equal((await run(1000, noted)).lines[0], "asks for TelnetServer");
    assert.match(code, /TelnetServer"\)\.setOptions\(\{mode:"off"\}\)/);
  });

  it("4: no number comes from E.hwRand, and every start has a number of its own", async () => {
    assert.doesNotMatch(code, /hwRand/);
    const each = await run(10_000);
    for (let i = 2; i < 5; i++) {
      await each.cutPower();
      await each.until(() => boots(each) === i, 30_000, `boot ${i}`);
    }
  });

  it("5: when every interval is gone, the watchdog restarts the board, which nothing but the control loop kicks", async () => {
    const each = await run(8000, "setTimeout(function () { clearInterval(); }, 6000);\n");
    assert.equal(boots(each), 1);
    await each.until(() => boots(each) === 2, 30_000, "a restart");
    assert.equal((code.match(/kickWatchdog/g) ?? []).length, 1);
  });

  it("6: no turn comes near the nine seconds of the task watchdog", async () => {
    const each = await run(605_000, "", { readingMs: 10_000, slotMs: 10_000 });
    const slowest = each.gateway.received.map(({ diagnostics }) => diagnostics?.slowestTurnMs ?? 0);
    assert.ok(Math.max(...slowest) > 0 && Math.max(...slowest) < 1000, String(Math.max(...slowest)));
  });

  it("7: Wi-Fi that went and came is joined again, though the radio gave up", async () => {
    const each = await run(8000);
    each.wifi(false);
    await each.run(60_000);
    const before = heard(each);
    each.wifi(true);
    await each.until(() => heard(each) > before + 5, 200_000, "frames");
  });

  it("8: only ADC1 is read, and no attenuation is set", () => {
    for (const name of ["hall", "shunt", "clamp"] as const) {
      for (const channel of boardDefinition(name).channels) if ("pin" in channel) assert.match(channel.pin, /^D3[2-9]$/);
    }
    assert.doesNotMatch(code, /setAtten/);
  });

  it("9: a wall clock that jumps moves no relay and no uptime", async () => {
    const each = await run(20_000, "setTimeout(function () { setTime(getTime() + 1e9); }, 6000); setTimeout(function () { setTime(5); }, 9000);\n");
    assert.deepEqual(each.history, ["10"]);
    const uptimes = each.gateway.received.map(({ frame }) => frame.uptimeMs);
    assert.ok(uptimes.every((uptimeMs, i) => uptimeMs >= (uptimes[i - 1] ?? 0) && uptimeMs < 25_000));
  });

  it("10: nothing in Storage is ever rewritten, so there is no trash to compact", () => {
    const flash = createMemoryFlash();
    const storage = createMemoryStorage({ "daisee.json": exampleFile({ readingMs: 500 }), "daisee.key": SECRET });
    const { board, scheduler } = createBench(code, { flash, storage });
    for (let i = 0; i < 5; i++) {
      board.start();
      scheduler.advance(20_000);
      board.stop();
    }
    const image = Buffer.from(flash.bytes.subarray(RAW_BYTES));
    const names: string[] = [];
    for (let at = 0; image.readUInt32LE(at) !== 0xffffffff; at = Math.ceil((at + 32 + (image.readUInt32LE(at) & 0xffffff)) / 4) * 4) {
      names.push(image.subarray(at + 4, at + 32).toString("latin1").replace(/\0.*/s, ""));
    }
    assert.deepEqual(names, ["daisee.json", "daisee.key", "daisee.records", "daisee.used1"]);
  });

  it("11: nothing waits for the event of a kill", () => assert.doesNotMatch(code, /"kill"/));

  it("12: neither Waveform nor digitalPulse is used", () => assert.doesNotMatch(code, /Waveform|digitalPulse/));

  it("13: two frames never share a keystream, on a board whose CTR mode ignores its IV", async () => {
    const each = await run(30_000);
    await each.cutPower();
    await each.run(30_000);
    const { up } = keysOf(SECRET);
    const streams = new Map<string, string>();
    for (const { message } of each.gateway.received) {
      const plaintext = openMessage(up, message);
      const stream = Buffer.from(message.ciphertext.subarray(0, 16).map((byte, i) => byte ^ (plaintext[i] ?? 0))).toString("hex");
      const number = `${message.boot}-${message.number}`;
      assert.equal(streams.get(stream) ?? number, number);
      streams.set(stream, number);
    }
    assert.ok(streams.size > 20);
    assert.doesNotMatch(code, /"CTR"/);
  });

  it("14: the firmware changes no code, neither the interpreter's nor its own", () => assert.doesNotMatch(code, /\.boot|eval\(|setBootCode/));

  it("self-test: a build that counts flash by sectors, or erases elsewhere, is found out, and the board controls and sends nothing", async () => {
    for (const wrong of ["getPage: function (at) { return { addr: at / 4096, length: 1 }; }", "erasePage: function (at) { flash.erasePage((at >> 12) | 0); }"]) {
      const library = `var flash = require("Flash"), own = require; require = function (name) { return name === "Flash" ? Object.assign({ read: flash.read, write: flash.write, erasePage: flash.erasePage, getPage: flash.getPage }, { ${wrong} }) : own(name); };\n`;
      const each = await run(10_000, library);
      assert.deepEqual([each.relays(), each.gateway.received.length], ["10", 0]);
      assert.ok(each.lines.some((line) => line.startsWith("flash: ")), each.lines.join("\n"));
      await each.end();
    }
  });

  it("crypto: a build without it controls and records, and sends nothing", async () => {
    const each = await run(10_000, 'var own = require; require = function (name) { if (name === "crypto") throw new Error("Module crypto not found"); return own(name); };\n');
    assert.deepEqual([each.relays(), each.gateway.received.length], ["10", 0]);
    assert.ok(each.lines.some((line) => line.startsWith("network: ") && line.includes("crypto")), each.lines.join("\n"));
  });

  it("regions: raw flash is 0x310000 alone, and no list of free regions is asked for, which names Storage's and the NVS's", () => {
    assert.deepEqual([DEFAULT_FLASH.address, DEFAULT_FLASH.bytes], [0x310000, 0x10000]);
    assert.equal(DEFAULT_FLASH.storageAddress, DEFAULT_FLASH.address + DEFAULT_FLASH.bytes);
    assert.doesNotMatch(code, /getFree/);
  });

  describe("of the hardware", () => {
    const hall = hallBoard();
    /** What the battery's meter makes of a current at a rail, in mA. */
    function measured(amps: number, railMv: number, calibration = {}, gain = 1): number {
      const shares: Record<string, number> = { D34: (railMv * (0.5 + amps / 50)) / 2, D35: railMv / 4, D36: 12_000 / 13, D39: railMv / 2.5, D33: 0 };
      const sensors = new Sensors(hall, calibration, {
        sample: (pin, count) => {
          const raw = ((shares[pin] ?? NaN) / hall.fullScaleMv) * gain;
          return { sum: raw * count, squares: 0, min: raw, max: raw, count };
        },
      });
      sensors.update(1);
      return sensors.all[0]?.value ?? NaN;
    }

    it("a rail that is off by 0.25 V moves no Hall sensor's zero, which would be 1.25 A", () => {
      for (const railMv of [4750, 5000, 5250]) for (const amps of [-10, 0, 3]) assert.ok(Math.abs(measured(amps, railMv) - amps * 1000) <= 1);
    });

    it("a converter's reference that is off by a tenth costs no current, and its voltages what a calibration gives back", () => {
      for (const gain of [0.91, 1.09]) assert.ok(Math.abs(measured(5, 5000, {}, gain) - 5000) <= 1);
      const { gain } = calibrate({ read: 11_000 * 1.09, known: 11_000 }, { read: 13_000 * 1.09, known: 13_000 });
      assert.ok(Math.abs(gain * 1.09 - 1) < 1e-9 && gain > MIN_GAIN && gain < MAX_GAIN);
    });

    it("GPIO36 and 39 couple with each other: slow voltages only are there", () => {
      for (const name of ["hall", "shunt", "clamp"] as const) {
        for (const channel of boardDefinition(name).channels) if ("pin" in channel && ["D36", "D39"].includes(channel.pin)) assert.equal(channel.kind, "voltage");
      }
    });

    it("34 to 39 are inputs without pulls, and straps boot the chip: neither relay, LED, button nor bus is there", () => {
      for (const pin of [...RELAYS, PANEL.led, PANEL.button, "D21", "D22"]) {
        const number = Number(pin.slice(1));
        assert.ok(number < 34 && ![0, 1, 2, 3, 5, 12, 14, 15].includes(number) && !(number >= 6 && number <= 11), pin);
      }
    });

    it("an INA219 stands 26 V and a battery charges at 28.8 V: it is refused by its missing number", () => {
      // Its registers end at 5, and others read as the last (SBOS448).
      const read = createChipReader({ setup: () => undefined, writeTo: () => undefined, readFrom: (_address, bytes) => new Uint8Array(bytes) }, { sda: "D21", scl: "D22", bitrate: 400000 });
      assert.throws(() => read(0x40, 0), /neither an INA226 nor an INA228/);
    });

    it("a 20 A Hall sensor reads noise below a tenth of an ampere: it counts no energy", () => {
      const meter = new Meter(0, hall.channels[0]?.kind === "hall" ? hall.channels[0].startMa : 0, { importMwh: 0, exportMwh: 0 });
      for (let i = 0; i < 36_000; i++) meter.add(99, 99, 99, 12_000, 99 * 12_000, 1000);
      assert.deepEqual(meter.counters, { importMwh: 0, exportMwh: 0 });
    });

    it("a crash leaves the load off: a relay is closed by a level, and the pins let go at a reset", async () => {
      const each = await run(8000);
      assert.equal(each.relays(), "10");
      await each.cutPower();
      assert.ok(each.history.slice(1).includes("00"));
    });
  });
});
