import assert from "node:assert/strict";
import { connectChip } from "#tools/board/chip.ts";
import { createFakeRom } from "./fake-rom.ts";
import type { FakeRom } from "./fake-rom.ts";
import { openPseudoTerminal } from "./pseudo-terminal.ts";
import type { PseudoTerminal } from "./pseudo-terminal.ts";

const BOARD_ID = "02da15ee0001";

/** Bytes that do not compress away: a linear congruential sequence from a seed. */
function image(bytes: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: bytes }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

describe("the chip's loader", () => {
  const terminals: PseudoTerminal[] = [];

  async function plugIn(options: Partial<Parameters<typeof createFakeRom>[1]> = {}): Promise<{ terminal: PseudoTerminal; rom: FakeRom }> {
    const terminal = await openPseudoTerminal();
    terminals.push(terminal);
    return { terminal, rom: createFakeRom(terminal, { boardId: BOARD_ID, ...options }) };
  }

  afterEach(async () => {
    await Promise.all(terminals.splice(0).map((terminal) => terminal.close()));
  });

  it("says which chip it is, and its EUI-48", async () => {
    const { terminal } = await plugIn();
    const notes: string[] = [];
    const chip = await connectChip(terminal.path, (text) => notes.push(text));
    assert.equal(chip.name, "ESP32");
    assert.equal(chip.boardId, BOARD_ID);
    assert.match(notes.join(), /BOOT button/, "a port without modem lines needs a person's hand");
    await chip.close();
  });

  it("says that another chip is another", async () => {
    const { terminal } = await plugIn({ chip: "ESP32-S2" });
    const chip = await connectChip(terminal.path, () => {});
    assert.equal(chip.name, "ESP32-S2");
    await chip.close();
  });

  it("writes a part once, whatever its length, and tells how far it is", async () => {
    const { terminal, rom } = await plugIn();
    const data = image(40_001, 1);
    const part = { name: "espruino_esp32.bin", address: 0x10000, data };
    const chip = await connectChip(terminal.path, () => {});
    const progress: [number, number][] = [];
    assert.equal(await chip.write(part, (sent, total) => progress.push([sent, total])), true);
    assert.deepEqual(rom.flash.slice(0x10000, 0x10000 + data.length), data);
    assert.equal(rom.flash[0x10000 - 1], 0xff);
    const last = progress.at(-1);
    assert.ok(last !== undefined && last[0] === last[1] && last[0] > 0);
    const received = rom.received();
    assert.equal(await chip.write(part, () => {}), false);
    assert.equal(rom.received(), received, "what is there is not sent again");
    await chip.close();
  });

  it("goes on after the cable was pulled in the middle", async () => {
    const { terminal, rom } = await plugIn();
    const first = { name: "bootloader.bin", address: 0x1000, data: image(20_000, 2) };
    const second = { name: "espruino_esp32.bin", address: 0x10000, data: image(120_000, 3) };
    const chip = await connectChip(terminal.path, () => {});
    await chip.write(first, () => {});
    rom.onReceived(50_000, () => void terminal.close());
    await assert.rejects(chip.write(second, () => {}), /went away: plug it in and run the same command again/);

    const again = await plugIn({ flash: rom.flash });
    const chipAgain = await connectChip(again.terminal.path, () => {});
    assert.equal(await chipAgain.write(first, () => {}), false);
    assert.equal(await chipAgain.write(second, () => {}), true);
    assert.deepEqual(rom.flash.slice(0x10000, 0x10000 + second.data.length), second.data);
    await chipAgain.close();
  });

  it("says what to try when nothing answers", async () => {
    const terminal = await openPseudoTerminal();
    terminals.push(terminal);
    await assert.rejects(connectChip(terminal.path, () => {}), /no ESP32 answers at .*BOOT button/);
  });

  it("says that there is no such port", async () => {
    await assert.rejects(connectChip("/dev/daisee-none", () => {}), /there is no port \/dev\/daisee-none/);
  });
});
