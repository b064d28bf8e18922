/**
 * The board as a process of its own, spoken to over IPC as a village does, with small scripts in place of the firmware's bundle.
 */
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RELAYS } from "#firmware/core/board.ts";
import { DEFAULT_FLASH } from "#firmware/core/settings.ts";
import { ownBundle } from "#tests/firmware/build/own-bundle.ts";
import { exampleFile } from "#tests/firmware/core/example-settings.ts";
import { Gateway, SECRET } from "#tests/firmware/core/gateway.ts";
import { calibrateBoard } from "#tools/village/world/calibration.ts";
import { createVillageWorld } from "#tools/village/world/village.ts";
import type { FromBoard, ToBoard } from "#tools/virtual-board/messages.ts";

const MAIN = fileURLToPath(new URL("../../../tools/virtual-board/main.mjs", import.meta.url));

/** Counts boots in flash, drives a relay, measures, and restarts when it is told by the file `restart`. */
const SCRIPT = `
  const flash = require("Flash");
  let boots = 0;
  while (flash.read(4, 0x310000 + boots * 4)[0] === 0) boots++;
  flash.write(new Uint8Array([0, 255, 255, 255]), 0x310000 + boots * 4);
  console.log("boot " + (boots + 1) + " of " + require("Storage").read("name"));
  digitalWrite("D23", 1);
  let seen = false;
  setInterval(() => {
    let volts = 0;
    try { volts = analogRead("D34") * 3.597; } catch (error) {}
    if (seen || !(volts > 0.5)) return;
    seen = true;
    console.log("volts " + (volts > 1.0 && volts < 2.0));
  }, 50);`;

interface Board {
  child: ChildProcess;
  messages: FromBoard[];
  /** Resolves with the first message, past or to come, for which it holds. */
  message(holds: (message: FromBoard) => boolean): Promise<FromBoard>;
  line(text: string): Promise<unknown>;
  send(message: ToBoard): void;
  ended: Promise<unknown[]>;
}

const REAL = process.env["ESPRUINO"] ?? "";

function behaviours(name: string, binary: string): void {
  const skipped = binary === "" && name !== "the fake" ? " (skipped: ESPRUINO names no interpreter)" : "";
  describe(`virtual-board/main: ${name}${skipped}`, function () {
    this.timeout(90_000);
    let dir: string;
    const boards: Board[] = [];

    before(function () {
      if (skipped !== "") this.skip();
    });
    beforeEach(async () => {
      dir = await mkdtemp(join(tmpdir(), "daisee-process-"));
      await mkdir(join(dir, "storage"));
      await writeFile(join(dir, "storage", "name"), "mill");
    });
    afterEach(async () => {
      for (const { child, ended } of boards.splice(0)) {
        child.kill("SIGKILL");
        await ended;
      }
      await rm(dir, { recursive: true });
    });

    function forkBoard(): Board {
      const child = fork(MAIN, [], {
        execArgv: [],
        env: { ...process.env, ESPRUINO: binary },
        stdio: ["ignore", "ignore", "ignore", "ipc"],
      });
      const messages: FromBoard[] = [];
      const waiting: ((message: FromBoard) => void)[] = [];
      // The process sends nothing else.
      child.on("message", (message: FromBoard) => {
        messages.push(message);
        for (const each of waiting) each(message);
      });
      const message = (holds: (message: FromBoard) => boolean): Promise<FromBoard> =>
        new Promise((resolve, reject) => {
          const past = messages.find(holds);
          if (past !== undefined) resolve(past);
          waiting.push((each) => holds(each) && resolve(each));
          child.once("exit", (code) => reject(new Error(`ended with ${code}; it said ${JSON.stringify(messages)}`)));
        });
      const board: Board = {
        child,
        messages,
        message,
        line: (text) => message((each) => each.type === "console" && each.line === text),
        send: (each) => void child.send(each),
        ended: once(child, "exit"),
      };
      boards.push(board);
      return board;
    }

    async function start(script: string, speed = 1): Promise<Board> {
      const bundlePath = join(dir, "bundle.js");
      await writeFile(bundlePath, script);
      const board = forkBoard();
      const clock = { realOriginMs: Date.now(), utcOriginMs: Date.now(), speed };
      board.send({ type: "start", options: { dir, bundlePath, clock, seed: 1 } });
      return board;
    }

    async function power(script: string, speed = 1): Promise<Board> {
      const board = await start(script, speed);
      await board.message(({ type }) => type === "ready");
      board.send({ type: "analog", volts: { D34: 1.5 } });
      return board;
    }

    it("runs a bundle with its files, voltages and pins, and ends when told to", async () => {
      const board = await power(SCRIPT);
      await board.line("boot 1 of mill");
      await board.message((each) => each.type === "pin" && each.pin === "D23" && each.value === 1);
      await board.line("volts true");
      board.send({ type: "stop" });
      assert.deepEqual(await board.ended, [0, null]);
      assert.deepEqual(board.messages.filter((each) => each.type === "pin" && each.pin === "D23").at(-1), {
        type: "pin",
        pin: "D23",
        value: 0,
      });
    });

    it("keeps its flash over kill -9, as over a power cut", async () => {
      for (let boot = 1; boot <= 3; boot++) {
        const board = await power(SCRIPT);
        await board.line(`boot ${boot} of mill`);
        board.child.kill("SIGKILL");
        await board.ended;
      }
    });

    it("starts again after E.reboot and after a watchdog that nobody kicked, and says which", async () => {
      const board = await power(
        SCRIPT + "setTimeout(() => { if (boots === 0) E.reboot(); else if (boots === 1) E.enableWatchdog(1, false); }, 100);",
      );
      await board.line("boot 3 of mill");
      assert.deepEqual(
        board.messages.filter(({ type }) => type === "reboot"),
        [
          { type: "reboot", reason: "software" },
          { type: "reboot", reason: "watchdog" },
        ],
      );
    });

    it("sends and receives datagrams while it has Wi-Fi", async () => {
      const gateway = createSocket("udp4");
      gateway.bind(0, "127.0.0.1");
      await once(gateway, "listening");
      gateway.on("message", (data, sender) => gateway.send(`${data.toString()} yourself`, sender.port, sender.address));
      const board = await power(
        `
        const s = require("dgram").createSocket("udp4"); s.bind(0);
        s.on("message", (text, from) => console.log(text + " " + from.address));
        const wifi = require("Wifi");
        wifi.on("connected", () => s.send("hello", 0, 5, ${gateway.address().port}, "127.0.0.1"));
        wifi.on("disconnected", () => console.log("disconnected"));
        wifi.connect("home", { password: "" }, () => {});`,
        binary === "" ? 20 : 1,
      );
      try {
        await board.line("hello yourself 127.0.0.1");
        board.send({ type: "wifi", up: false });
        await board.line("disconnected");
      } finally {
        gateway.close();
      }
    });

    it("takes the firmware's own bundle from voltages to a relay and a frame that opens", async () => {
      const { code } = await ownBundle();
      const socket = createSocket("udp4");
      socket.bind(0, "127.0.0.1");
      await once(socket, "listening");
      const gateway = new Gateway();
      const acknowledged = new Promise<void>((resolve) => {
        socket.on("message", (data, sender) => {
          const received = gateway.take(data);
          socket.send(gateway.ack(received, Date.now()), sender.port, sender.address);
          if (received.frame.sequence > 0) resolve();
        });
      });
      const world = createVillageWorld({ seed: 1 });
      const settings = exampleFile({
        // A Linux build's whole Storage is 256 KB.
        flash: { ...DEFAULT_FLASH, storageBytes: 262144, recordBytes: 65536 },
        gateway: { host: "127.0.0.1", port: socket.address().port },
        readingMs: 1000,
        calibration: calibrateBoard(1, world.sensors("consumer")),
      });
      await writeFile(join(dir, "storage", "daisee.json"), settings);
      await writeFile(join(dir, "storage", "daisee.key"), SECRET);
      const board = await power(code);
      const feeding = setInterval(() => board.send({ type: "analog", volts: world.volts("consumer") }), 20);
      try {
        await board.message((each) => each.type === "pin" && each.pin === RELAYS[0] && each.value === 1);
        // A second run of records comes only after the first was acknowledged.
        await acknowledged;
      } finally {
        clearInterval(feeding);
        socket.close();
      }
      const reading = gateway.received
        .flatMap(({ frame }) => frame.records)
        // The first may be of a time before the board had its voltages.
        .findLast((record) => record.kind === "reading" && record.meter === 0);
      assert.ok(reading?.kind === "reading");
      assert.ok(Math.abs(reading.voltageMv - world.flows("consumer").batteryVolts * 1000) < 60, String(reading.voltageMv));
      assert.deepEqual(
        board.messages.filter((each) => each.type === "console" && /Uncaught|control:|flash:|network:/.test(each.line)),
        [],
      );
    });

    it("ends when its parent is gone", async () => {
      const board = await power(SCRIPT);
      await board.line("boot 1 of mill");
      board.child.disconnect();
      assert.deepEqual(await board.ended, [0, null]);
    });

    it("says what is wrong and what to do when it cannot start", async () => {
      await writeFile(join(dir, "flash.bin"), "short");
      const board = await start(SCRIPT);
      const failed = await board.message(({ type }) => type === "failed");
      assert.match(failed.type === "failed" ? failed.message : "", /flash\.bin has 5 bytes instead of 983040: remove it/);
      assert.deepEqual(await board.ended, [1, null]);
    });

    it(name === "the fake" ? "runs at any speed" : "refuses any speed but 1", async () => {
      const board = await start(
        'let turns = 0; setInterval(() => { if (++turns === 60) console.log("turn at " + Math.round(getTime() * 1000)); }, 1000);',
        50,
      );
      if (name === "the fake") {
        await board.message(({ type }) => type === "ready");
        board.send({ type: "analog", volts: {} });
        const line = await board.message(({ type }) => type === "console");
        assert.deepEqual(line, { type: "console", line: "turn at 60400" });
      } else {
        const failed = await board.message(({ type }) => type === "failed");
        assert.match(failed.type === "failed" ? failed.message : "", /keeps real time: run at speed 1 instead of 50, or unset ESPRUINO/);
      }
    });
  });
}

behaviours("the fake", "");
behaviours("a real interpreter", REAL);

describe("virtual-board/main: a real interpreter that is not there", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "daisee-process-"));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it("is a clear error", async () => {
    const bundlePath = join(dir, "bundle.js");
    await writeFile(bundlePath, "");
    const child = fork(MAIN, [], {
      execArgv: [],
      env: { ...process.env, ESPRUINO: join(dir, "nothing") },
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const ended = once(child, "exit");
    const message = once(child, "message");
    child.send({
      type: "start",
      options: { dir, bundlePath, clock: { realOriginMs: 0, utcOriginMs: 0, speed: 1 }, seed: 1 },
    } satisfies ToBoard);
    // The process sends nothing else.
    const [failed] = (await message) as [FromBoard];
    assert.deepEqual(await ended, [1, null]);
    assert.ok(failed.type === "failed" && /cannot be run: is ESPRUINO right\?/.test(failed.message), JSON.stringify(failed));
  });
});
