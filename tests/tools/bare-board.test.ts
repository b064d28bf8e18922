/**
 * From a bare board to a trading home, by the commands that `tools/first-home.md` tells: real chain, gateway, serial library, flasher and
 * uploader. The board is a fake loader and console on a pseudo-terminal; what was stored in it is then run by the virtual board.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hallBoard } from "#firmware/core/board.ts";
import { createVirtualBoard } from "#tools/virtual-board/board.ts";
import { createMemoryFlash } from "#tools/virtual-board/fake/flash.ts";
import { createMemoryStorage } from "#tools/virtual-board/fake/storage.ts";
import { createUdpNetwork } from "#tools/virtual-board/network/udp.ts";
import { createScheduler, runInRealTime } from "#tools/virtual-board/scheduler.ts";
import { createSensors } from "#tools/village/world/sensors.ts";
import { plugIn } from "./board/fake-board.ts";
import type { FakeBoard } from "./board/fake-board.ts";
import { writeEspruino } from "./board/espruino-files.ts";
import { eventually } from "#tests/chain/geth.ts";
import { answer, done, makeHome } from "./home.ts";
import type { MadeHome } from "./home.ts";
import { daisee } from "./in-process.ts";
import { answering } from "./terminal.ts";

const BOARD_ID = "02da15ee0001";
const CHANNEL = hallBoard().channels.findIndex(({ name }) => name === "I1");
const SLOT_SECONDS = 3;

/** What flows in the home. */
interface Circuit {
  batteryAmps: number;
}

/** Powers a virtual board with what a flasher stored. @returns a function that takes the power away. */
function power(files: ReadonlyMap<string, string>, circuit: Circuit): () => void {
  const scheduler = createScheduler();
  const sensors = createSensors(7);
  const board = createVirtualBoard({
    code: files.get(".bootcde") ?? assert.fail("no firmware is stored"),
    scheduler,
    network: createUdpNetwork((error) => assert.fail(error)),
    storage: createMemoryStorage(Object.fromEntries([...files].map(([name, text]) => [name, Buffer.from(text, "latin1")]))),
    flash: createMemoryFlash(),
    volts: (pin) => sensors.volts({ ...circuit, busAmps: 0, batteryVolts: 12.6, busVolts: 12.5 })[pin] ?? 0,
    seed: 7,
  });
  const stopTime = runInRealTime(scheduler, 1);
  board.start();
  return () => {
    stopTime();
    board.stop();
  };
}

describe("from a bare board to a trading home", function () {
  this.timeout(240_000);
  let home: MadeHome;
  let board: FakeBoard;
  let said: string;
  const circuit: Circuit = { batteryAmps: -1 };
  let powerOff = (): void => {};

  before(async () => {
    home = await makeHome(SLOT_SECONDS);
    board = await plugIn({ boardId: BOARD_ID }, {
      onReboot() {
        powerOff();
        const { files } = board.console;
        powerOff = files.has(".bootcde") ? power(files, circuit) : () => {};
      },
    });
    const espruino = await writeEspruino(join(home.folder, "espruino"));
    const options = ["--name", "kitchen", "--ssid", "home", "--wifi-password-file", home.passwordFile, "--coap", `127.0.0.1:${home.coapPort}`, "--reading", "1"];
    said = await done("board", "flash", ...home.gateway, ...board.ports, "--espruino", espruino, ...options);
  });
  after(async () => {
    powerOff();
    await board?.unplug();
    await home?.close();
  });

  it("flashes interpreter, firmware, key and settings, and hears the board that runs them", async () => {
    for (const step of [/recognise +ESP32, board id 02da15ee0001/, /espruino_esp32\.bin: written and checked/, /register +the gateway knows the board/, /firmware +.*\.bootcde stored and checked/, /first reading +the gateway has it/]) assert.match(said, step);
    assert.equal([...board.console.files.keys()][0], "daisee.records", "what the interpreter must never move lies before everything that is replaced");
    assert.doesNotMatch(said, /four plain words/);
    const { items } = await answer<{ items: { boardId: string; name: string; newestUtcMs: number | null }[] }>("board", "list", ...home.gateway);
    assert.deepEqual(items.map(({ boardId, name }) => [boardId, name]), [[BOARD_ID, "kitchen"]]);
    await eventually(async () => (/kitchen {2}consumer {2}online/.test(await done("board", "list", ...home.gateway)) ? true : null));
    const { channels, fresh } = await answer<{ channels: { value: number | null }[]; fresh: boolean }>("board", "diag", "kitchen", ...home.gateway);
    assert.ok(fresh && channels[CHANNEL]?.value !== null);
  });

  it("admits its meters, gives it coins, and its gateway settles slots", async () => {
    const file = join(home.folder, "miller.json");
    await done("community", "apply", file, ...home.gateway);
    assert.doesNotMatch(await readFile(file, "utf8"), /secret|password/i);
    const admitted = await done("community", "admit", file, ...home.community);
    assert.match(admitted, /Miller is node 1\n.*02da15ee0001-0: battery, 240 W\n.*02da15ee0001-1: bus, 240 W\n/);
    assert.equal(await done("community", "admit", file, ...home.community), admitted, "again, it changes nothing");
    assert.match(await done("community", "fund", "1", "--coins", "50", ...home.community), /node 1 trades/);
    await eventually(async () => {
      const { stdout } = await daisee("doctor", "--data", home.dataDir, ...home.gateway);
      assert.doesNotMatch(stdout, /refused by the contracts/);
      return /outbox: .*newest batch \d+ is final/.test(stdout) ? true : null;
    });
  });

  it("holds a source, blinks and takes new limits by command", async () => {
    assert.match(await done("board", "identify", "kitchen", "--seconds", "1", ...home.gateway), /kitchen: blinks for 1 s/);
    assert.match(await done("board", "override", "kitchen", "--source", "off", "--minutes", "1", ...home.gateway), /holds off for 1 min/);
    assert.match(await done("board", "override", "kitchen", "--end", ...home.gateway), /own rules again/);
    assert.match(await done("board", "policy", "kitchen", "--low", "25", "--high", "45", ...home.gateway), /has the new limits/);
    const { policy } = await answer<{ policy: { lowPermille: number } }>("board", "settings", "kitchen", ...home.gateway);
    assert.equal(policy.lowPermille, 250);
    const refused = await daisee("board", "policy", "kitchen", "--low", "90", "--high", "20", ...home.gateway);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /lowPermille|highPermille/);
  });

  it("calibrates a channel at zero and at a known load, shows values as they come and what is left over; refuses nonsense", async () => {
    const calibrate = ["board", "calibrate", "kitchen", "--channel", String(CHANNEL), "--samples", "2", ...home.gateway];
    const settings = async () => (await answer<{ pending: unknown[] }>("board", "settings", "kitchen", ...home.gateway)).pending;

    circuit.batteryAmps = 0;
    const same = await answering([{ asked: /Ready\?/, keys: "y" }, { asked: /What does your meter show/, keys: "5000\r" }], ...calibrate);
    assert.equal(same.code, 1, same.stdout);
    assert.match(same.stderr, /take a load that is larger|check its wiring|is no sensor's/);
    assert.deepEqual(await settings(), [], "nothing was sent to the board");

    const connect = (): void => {
      circuit.batteryAmps = 5;
    };
    const { code, stderr, stdout } = await answering([{ asked: /Let no current flow[^]*Ready\?/, keys: "y" }, { asked: /What does your meter show/, first: connect, keys: "5000\r" }], ...calibrate, "--json");
    assert.equal(code, 0, stderr);
    assert.equal(stderr.match(/ [12]\/2: -?\d+.* \(noise \d+\.\d\)/g)?.length, 6, "zero, load, and the load once more");
    // The cast: what the command prints.
    const { calibration, deviation, residual } = JSON.parse(stdout) as { calibration: { gain: number; offset: number }; deviation: number; residual: number };
    assert.ok(Math.abs(residual) < 100 && deviation < 100, stdout);
    assert.notEqual(calibration.gain, 1);
  });

  it("changes nothing when the person at the terminal says no", async () => {
    const { code } = await answering([{ asked: /Ready\?/, keys: "n" }], "board", "calibrate", "kitchen", "--channel", String(CHANNEL), ...home.gateway);
    assert.equal(code, 0);
  });
});
