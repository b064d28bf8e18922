/**
 * @module
 */
import assert from "node:assert/strict";
import { createExchanges } from "#gateway/ingest/exchanges.ts";

const LIFETIME_MS = 247_000;

describe("exchanges", () => {
  const post = Buffer.from("post");
  const answer = Buffer.from("answer");

  it("begin once, are pending until they are answered, and then keep their answer for a message id's lifetime", () => {
    let nowMs = 0;
    const exchanges = createExchanges({ nowMs: () => nowMs }, 10);
    const { exchange, isNew } = exchanges.begin("a", post);
    assert.equal(isNew, true);
    assert.deepEqual(exchanges.begin("a", Buffer.from("post")), { exchange, isNew: false });
    assert.equal(exchange.answer, null);
    exchanges.end(exchange, answer);
    nowMs = LIFETIME_MS - 1;
    assert.equal(exchanges.begin("a", post).exchange.answer, "answer");
    nowMs = LIFETIME_MS;
    assert.equal(exchanges.begin("a", post).isNew, true);
  });

  it("that are forgotten begin anew", () => {
    const exchanges = createExchanges({ nowMs: () => 0 }, 10);
    exchanges.forget(exchanges.begin("a", post).exchange);
    assert.equal(exchanges.begin("a", post).isNew, true);
  });

  it("are others for another datagram or another sender, each with its own answer; forgetting one that began anew leaves the new one", () => {
    let nowMs = 0;
    const exchanges = createExchanges({ nowMs: () => nowMs }, 10);
    const first = exchanges.begin("a", post).exchange;
    const other = exchanges.begin("a", Buffer.from("other"));
    assert.equal(other.isNew, true);
    assert.equal(exchanges.begin("b", post).isNew, true);
    assert.deepEqual(exchanges.begin("a", post), { exchange: first, isNew: false });
    nowMs = LIFETIME_MS;
    const again = exchanges.begin("a", post).exchange;
    exchanges.forget(first);
    assert.deepEqual(exchanges.begin("a", post), { exchange: again, isNew: false });
  });

  it("keep a copy of the datagram: its buffer may be used again", () => {
    const exchanges = createExchanges({ nowMs: () => 0 }, 10);
    const buffer = Buffer.from([0, 127, 128, 255]);
    exchanges.begin("a", buffer);
    buffer.fill(0);
    assert.equal(exchanges.begin("a", Buffer.from([0, 127, 128, 255])).isNew, false);
    assert.equal(exchanges.begin("a", buffer).isNew, true);
  });

  it("never are more than the limit: the oldest give way", () => {
    const exchanges = createExchanges({ nowMs: () => 0 }, 3);
    for (const sender of ["a", "b", "c", "d"]) exchanges.end(exchanges.begin(sender, post).exchange, answer);
    for (const sender of ["b", "c", "d"]) assert.equal(exchanges.begin(sender, post).exchange.answer, "answer");
    assert.equal(exchanges.begin("a", post).isNew, true);
    assert.equal(exchanges.begin("b", post).isNew, true, "a gave way to one that gave way to it");
  });
});
