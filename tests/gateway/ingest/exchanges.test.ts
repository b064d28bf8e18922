/**
 * @module
 */
import assert from "node:assert/strict";
import { createExchanges } from "#gateway/ingest/exchanges.ts";

const LIFETIME_MS = 247_000;

const board = { address: 0xc0a80114, port: 5683 };
const stranger = { ...board, address: 0xc0a80115 };

describe("exchanges", () => {
  const post = Buffer.from("post");
  const answer = Buffer.from("answer");

  it("begin once, are pending until they are answered, and then keep their answer for a message id's lifetime", () => {
    let nowMs = 0;
    const exchanges = createExchanges({ nowMs: () => nowMs }, 10);
    const { exchange, isNew } = exchanges.begin(board, 1, post);
    assert.equal(isNew, true);
    assert.deepEqual(exchanges.begin({ ...board }, 1, Buffer.from("post")), { exchange, isNew: false });
    assert.equal(exchange.answer, null);
    exchanges.end(exchange, answer);
    nowMs = LIFETIME_MS - 1;
    assert.equal(exchanges.begin(board, 1, post).exchange.answer, "answer");
    nowMs = LIFETIME_MS;
    assert.equal(exchanges.begin(board, 1, post).isNew, true);
  });

  it("that are forgotten begin anew", () => {
    const exchanges = createExchanges({ nowMs: () => 0 }, 10);
    exchanges.forget(exchanges.begin(board, 1, post).exchange);
    assert.equal(exchanges.begin(board, 1, post).isNew, true);
  });

  it("are others for another message id, port or address", () => {
    const exchanges = createExchanges({ nowMs: () => 0 }, 10);
    exchanges.begin(board, 1, post);
    assert.equal(exchanges.begin(board, 65_535, post).isNew, true);
    assert.equal(exchanges.begin({ ...board, port: 65_535 }, 1, post).isNew, true);
    assert.equal(exchanges.begin(board, 1, post).isNew, false);
    assert.equal(exchanges.begin(stranger, 1, post).isNew, true);
  });

  it("are others for another datagram under the same message id, and then the newest is the one that is remembered", () => {
    const exchanges = createExchanges({ nowMs: () => 0 }, 10);
    const first = exchanges.begin(board, 1, post).exchange;
    const second = exchanges.begin(board, 1, Buffer.from("other"));
    assert.equal(second.isNew, true);
    exchanges.forget(first);
    assert.deepEqual(exchanges.begin(board, 1, Buffer.from("other")), { exchange: second.exchange, isNew: false });
    assert.equal(exchanges.begin(board, 1, post).isNew, true);
  });

  it("keep a copy of the datagram: its buffer may be used again", () => {
    const exchanges = createExchanges({ nowMs: () => 0 }, 10);
    const buffer = Buffer.from([0, 127, 128, 255]);
    exchanges.begin(board, 1, buffer);
    buffer.fill(0);
    assert.equal(exchanges.begin(board, 1, Buffer.from([0, 127, 128, 255])).isNew, false);
    assert.equal(exchanges.begin(board, 1, buffer).isNew, true);
  });

  it("never are more than the limit: the oldest give way", () => {
    const exchanges = createExchanges({ nowMs: () => 0 }, 3);
    for (const id of [1, 2, 3, 4]) exchanges.end(exchanges.begin(board, id, post).exchange, answer);
    for (const id of [2, 3, 4]) assert.equal(exchanges.begin(board, id, post).exchange.answer, "answer");
    assert.equal(exchanges.begin(board, 1, post).isNew, true);
    assert.equal(exchanges.begin(board, 2, post).isNew, true, "it gave way to 1");
  });
});
