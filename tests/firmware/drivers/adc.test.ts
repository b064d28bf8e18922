import assert from "node:assert/strict";
import { createSampler } from "#firmware/drivers/adc.ts";

const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0);
const variance = (values: Float32Array, mean: number): number => values.reduce((total, value) => total + (value - mean) ** 2, 0);

describe("converter", () => {
  it("gives sum, squares, extremes and count of just the samples of one burst", () => {
    const values = [0.5, 0.25, 0.75, 0.125];
    let next = 0;
    const sample = createSampler({ analogRead: (pin) => (pin === "D34" ? (values[next++] ?? NaN) : 1), sum, variance });
    assert.deepEqual({ ...sample("D35", 4) }, { sum: 4, squares: 0, min: 1, max: 1, count: 4 });
    assert.deepEqual({ ...sample("D34", 3) }, { sum: 1.5, squares: 0.125, min: 0.25, max: 0.75, count: 3 });
  });

  it("refuses a burst with a sample that is no number", () => {
    let turn = 0;
    const sample = createSampler({ analogRead: () => (turn++ === 2 ? NaN : 0.5), sum, variance });
    assert.throws(() => sample("D34", 4), /no number from D34/);
  });
});
