import assert from "node:assert/strict";
import { Button, LED, ledLevel, PRESS } from "#firmware/core/panel.ts";

function shown(pattern: number): string {
  return Array.from({ length: 20 }, (_, i) => ledLevel(pattern, i * 200)).join("");
}

describe("panel", () => {
  it("shows each state by a pattern of its own, over and over", () => {
    const patterns = Object.values(LED).map(shown);
    assert.equal(new Set(patterns).size, patterns.length);
    assert.equal(shown(LED.fine), "10000000001000000000");
    assert.equal(shown(LED.identify), "10101010101010101010");
  });

  it("tells a short press from a long and a very long one, and none of them from bouncing", () => {
    for (const [heldMs, meaning] of [
      [20, PRESS.none],
      [200, PRESS.short],
      [2900, PRESS.short],
      [3100, PRESS.long],
      [9900, PRESS.long],
      [12000, PRESS.veryLong],
    ] as const) {
      const button = new Button();
      const seen = new Set<number>();
      for (let nowMs = 0; nowMs < 15000; nowMs += 20) seen.add(button.update(nowMs >= 1000 && nowMs < 1000 + heldMs, nowMs));
      seen.delete(PRESS.none);
      assert.deepEqual([...seen], meaning === PRESS.none ? [] : [meaning], String(heldMs));
    }
  });
});
