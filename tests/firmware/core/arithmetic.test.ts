/**
 * The board's measuring in the board's own arithmetic: one bundle, in the fake, and in a real interpreter where `ESPRUINO` names one, against
 * what Node makes of the same sources.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { buildFirmware } from "#firmware/build/bundle.ts";
import { boardDefinition } from "#firmware/core/board.ts";
import { measureCycles } from "#firmware/core/cycles.ts";
import { Meter } from "#firmware/core/meter.ts";
import { Sensors } from "#firmware/core/sensors.ts";
import { createShuntMeasurer } from "#firmware/core/shunt.ts";
import { createSampler } from "#firmware/drivers/adc.ts";
import { newBurst, takeBurst } from "#firmware/drivers/adc-burst.ts";
import { sampleClamp } from "#firmware/drivers/clamp.ts";
import { createChipReader } from "#firmware/drivers/ina.ts";
import { run } from "#tests/tools/virtual-board/bench.ts";
import { runOnInterpreter } from "../build/interpreter.ts";
import { SUMS } from "./waves.ts";

const FIRMWARE = join(import.meta.dirname, "../../../firmware");

/** Time that each sample takes, mains of 49.3 Hz, Hall sensors, an INA226 at 0x40 and nothing at 0x41. In the words of both engines. */
const WORLD = `
  var now = 0, pointer = 0, shunt = 0x8300;
  function getTime() { return (now += 0.000013); }
  function analogRead(pin) {
    now += 0.00011;
    var angle = 2 * Math.PI * 49.3 * now;
    var value = 0.35;
    if (pin === "D34") value += 0.11 * Math.sin(angle - 0.7) + 0.03 * Math.sin(3 * angle);
    if (pin === "D35") value += 0.27 * Math.sin(angle);
    return Math.floor(value * 4096) / 4096;
  }
  var registers = { 0: 0x4127, 1: shunt, 2: 9601, 6: 8, 254: 0x5449, 255: 0x2260 };
  var bus = {
    setup: function () {},
    writeTo: function (address, data) { if (address !== 0x40) throw new Error("no answer"); pointer = data[0]; },
    readFrom: function (address, count) { var value = registers[pointer] || 0; return new Uint8Array([value >> 8, value & 255]); },
  };`;

/** What the board computes in it, as TypeScript for the board. Numbers are printed by their lines. */
const PROGRAM = `
  const host = { analogRead, getTime };
  const burst = newBurst();
  for (let i = 0; i < 5; i++) {
    const taken = takeBurst(host, burst, "D34", "D35");
    const { current, voltage, power, periodMs } = measureCycles(taken, 0.1, E);
    console.log([taken.count, taken.stepMs, taken.skewMs, current.mean, current.rms, current.min, current.max, voltage.rms, power, periodMs].join(" "));
  }
  const board = boardDefinition("clamp");
  const sensors = new Sensors(board, { "I3": { gain: 1.01, offset: 0 } }, {
    sample: createSampler({ analogRead, sum: E.sum, variance: E.variance }),
    clamp: (bank, channel, sensor, nowMs) => sampleClamp({ host, sums: E, burst }, bank, channel, sensor, nowMs),
    shunt: createShuntMeasurer(createChipReader(bus, { sda: "D21", scl: "D22", bitrate: 400000 })),
  });
  sensors.update(100);
  sensors.all.forEach((sensor) => {
    console.log([sensor.value, sensor.exact, sensor.raw, sensor.noise, sensor.plausible ? 1 : 0].join(" "));
  });
  console.log(board.meters.map((meter) => sensors.powerUw(meter)).join(" "));
  const meter = new Meter(0, 100, { importMwh: 281474976710655, exportMwh: 5 });
  let seed = 1;
  for (let i = 0; i < 2000; i++) {
    seed = (seed * 16807) % 2147483647;
    const currentMa = (seed % 40001) - 20000;
    const voltageMv = 5000 + (seed % 25000);
    meter.add(currentMa, currentMa, currentMa, voltageMv, currentMa * voltageMv, seed % 15000);
  }
  const { importMwh, exportMwh } = meter.counters;
  // More than 11 digits are not printed.
  console.log([Math.floor(importMwh / 1000000), importMwh % 1000000, exportMwh].join(" "));`;

const IMPORTS = {
  boardDefinition: "core/board.ts",
  measureCycles: "core/cycles.ts",
  Meter: "core/meter.ts",
  Sensors: "core/sensors.ts",
  createSampler: "drivers/adc.ts",
  newBurst: "drivers/adc-burst.ts",
  takeBurst: "drivers/adc-burst.ts",
  createChipReader: "drivers/ina.ts",
  sampleClamp: "drivers/clamp.ts",
  createShuntMeasurer: "core/shunt.ts",
};

/** The numbers that Node computes in the same world. */
function reference(): number[][] {
  const lines: number[][] = [];
  const log = (line: string): number => lines.push(line.split(" ").map(Number));
  const known = { boardDefinition, measureCycles, Meter, Sensors, createSampler, newBurst, takeBurst, createChipReader, sampleClamp, createShuntMeasurer, E: SUMS, console: { log } };
  // The program is ours, and names nothing but these.
  // oxlint-disable-next-line no-new-func, no-implied-eval, typescript/no-implied-eval
  new Function(...Object.keys(known), `${WORLD}\n${PROGRAM}`)(...Object.values(known));
  return lines;
}

function assertSame(lines: string[], expected: number[][]): void {
  const numbers = lines.map((line) => line.split(" ").map(Number));
  assert.equal(numbers.length, expected.length, lines.join("\n"));
  numbers.forEach((line, i) => {
    line.forEach((value, k) => {
      const wanted = expected[i]?.[k] ?? NaN;
      // Printed with 11 digits or so.
      assert.ok(Math.abs(value - wanted) <= 1e-8 * Math.max(1e-3, Math.abs(wanted)), `line ${i}, number ${k}: ${value} instead of ${wanted}`);
    });
  });
}

describe("measuring in the board's arithmetic", function () {
  let dist: string;
  let script: string;
  let expected: number[][];

  before(async () => {
    dist = await mkdtemp(join(tmpdir(), "daisee-arithmetic-"));
    const entry = join(dist, "entry.ts");
    const sources = relative(dist, FIRMWARE);
    const imports = Object.entries(IMPORTS).map(([name, path]) => `import { ${name} } from "${join(sources, path)}";`);
    await writeFile(entry, `${imports.join("\n")}\nconst bus = I2C1;\n${PROGRAM}\n`);
    const { code } = await buildFirmware({ entry, dist });
    script = `${WORLD}\nI2C1 = bus;\n${code}`;
    expected = reference();
  });
  after(() => rm(dist, { recursive: true }));

  it("sees in its world what is there", () => {
    const [, , , , [, , , , , , , voltageRms = NaN, power = NaN, periodMs = NaN] = []] = expected;
    assert.ok(Math.abs(voltageRms - 0.27 * Math.SQRT1_2) < 2e-4, String(voltageRms));
    assert.ok(Math.abs(periodMs - 1000 / 49.3) < 0.03, String(periodMs));
    const lead = 2 * Math.PI * 49.3 * 0.0001;
    assert.ok(Math.abs(power - (0.11 * 0.27 * Math.cos(0.7 + lead)) / 2) < 5e-5, String(power));
    // Line 5: the shunt, -32000 steps of 2.5 µV on 10 mΩ; line 6: no answer.
    assert.deepEqual(expected.slice(5, 7), [[-8000, -8000, -32000, 0, 1], [0, 0, 0, 0, 0]]);
  });

  it("gives the same in the fake", () => assertSame(run(script).lines, expected));

  it("gives the same in a real interpreter", async function () {
    assertSame(await runOnInterpreter(this, script), expected);
  });
});
