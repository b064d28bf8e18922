/**
 * @module
 */
import assert from "node:assert/strict";
import type { Socket } from "node:dgram";
import { once } from "node:events";
import { parseIpv4 } from "#gateway/ingest/udp/ipv4.ts";
import { bindDescriptor, canBatch, createMessages } from "#gateway/ingest/udp/messages.ts";
import { bindSocket } from "#gateway/ingest/udp/plain.ts";

const MAX_BYTES = 64;

describe("messages that are moved together", () => {
  const sockets: Socket[] = [];

  before(function skipWhereMissing() {
    if (!canBatch()) this.skip();
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) await once(socket.close(), "close");
  });

  /** A bound descriptor and its port. Node's socket on it is there to close it; it reads nothing while a test does not wait. */
  async function bound(): Promise<{ fd: number; port: number }> {
    const fd = bindDescriptor("127.0.0.1", 0);
    const socket = await bindSocket({ fd });
    sockets.push(socket);
    return { fd, port: socket.address().port };
  }

  async function pair(): Promise<{ from: { fd: number; port: number }; to: { fd: number; port: number } }> {
    const to = await bound();
    return { from: await bound(), to };
  }

  it("leave by one call and arrive by one, with their lengths and their sender", async () => {
    const { from, to } = await pair();
    const outgoing = createMessages(4, MAX_BYTES);
    const incoming = createMessages(8, MAX_BYTES);
    const texts = ["first", "", "x".repeat(MAX_BYTES), "last"];
    for (const [at, text] of texts.entries()) outgoing.set(at, Buffer.from(text), { address: parseIpv4("127.0.0.1"), port: to.port });
    assert.equal(incoming.receive(to.fd), 0);
    assert.equal(outgoing.send(from.fd, 0, 4), 4);
    assert.equal(incoming.receive(to.fd), 4);
    assert.deepEqual(texts.map((_, at) => incoming.received(at).toString()), texts);
    for (const at of texts.keys()) assert.deepEqual(incoming.peer(at), { address: parseIpv4("127.0.0.1"), port: from.port });
    assert.equal(incoming.receive(to.fd), 0);
  });

  it("leave from any one on, and are taken up to the room that there is", async () => {
    const { from, to } = await pair();
    const outgoing = createMessages(5, MAX_BYTES);
    const incoming = createMessages(2, MAX_BYTES);
    for (let at = 0; at < 5; at++) outgoing.set(at, Buffer.from([at, at]), { address: parseIpv4("127.0.0.1"), port: to.port });
    assert.equal(outgoing.send(from.fd, 2, 5), 3);
    assert.deepEqual([...outgoing.toSend(1)], [1, 1]);
    assert.equal(incoming.receive(to.fd), 2);
    assert.deepEqual([...incoming.received(0), ...incoming.received(1)], [2, 2, 3, 3]);
    assert.equal(incoming.receive(to.fd), 1);
    assert.deepEqual([...incoming.received(0)], [4, 4]);
  });

  it("stop at the one that the system refuses", async () => {
    const { from, to } = await pair();
    const outgoing = createMessages(3, MAX_BYTES);
    const good = { address: parseIpv4("127.0.0.1"), port: to.port };
    // A broadcast, which needs a permission that the socket does not have.
    for (const [at, peer] of [good, { address: 0xffffffff, port: 9 }, good].entries()) outgoing.set(at, Buffer.from([at]), peer);
    assert.equal(outgoing.send(from.fd, 0, 3), 1);
    assert.equal(outgoing.send(from.fd, 1, 3), 0);
    assert.equal(outgoing.send(from.fd, 2, 3), 1);
  });
});
