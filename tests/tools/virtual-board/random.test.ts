import assert from "node:assert/strict";
import fc from "fast-check";
import { createRandom, gaussian } from "#tools/virtual-board/random.ts";

const DRAWS = 20000;

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe("virtual-board/random", () => {
  it("repeats by its seed and differs by seed and stream", () => {
    const draw = (seed: number, stream: number): number[] => Array.from({ length: 8 }, createRandom(seed, stream));
    fc.assert(
      fc.property(fc.integer(), fc.nat(1000), (seed, stream) => {
        assert.deepEqual(draw(seed, stream), draw(seed, stream));
        assert.notDeepEqual(draw(seed, stream), draw(seed, stream + 1));
        assert.notDeepEqual(draw(seed, stream), draw(seed + 1, stream));
      }),
    );
  });

  it("is uniform in [0, 1), and its normal deviates have mean 0 and variance 1", () => {
    const random = createRandom(7);
    const uniform = Array.from({ length: DRAWS }, random);
    assert.ok(uniform.every((value) => value >= 0 && value < 1));
    assert.ok(Math.abs(mean(uniform) - 0.5) < 0.01);
    const normal = Array.from({ length: DRAWS }, () => gaussian(random));
    assert.ok(Math.abs(mean(normal)) < 0.03);
    assert.ok(Math.abs(mean(normal.map((value) => value * value)) - 1) < 0.05);
  });
});
