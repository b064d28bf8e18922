import assert from "node:assert/strict";
import fc from "fast-check";
import { createCircuit, GROUND } from "#tools/village/world/circuit.ts";

const NODES = 5;
const node = fc.integer({ min: GROUND, max: NODES - 1 });
const edges = fc.array(fc.record({ a: node, b: node, ohm: fc.double({ min: 0.01, max: 1e5, noNaN: true }) }), { maxLength: 15 });
const sources = fc.array(fc.record({ a: node, b: node, amps: fc.double({ min: -10, max: 10, noNaN: true }) }), { maxLength: 6 });

describe("village/world/circuit", () => {
  it("solves a divider and two sources in parallel as on paper", () => {
    const circuit = createCircuit(2);
    circuit.current(GROUND, 0, 1);
    circuit.conductance(0, 1, 1 / 4);
    circuit.conductance(1, GROUND, 1 / 2);
    assert.deepEqual([...circuit.solve()], [6, 2]);
  });

  it("lets currents add up to zero at every node, and what sources give be what resistors take", () => {
    fc.assert(
      fc.property(edges, sources, (resistors, currents) => {
        const circuit = createCircuit(NODES);
        const loops = resistors.filter(({ a, b }) => a !== b);
        for (const { a, b, ohm } of loops) circuit.conductance(a, b, 1 / ohm);
        for (let index = 0; index < NODES; index++) circuit.conductance(index, GROUND, 1e-3);
        for (const { a, b, amps } of currents) circuit.current(a, b, amps);
        const solved = circuit.solve();
        const volts = (index: number): number => solved[index] ?? 0;
        for (let index = 0; index < NODES; index++) {
          let into = -volts(index) * 1e-3;
          for (const { a, b, ohm } of loops) {
            const flow = (volts(a) - volts(b)) / ohm;
            if (a === index) into -= flow;
            if (b === index) into += flow;
          }
          for (const { a, b, amps } of currents) into += (b === index ? amps : 0) - (a === index ? amps : 0);
          assert.ok(Math.abs(into) < 1e-6, `${into} A left over at node ${index}`);
        }
      }),
    );
  });

  it("refuses a node that hangs in the air", () => {
    const circuit = createCircuit(2);
    circuit.conductance(0, GROUND, 1);
    assert.throws(() => circuit.solve(), /node 1 has no path to ground/);
  });
});
