/**
 * Every hazard of Espruino on an ESP32 that we know of, by its number in `firmware/README.md`, with the answer of the very bundle that a board
 * runs.
 */
import assert from "node:assert/strict";
import { boardDefinition, RELAYS } from "#firmware/core/board.ts";
import { checkSettings } from "#firmware/core/settings.ts";
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
});
