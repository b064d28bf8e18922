import assert from "node:assert/strict";
import { headState, STALLED_MS } from "#gateway/web/app/pages/chain/head.ts";

describe("the chain's newest block", () => {
  const NOW = 1_000_000_000;
  const state = (ageMs: number, chain: "following" | "away" | "starting" | "locked" | "foreign" = "following", speed = 1) =>
    headState({ state: chain, headUtcMs: NOW - ageMs }, NOW, speed);

  it("is stalled when a chain that answers makes no more of them", () => {
    assert.equal(state(STALLED_MS), "fresh");
    assert.equal(state(STALLED_MS + 1), "stalled");
    assert.equal(state(STALLED_MS + 1, "locked"), "stalled");
  });

  it("is looked at by the clock of a demo that runs faster", () => {
    assert.equal(state(STALLED_MS * 20, "following", 20), "fresh");
    assert.equal(state(STALLED_MS * 20 + 1, "following", 20), "stalled");
  });

  it("is not judged where the chain does not answer, is another one, or was not asked yet", () => {
    assert.deepEqual([state(0, "away"), state(0, "foreign"), state(0, "starting")], ["away", "unknown", "unknown"]);
    assert.equal(headState({ state: "following", headUtcMs: null }, NOW, 1), "unknown");
  });
});
