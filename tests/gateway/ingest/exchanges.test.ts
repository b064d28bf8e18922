/**
 * @module
 */
import assert from "node:assert/strict";
import { createExchanges } from "#gateway/ingest/exchanges.ts";
import type { Exchanges, ExchangesOptions } from "#gateway/ingest/exchanges.ts";

const LIFETIME_MS = 247_000;

const board = { address: 0xc0a80114, port: 5683 };
const stranger = { ...board, address: 0xc0a80115 };

function create(options: Partial<ExchangesOptions> = {}): Exchanges {
  return createExchanges({ clock: { nowMs: () => 0 }, most: 10, mostDatagramBytes: 8, mostAnswerBytes: 6, ...options });
}

describe("exchanges", () => {
  const post = Buffer.from("post");
  const answer = Buffer.from("answer");

  it("begin once, are pending until they are answered, and then keep their answer for a message id's lifetime", () => {
    let nowMs = 0;
    const exchanges = create({ clock: { nowMs: () => nowMs } });
    const { exchange, isNew } = exchanges.begin(board, 1, post);
    assert.equal(isNew, true);
    assert.deepEqual(exchanges.begin({ ...board }, 1, Buffer.from("post")), { exchange, isNew: false });
    assert.equal(exchanges.answer(exchange), null);
    exchanges.end(exchange, answer);
    nowMs = LIFETIME_MS - 1;
    assert.deepEqual(exchanges.answer(exchanges.begin(board, 1, post).exchange), answer);
    nowMs = LIFETIME_MS;
    assert.equal(exchanges.begin(board, 1, post).isNew, true);
  });

  it("that are forgotten begin anew", () => {
    const exchanges = create();
    exchanges.forget(exchanges.begin(board, 1, post).exchange);
    assert.equal(exchanges.begin(board, 1, post).isNew, true);
  });

  it("are others for another message id, port or address", () => {
    const exchanges = create();
    exchanges.begin(board, 1, post);
    assert.equal(exchanges.begin(board, 65_535, post).isNew, true);
    assert.equal(exchanges.begin({ ...board, port: 65_535 }, 1, post).isNew, true);
    assert.equal(exchanges.begin(board, 1, post).isNew, false);
    assert.equal(exchanges.begin(stranger, 1, post).isNew, true);
  });

  it("are others for another datagram under the same message id, and then the newest is the one that is remembered", () => {
    const exchanges = create();
    const first = exchanges.begin(board, 1, post).exchange;
    const second = exchanges.begin(board, 1, Buffer.from("other"));
    assert.equal(second.isNew, true);
    exchanges.forget(first);
    assert.deepEqual(exchanges.begin(board, 1, Buffer.from("other")), { exchange: second.exchange, isNew: false });
    assert.equal(exchanges.begin(board, 1, post).isNew, true);
  });

  it("keep a copy of the datagram: its buffer may be used again", () => {
    const exchanges = create();
    const buffer = Buffer.from([0, 127, 128, 255]);
    exchanges.begin(board, 1, buffer);
    buffer.fill(0);
    assert.equal(exchanges.begin(board, 1, Buffer.from([0, 127, 128, 255])).isNew, false);
    assert.equal(exchanges.begin(board, 1, buffer).isNew, true);
  });

  it("never are more than the limit: the oldest give way", () => {
    const exchanges = create({ most: 3 });
    for (const id of [1, 2, 3, 4]) exchanges.end(exchanges.begin(board, id, post).exchange, answer);
    for (const id of [2, 3, 4]) assert.deepEqual(exchanges.answer(exchanges.begin(board, id, post).exchange), answer);
    assert.equal(exchanges.begin(board, 1, post).isNew, true);
    assert.equal(exchanges.begin(board, 2, post).isNew, true, "it gave way to 1");
  });

  it("that gave way take no answer from the one in their place", () => {
    const exchanges = create({ most: 1 });
    const late = exchanges.begin(board, 1, post).exchange;
    const { exchange } = exchanges.begin(board, 2, Buffer.from("other"));
    exchanges.end(late, answer);
    assert.equal(exchanges.answer(exchange), null);
    assert.deepEqual(exchanges.begin(board, 2, Buffer.from("other")), { exchange, isNew: false });
  });

  it("keep datagrams and answers of any bytes apart, and forget what has a longer answer", () => {
    const exchanges = create({ most: 2, mostDatagramBytes: 4, mostAnswerBytes: 3 });
    const first = exchanges.begin(board, 1, Buffer.from([255, 0, 255, 0])).exchange;
    const second = exchanges.begin(board, 2, Buffer.from([1, 2, 3, 4])).exchange;
    exchanges.end(first, Buffer.from([7, 8, 9]));
    exchanges.end(second, Buffer.from([7, 8, 9, 10]));
    assert.deepEqual(exchanges.begin(board, 1, Buffer.from([255, 0, 255, 0])), { exchange: first, isNew: false });
    assert.deepEqual(exchanges.answer(first), Buffer.from([7, 8, 9]));
    assert.equal(exchanges.begin(board, 1, Buffer.from([255, 0, 255])).isNew, true);
    assert.equal(exchanges.begin(board, 2, Buffer.from([1, 2, 3, 4])).isNew, true);
  });
});
