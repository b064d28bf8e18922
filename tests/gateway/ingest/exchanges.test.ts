/**
 * @module
 */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
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
    exchange.answer = answer;
    nowMs = LIFETIME_MS - 1;
    assert.equal(exchanges.begin("a", post).exchange.answer, answer);
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

  it("may keep a datagram as it came: node:dgram gives each memory of its own", async () => {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    const came: Buffer[] = [];
    const both = new Promise<void>((resolve) => {
      socket.on("message", (datagram) => {
        if (came.push(datagram) === 2) resolve();
      });
    });
    for (const text of ["one", "another"]) socket.send(text, socket.address().port, "127.0.0.1");
    await both;
    socket.close();
    assert.deepEqual(came.map(String), ["one", "another"]);
    for (const { buffer, length } of came) assert.equal(buffer.byteLength, length);
  });

  it("never are more than the limit: the oldest give way", () => {
    const exchanges = createExchanges({ nowMs: () => 0 }, 3);
    for (const key of ["a", "b", "c", "d"]) exchanges.begin(key, post).exchange.answer = answer;
    for (const key of ["b", "c", "d"]) assert.equal(exchanges.begin(key, post).exchange.answer, answer);
    assert.equal(exchanges.begin("a", post).isNew, true);
  });
});
