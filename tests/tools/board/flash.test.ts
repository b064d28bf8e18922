/** `daisee board flash` as it is typed, and what it leaves behind when something is wrong: the board and the gateway as they were. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listenHttp } from "#gateway/api/server.ts";
import { createTestClock } from "#tests/gateway/api/clock.ts";
import { BOARD } from "#tests/gateway/api/home.ts";
import { createHousehold, PASSWORD } from "#tests/gateway/api/household.ts";
import type { Household } from "#tests/gateway/api/household.ts";
import { daisee } from "../in-process.ts";
import type { Said } from "../in-process.ts";
import { image, writeEspruino } from "./espruino-files.ts";
import { plugIn } from "./fake-board.ts";
import type { FakeBoard } from "./fake-board.ts";

/** The household's board, of which the gateway has had readings all the time. */
const CHIP = { boardId: BOARD };
/** One that it never heard of. */
const NEW_CHIP = { boardId: "24a160ddeeff" };
const FIRMWARE = "print(1)";
const WIFI_PASSWORD = "the wind's own password";

describe("daisee board flash", function () {
  this.timeout(120_000);
  let folder: string;
  let home: Household;
  let url: string;
  let close: () => Promise<void>;
  let espruino: string;
  let firmware: string;
  let wifi: string;
  let admitted: string[];
  const config = process.env["XDG_CONFIG_HOME"];
  let board: FakeBoard;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "daisee-flash-test-"));
    process.env["XDG_CONFIG_HOME"] = join(folder, "config");
    // Bytes that do not compress away, so that the cable can be pulled between them: a linear congruential sequence.
    const interpreter = image(400_000, 0, "Espruino");
    for (let index = 1000, state = 1; index < 31_000; index++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      interpreter[index] = state >>> 24;
    }
    espruino = await writeEspruino(join(folder, "espruino"), { "espruino_esp32.bin": interpreter });
    firmware = join(folder, "board.js");
    await writeFile(firmware, FIRMWARE);
    wifi = join(folder, "wifi");
    await writeFile(wifi, `${WIFI_PASSWORD}\n`, { mode: 0o600 });
    admitted = [];
    const admission = {
      async admit({ boardId }: { boardId: string }): Promise<void> {
        if (boardId === NEW_CHIP.boardId) throw new Error("the disk is full");
        admitted.push(boardId);
      },
    };
    home = await createHousehold(createTestClock(), "accounts", () => ({ admission }));
    const http = await listenHttp({ app: home.app, host: "127.0.0.1", port: 0 });
    url = `http://127.0.0.1:${http.port}`;
    close = () => http.close();
    const passwordFile = join(folder, "password");
    await writeFile(passwordFile, PASSWORD, { mode: 0o600 });
    assert.equal((await daisee("login", "--gateway", url, "--name", "owner", "--password-file", passwordFile)).code, 0);
  });
  after(async () => {
    await close();
    await home.close();
    if (config === undefined) delete process.env["XDG_CONFIG_HOME"];
    else process.env["XDG_CONFIG_HOME"] = config;
    await rm(folder, { recursive: true });
  });
  beforeEach(() => admitted.splice(0));
  afterEach(async () => board?.unplug());

  /** With whatever a person would give on one line; later options win. */
  const flash = (...more: string[]): Promise<Said> =>
    daisee("board", "flash", "--gateway", url, "--espruino", espruino, "--firmware", firmware, "--name", "kitchen", "--ssid", "home", "--wifi-password-file", wifi, "--coap", "127.0.0.1:5683", "--wait", "0", ...board.ports, ...more);

  /** That a run failed with a message, and that nobody would notice that there was one. */
  function assertUntouched({ code, stderr }: Said, message: RegExp): void {
    assert.equal(code, 1, stderr);
    assert.match(stderr, message);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
    assert.equal(board.rom.received(), 0);
    assert.equal(board.console.files.size, 0);
    assert.deepEqual(admitted, []);
  }

  it("says what it would do, and does nothing, with --dry-run", async () => {
    board = await plugIn(CHIP);
    const { code, stdout } = await flash("--dry-run", "--json");
    assert.equal(code, 0);
    const steps = stdout.trim().split("\n").map((line): unknown => JSON.parse(line));
    assert.deepEqual(steps.at(-1), { step: "dry run", text: "nothing was changed" });
    assert.ok(!stdout.includes(WIFI_PASSWORD));
    assert.deepEqual([board.rom.received(), board.console.files.size, admitted], [0, 0, []]);
  });

  it("goes on where a pulled cable stopped it, and does nothing twice", async () => {
    board = await plugIn(CHIP);
    const { rom, terminal } = board;
    rom.onReceived(5000, () => void terminal.close());
    const pulled = await flash();
    assert.equal(pulled.code, 1);
    assert.match(pulled.stderr, /went away: plug it in and run the same command again/);
    assert.match(pulled.stdout, /bootloader\.bin: written and checked/);
    assert.deepEqual([board.console.files.size, admitted], [0, []]);

    await board.unplug();
    board = await plugIn({ ...CHIP, flash: rom.flash });
    // It was flashed before, so only its settings and its key are other ones.
    board.console.files.set(".bootcde", FIRMWARE);
    const again = await flash();
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /bootloader\.bin: was there already[^]*espruino_esp32\.bin: written and checked[^]*first reading +the gateway has it/);
    assert.deepEqual(admitted, [BOARD]);
    const settings: unknown = JSON.parse(board.console.files.get("daisee.json") ?? "");
    assert.ok(typeof settings === "object" && settings !== null && "firstBoot" in settings);
    assert.ok(Number(settings.firstBoot) > 1, "it counts on from what the gateway has had");
    assert.equal(board.console.files.get("daisee.key")?.length, 32);
    assert.equal(board.console.files.get(".bootcde"), FIRMWARE);
  });

  it("touches nothing on another chip", async () => {
    board = await plugIn({ ...CHIP, chip: "ESP32-S2" });
    assertUntouched(await flash(), /this is an ESP32-S2; the firmware is for the ESP32/);
  });

  it("touches nothing when a file is not Espruino's, is for another chip, or is not there", async () => {
    board = await plugIn(CHIP);
    const other = Buffer.alloc(400_000);
    other[0] = 0xe9;
    assertUntouched(await flash("--espruino", await writeEspruino(join(folder, "other"), { "espruino_esp32.bin": other })), /another program, not Espruino: download/);
    other[12] = 9;
    assertUntouched(await flash("--espruino", await writeEspruino(join(folder, "s3"), { "espruino_esp32.bin": other })), /is for the ESP32-S3, not the ESP32: download/);
    assertUntouched(await flash("--espruino", join(folder, "none")), /there is no .*none: download .*espruino\.com/);
  });

  it("touches nothing when the gateway is away, or wants a log-in", async () => {
    board = await plugIn(CHIP);
    assertUntouched(await flash("--gateway", "http://127.0.0.1:9"), /no gateway answers at http:\/\/127\.0\.0\.1:9; start it, or name its address/);
    const token = process.env["XDG_CONFIG_HOME"];
    process.env["XDG_CONFIG_HOME"] = join(folder, "nobody");
    assertUntouched(await flash(), new RegExp(`Run "daisee login --gateway ${url}"`));
    process.env["XDG_CONFIG_HOME"] = token;
  });

  it("stores nothing on the board when the gateway does not take it", async () => {
    board = await plugIn(NEW_CHIP);
    const { code } = await flash();
    assert.equal(code, 1);
    assert.equal(board.console.files.size, 0);
  });

  it("says what is wrong with the port, the Wi-Fi's file and the settings", async () => {
    board = await plugIn(CHIP);
    assertUntouched(await flash("--port", "/dev/daisee-none"), /there is no port \/dev\/daisee-none: is the board plugged in\?/);
    const open = join(folder, "open");
    await writeFile(open, WIFI_PASSWORD, { mode: 0o644 });
    assertUntouched(await flash("--wifi-password-file", open), /can be read by others: run "chmod 600/);
    assertUntouched(await flash("--ssid", "x".repeat(40)), /ssid/);
    assertUntouched(await flash("--coap", "kitchen.local:5683"), /host/);
  });
});

describe("daisee login", () => {
  it("keeps no token when the password is wrong", async () => {
    const folder = await mkdtemp(join(tmpdir(), "daisee-login-test-"));
    const config = process.env["XDG_CONFIG_HOME"];
    const home = await createHousehold(createTestClock());
    const http = await listenHttp({ app: home.app, host: "127.0.0.1", port: 0 });
    try {
      process.env["XDG_CONFIG_HOME"] = folder;
      const file = join(folder, "password");
      await writeFile(file, "another one", { mode: 0o600 });
      const url = `http://127.0.0.1:${http.port}`;
      const { code, stderr } = await daisee("login", "--gateway", url, "--name", "owner", "--password-file", file);
      assert.equal(code, 1);
      assert.equal(stderr, "daisee: What was entered does not fit. Mind capitals and the keyboard's language.\n");
      const list = await daisee("board", "list", "--gateway", url);
      assert.match(list.stderr, /daisee login/);
      const json = await daisee("login", "--gateway", url, "--forget", "--json");
      assert.deepEqual(JSON.parse(json.stdout), { gateway: url, loggedIn: false });
    } finally {
      if (config === undefined) delete process.env["XDG_CONFIG_HOME"];
      else process.env["XDG_CONFIG_HOME"] = config;
      await http.close();
      await home.close();
      await rm(folder, { recursive: true });
    }
  });
});
