import assert from "node:assert/strict";
import { describeFigure, meetsAim, median, ratioOf } from "#tools/bench/harness.ts";

describe("the benchmarks' harness", () => {
  it("takes the middle value, or the mean of the two middle ones", () => {
    assert.equal(median([5, 1, 3]), 3);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.throws(() => median([]), /no values/);
  });

  it("compares value or ratio with the aim, bounds included", () => {
    const figure = { name: "f", value: 6, unit: "ms", reference: { name: "r", value: 3 } };
    assert.equal(ratioOf(figure), 2);
    assert.equal(meetsAim(figure), null);
    assert.equal(meetsAim({ ...figure, aim: { of: "ratio", atMost: 2 } }), true);
    assert.equal(meetsAim({ ...figure, aim: { of: "ratio", atMost: 1.9 } }), false);
    assert.equal(meetsAim({ ...figure, aim: { of: "value", atLeast: 7 } }), false);
    assert.equal(meetsAim({ name: "f", value: 6, unit: "ms", aim: { of: "ratio", atMost: 2 } }), false);
  });

  it("prints figure, reference, ratio and aim on one line", () => {
    const line = describeFigure({ name: "path", value: 6, unit: "ms", reference: { name: "bare", value: 3 }, aim: { of: "ratio", atMost: 1.5 } });
    assert.equal(line, "path: 6 ms | bare: 3 ms | ratio 2 | aim: ratio at most 1.5 (not met)");
    assert.equal(describeFigure({ name: "lost", value: 3, unit: "frames", reference: { name: "here", value: 0 } }), "lost: 3 frames | here: 0 frames");
  });
});
