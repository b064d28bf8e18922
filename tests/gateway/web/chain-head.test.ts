import assert from "node:assert/strict";
import { headState } from "#gateway/web/app/pages/chain/head.ts";

describe("the newest block", () => {
  const seen = { state: "following", headUtcMs: 1, stalled: false } as const;

  it("is in step, or of a chain that stands, as the gateway says", () => {
    assert.equal(headState(seen), "fresh");
    assert.equal(headState({ ...seen, state: "locked" }), "fresh");
    assert.equal(headState({ ...seen, stalled: true }), "stalled");
  });

  it("is not judged where the chain does not answer, is another one, or was not asked yet", () => {
    assert.equal(headState({ ...seen, state: "away", stalled: true }), "away");
    assert.equal(headState({ ...seen, state: "foreign" }), "unknown");
    assert.equal(headState({ ...seen, state: "starting", headUtcMs: null }), "unknown");
  });
});
