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
    const { exchange } = exchanges.begin("a", post);
    exchanges.forget("a", exchange);
    assert.equal(exchanges.begin("a", post).isNew, true);
  });

  it("are others for another datagram under the same message id, and then the newest is the one that is remembered", () => {
    const exchanges = createExchanges({ nowMs: () => 0 }, 10);
    const first = exchanges.begin("a", post).exchange;
    const second = exchanges.begin("a", Buffer.from("other"));
    assert.equal(second.isNew, true);
    exchanges.forget("a", first);
    assert.deepEqual(exchanges.begin("a", Buffer.from("other")), { exchange: second.exchange, isNew: false });
    assert.equal(exchanges.begin("a", post).isNew, true);
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
    for (const key of ["a", "b", "c", "d"]) exchanges.end(exchanges.begin(key, post).exchange, answer);
    for (const key of ["b", "c", "d"]) assert.equal(exchanges.begin(key, post).exchange.answer, "answer");
    assert.equal(exchanges.begin("a", post).isNew, true);
  });
});
