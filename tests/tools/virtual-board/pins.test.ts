import assert from "node:assert/strict";
import { RELAYS } from "#firmware/core/board.ts";
import { createBench, evaluate, run } from "./bench.ts";

describe("virtual-board/fake: pins", () => {
  it("pulls up what an ESP32 pulls up at reset, among it no relay of the board", () => {
    const { board, scheduler, pins } = createBench("");
    board.start();
    scheduler.advance(100);
    for (const pin of ["D0", "D12", "D15", "D18", "D22", "D25", "D27", "D14", "D5"]) assert.equal(board.level(pin), 1, pin);
    scheduler.advance(900);
    assert.equal(board.level("D5"), 0);
    for (const pin of RELAYS) {
      assert.equal(board.level(pin), 0);
      assert.ok(!pins.includes(`${pin}=1`));
    }
  });

  it("reports an output's changes only, and lets it go at a restart and without power", () => {
    const { pins, board, scheduler } = run('digitalWrite("D23", 1); digitalWrite("D23", 1); setTimeout(() => E.reboot(), 200);', 700);
    const relay = (): string[] => pins.filter((change) => change.startsWith("D23="));
    assert.deepEqual(relay(), ["D23=1", "D23=0"]);
    scheduler.advance(500);
    board.stop();
    assert.deepEqual(relay().slice(2, 4), ["D23=1", "D23=0"]);
    assert.equal(board.level("D23"), 0);
  });

  it("reads ADC1 only, and drives no input and no flash pin", () => {
    assert.deepEqual(
      evaluate(
        'analogRead("D34") > 0',
        'analogRead("D4")',
        'digitalWrite("D35", 1)',
        'digitalWrite("D6", 1)',
        'analogRead("D40")',
        'analogRead("A0")',
      ),
      ["true", "throws", "throws", "throws", "throws", "throws"],
    );
  });

  it("follows the attenuation, and says so on the console as the board does", () => {
    const { lines } = run(
      'const before = analogRead("D34"); ESP32.setAtten("D34", 2000); console.log(analogRead("D34") / before > 1.5);',
      1000,
      { volts: () => 0.8, adc: { noiseLsb: 0 } },
    );
    assert.deepEqual(lines, ["Atten:2000", "true"]);
  });
});
