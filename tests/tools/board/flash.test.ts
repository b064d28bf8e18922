import assert from "node:assert/strict";
import { flashBoard } from "#tools/board/flash.ts";
import type { FlashPlan, FlashReport } from "#tools/board/flash.ts";
import { openScriptedConsole } from "./console.ts";
import type { ScriptedConsole } from "./console.ts";
import { createFakeRom } from "./fake-rom.ts";
import type { FakeRom } from "./fake-rom.ts";
import { openPseudoTerminal } from "./pseudo-terminal.ts";
import type { PseudoTerminal } from "./pseudo-terminal.ts";

const BOARD_ID = "02da15ee0001";
const IMAGE = [{ name: "espruino_esp32.bin", address: 0x10000, data: new Uint8Array(30_000).fill(7) }];

describe("flashing a board", () => {
  let terminal: PseudoTerminal;
  let rom: FakeRom;
  let board: ScriptedConsole;
  let steps: string[];
  let registered: string[];
  const report: FlashReport = { step: (step, text) => steps.push(`${step}: ${text}`), progress: () => {} };

  async function plugIn(chip: "ESP32" | "ESP32-S2" = "ESP32"): Promise<void> {
    terminal = await openPseudoTerminal();
    rom = createFakeRom(terminal, { boardId: BOARD_ID, chip });
    board = await openScriptedConsole();
    steps = [];
    registered = [];
  }

  function plan(changes: Partial<FlashPlan> = {}): FlashPlan {
    return {
      loaderPort: terminal.path,
      consolePort: board.port,
      image: IMAGE,
      files: (boardId, firstBoot) => [
        { name: "daisee.json", data: Buffer.from(JSON.stringify({ boardId, firstBoot })) },
        { name: ".bootcde", data: Buffer.from("print(1)") },
      ],
      register: async (boardId) => {
        registered.push(boardId);
        return 1;
      },
      heard: async () => true,
      heardTimeoutMs: 0,
      bootMs: 0,
      ...changes,
    };
  }

  afterEach(async () => {
    await board.close();
    await terminal.close();
  });

  it("ends with a first reading, or says why there is none; run again, it does nothing twice", async () => {
    await plugIn();
    assert.equal(await flashBoard(plan(), report), BOARD_ID);
    assert.deepEqual(rom.flash.slice(0x10000, 0x10000 + 30_000), IMAGE[0]?.data);
    assert.equal(board.files.get("daisee.json"), `{"boardId":"${BOARD_ID}","firstBoot":1}`);
    assert.deepEqual(registered, [BOARD_ID]);
    assert.ok(board.reboots() > 0, "the firmware was started");
    assert.deepEqual(
      steps.map((line) => line.split(":")[0]).filter((step, index, all) => step !== all[index - 1]),
      ["recognise", "interpreter", "register", "firmware", "first reading"],
    );

    const received = rom.received();
    steps = [];
    await assert.rejects(flashBoard(plan({ heard: async () => "is the Wi-Fi password right?" }), report), /is flashed, but .*Wi-Fi password right/);
    assert.equal(rom.received(), received);
    assert.equal(steps.filter((line) => line.includes("was there already")).length, 2);
  }).timeout(120_000);

  it("touches nothing on another chip", async () => {
    await plugIn("ESP32-S2");
    await assert.rejects(flashBoard(plan(), report), /this is an ESP32-S2; the firmware is for the ESP32/);
    assert.equal(rom.received(), 0);
    assert.equal(board.files.size, 0);
    assert.deepEqual(registered, []);
  }).timeout(60_000);

  it("stores nothing on the board when the gateway does not take it", async () => {
    await plugIn();
    await assert.rejects(flashBoard(plan({ register: () => Promise.reject(new Error("no gateway answers")) }), report), /no gateway answers/);
    assert.equal(board.files.size, 0);
  }).timeout(60_000);
});
