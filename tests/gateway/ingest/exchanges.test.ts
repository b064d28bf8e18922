/**
 * @module
 */
import assert from "node:assert/strict";
import { createExchanges } from "#gateway/ingest/exchanges.ts";

const LIFETIME_MS = 247_000;

describe("exchanges", () => {
  const answer = Buffer.from("answer");

  it("begin once, are pending until they end, and then keep their answer for a message id's lifetime", () => {
    let nowMs = 0;
    const exchanges = createExchanges({ nowMs: () => nowMs }, 10);
    assert.equal(exchanges.begin("a"), null);
    assert.equal(exchanges.begin("a"), "pending");
    exchanges.end("a", answer);
    nowMs = LIFETIME_MS - 1;
    assert.equal(exchanges.begin("a"), answer);
    nowMs = LIFETIME_MS;
    assert.equal(exchanges.begin("a"), null);
  });

  it("that end without an answer begin anew", () => {
    const exchanges = createExchanges({ nowMs: () => 0 }, 10);
    exchanges.begin("a");
    exchanges.end("a", null);
    assert.equal(exchanges.begin("a"), null);
  });

  it("never are more than the limit: the oldest give way", () => {
    const exchanges = createExchanges({ nowMs: () => 0 }, 3);
    for (const key of ["a", "b", "c", "d"]) {
      assert.equal(exchanges.begin(key), null);
      exchanges.end(key, answer);
    }
    for (const key of ["b", "c", "d"]) assert.equal(exchanges.begin(key), answer);
    assert.equal(exchanges.begin("a"), null);
    // One that gave way while pending may still end.
    exchanges.end("gone", answer);
    assert.equal(exchanges.begin("gone"), null);
  });
});
