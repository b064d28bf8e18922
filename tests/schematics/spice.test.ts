/**
 * @module
 */
import assert from "node:assert/strict";
import { BOARDS, HALL } from "#schematics/board.ts";
import { simulate, sources, volts } from "#schematics/spice/bench.ts";
import { defaultEngine, nativeEngine, wasmEngine } from "#schematics/spice/engine.ts";
import { EXPERIMENTS } from "#schematics/spice/experiments/all.ts";
import { budgets, sum } from "#schematics/spice/budget.ts";
import { closedLoop } from "#schematics/spice/closed-loop.ts";
import { drawn } from "./design.ts";

const engine = defaultEngine();

for (const spec of BOARDS) {
  describe(`the ${spec.name} board, simulated from its drawing`, () => {
    const bench = { ...drawn(spec), engine };

    for (const [name, experiment] of Object.entries(EXPERIMENTS)) {
      it(`keeps its limits: ${name}`, async function () {
        const measurements = await experiment(bench);
        const outside = measurements.filter(({ value, min, max }) => !(value >= min && value <= max));
        assert.deepEqual(outside, []);
        // Filters and stuck sensors are matters of the analog channels.
        if (spec.halls.length > 0 || !["filters", "stuck sensor"].includes(name)) assert.ok(measurements.length > 0);
      });
    }

    it("reads within its error budget, whichever way its parts are off", async function () {
      const spreads = await closedLoop(bench, 7, 8);
      for (const budget of budgets(spec)) {
        for (const calibrated of [false, true]) {
          const spread = spreads.find((each) => each.channel === budget.channel && each.calibrated === calibrated);
          assert.ok(
            spread && spread.worst <= sum(budget.terms, calibrated),
            `${budget.channel}: ${spread?.worst} of ${sum(budget.terms, calibrated)} ${budget.unit}`,
          );
        }
      }
    });
  });
}

describe("the SPICE engines", () => {
  it("are both asked, and agree", async function () {
    const native = nativeEngine();
    if (!native) {
      console.log("      skipped: ngspice is not installed; everything above ran on WebAssembly");
      this.skip();
    }
    for (const spec of BOARDS) {
      const gpio = { 23: "PULSE(3.3 0 0.2m 100n 100n 50m 1)" };
      const setup = { options: { closed: ["K1"], gpio }, stimulus: [...sources(12, 12), "Iload n_load 0 DC 3"], analysis: ".op" };
      const [one, other] = [
        await simulate({ ...drawn(spec), engine: native }, setup),
        await simulate({ ...drawn(spec), engine: wasmEngine }, setup),
      ];
      for (const net of ["V5", "VIN", "LOAD", "K1_COIL", "K1_BASE"]) {
        const [a = NaN, b = NaN] = [volts(one, net)[0], volts(other, net)[0]];
        assert.ok(Math.abs(a - b) < 1e-3, `${net}: ${a} and ${b} V`);
      }
      const moving = { ...setup, analysis: ".tran 20u 2m 0 20u" };
      const [first, second] = [
        await simulate({ ...drawn(spec), engine: native }, moving),
        await simulate({ ...drawn(spec), engine: wasmEngine }, moving),
      ];
      const peaks = [first, second].map((vectors) => Math.max(...volts(vectors, "K1_COIL")));
      assert.ok(Math.abs((peaks[0] ?? 0) - (peaks[1] ?? 1)) < 0.05, `collector peaks ${peaks.join(" and ")} V`);
    }
  });

  it("refuse a deck that makes no sense", async () => {
    await assert.rejects(engine("* nothing\n.end\n"));
    await assert.rejects(simulate({ ...drawn(HALL), engine }, { stimulus: ["Qbroken a b"], analysis: ".op" }));
  });
});
