/**
 * @module
 */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { openBatchedSocket } from "#gateway/ingest/udp/batched.ts";
import { parseIpv4 } from "#gateway/ingest/udp/ipv4.ts";
import { canBatch } from "#gateway/ingest/udp/messages.ts";
import { openPlainSocket } from "#gateway/ingest/udp/plain.ts";
import { openSocket } from "#gateway/ingest/udp/socket.ts";
import type { DatagramSocket, OpenSocket, Peer } from "#gateway/ingest/udp/socket.ts";

const LOOPBACK = parseIpv4("127.0.0.1");
const MAX_BYTES = 100;
/** More than one system call moves, and less than a socket's buffer holds where the system grants no larger one (Linux: 208 KiB). */
const BURST = 300;

interface Received {
  bytes: Buffer;
  peer: Peer;
}

/** A socket, what it received, and the errors that it told. */
class Rig {
  readonly received: Received[] = [];
  readonly errors: Error[] = [];
  readonly socket: DatagramSocket;

  private constructor(socket: DatagramSocket, handlers: { onDatagram: (datagram: Buffer, peer: Peer) => void; onError: (error: Error) => void }) {
    this.socket = socket;
    handlers.onDatagram = (datagram, peer) => void this.received.push({ bytes: Buffer.from(datagram), peer });
    handlers.onError = (error) => void this.errors.push(error);
  }

  static async open(open: OpenSocket, onDatagram?: (datagram: Buffer, peer: Peer, socket: DatagramSocket) => void): Promise<Rig> {
    const handlers = { onDatagram: (_datagram: Buffer, _peer: Peer): void => {}, onError: (_error: Error): void => {} };
    const socket: DatagramSocket = await open({
      address: "127.0.0.1",
      port: 0,
      maxBytes: MAX_BYTES,
      onDatagram(datagram, peer) {
        handlers.onDatagram(datagram, peer);
        onDatagram?.(datagram, peer, socket);
      },
      onError: (error) => handlers.onError(error),
    });
    return new Rig(socket, handlers);
  }

  /** Waits until so many datagrams were received. */
  async until(count: number): Promise<void> {
    while (this.received.length < count) await sleep(2);
  }
}

/** Two bytes that number a datagram. */
function numbered(number: number): Buffer {
  return Buffer.from([number >> 8, number & 255]);
}

function describeSocket(name: string, open: OpenSocket, isHere: () => boolean): void {
  describe(name, () => {
    const rigs: Rig[] = [];

    before(function skipWhereMissing() {
      if (!isHere()) this.skip();
    });

    afterEach(async () => {
      await Promise.all(rigs.splice(0).map(({ socket }) => socket.close()));
    });

    async function rig(onDatagram?: (datagram: Buffer, peer: Peer, socket: DatagramSocket) => void): Promise<Rig> {
      const opened = await Rig.open(open, onDatagram);
      rigs.push(opened);
      return opened;
    }

    it("hands over datagrams and who sent them, and answers", async () => {
      const server = await rig((datagram, peer, socket) => socket.send(Buffer.concat([Buffer.from("re: "), datagram]), peer));
      const client = await rig();
      client.socket.send(Buffer.from("hello"), { address: LOOPBACK, port: server.socket.port });
      client.socket.send(Buffer.alloc(0), { address: LOOPBACK, port: server.socket.port });
      await client.until(2);
      assert.deepEqual(server.received.map(({ peer }) => peer), [1, 2].map(() => ({ address: LOOPBACK, port: client.socket.port })));
      assert.deepEqual(client.received.map(({ bytes }) => bytes.toString()), ["re: hello", "re: "]);
      assert.deepEqual(client.received[0]?.peer, { address: LOOPBACK, port: server.socket.port });
    });

    it("moves a burst whole and in order, both ways", async () => {
      const server = await rig((datagram, peer, socket) => socket.send(Buffer.from(datagram), peer));
      const client = await rig();
      for (let number = 0; number < BURST; number++) client.socket.send(numbered(number), { address: LOOPBACK, port: server.socket.port });
      await client.until(BURST);
      assert.deepEqual(client.received.map(({ bytes }) => bytes.readUInt16BE()), Array.from({ length: BURST }, (_, number) => number));
    });

    it("tells senders apart by address and port", async () => {
      const server = await rig();
      const senders = await Promise.all(
        ["127.0.0.1", process.platform === "linux" ? "127.0.0.2" : "127.0.0.1", "127.0.0.1"].map(async (address) => {
          const socket = createSocket("udp4");
          socket.bind(0, address);
          await once(socket, "listening");
          return socket;
        }),
      );
      for (const sender of senders) {
        sender.send(numbered(1), server.socket.port, "127.0.0.1");
        await server.until(server.received.length + 1);
      }
      const expected = senders.map((sender) => ({ address: parseIpv4(sender.address().address), port: sender.address().port }));
      assert.deepEqual(server.received.map(({ peer }) => peer), expected);
      for (const sender of senders) sender.close();
    });

    it("shows what is too long by at least one byte, wherever in a burst it stands", async () => {
      const server = await rig();
      const client = await rig();
      const lengths = [MAX_BYTES, MAX_BYTES + 1, 5000, 1, MAX_BYTES, 0, 60_000, 2];
      for (const length of lengths) client.socket.send(Buffer.alloc(length, length % 251), { address: LOOPBACK, port: server.socket.port });
      await server.until(lengths.length);
      for (const { bytes } of server.received) assert.deepEqual(bytes, Buffer.alloc(bytes.length, bytes[0]));
      const shown = (length: number): number => Math.min(length, MAX_BYTES + 1);
      const byLength = (a: number, b: number): number => a - b;
      // Those above the sender's own limit go out one by one, so they may overtake.
      assert.deepEqual(server.received.map(({ bytes }) => shown(bytes.length)).sort(byLength), lengths.map(shown).sort(byLength));
    });

    it("tells what the system refuses to send, and sends the others", async () => {
      const server = await rig();
      const client = await rig();
      const peer = { address: LOOPBACK, port: server.socket.port };
      client.socket.send(numbered(1), peer);
      // A broadcast, which needs a permission that the socket does not have.
      client.socket.send(numbered(2), { address: 0xffffffff, port: 9 });
      client.socket.send(numbered(3), peer);
      client.socket.send(numbered(4), peer);
      await server.until(3);
      while (client.errors.length === 0) await sleep(2);
      assert.deepEqual(server.received.map(({ bytes }) => bytes.readUInt16BE()), [1, 3, 4]);
      assert.equal(client.errors.length, 1);
      assert.match(String(client.errors[0]), /EACCES|ENETUNREACH|EPERM/);
    });

    it("hands out nothing once it is mute, and still sends", async () => {
      const server = await rig((_datagram, _peer, socket) => socket.mute());
      const client = await rig();
      const peer = { address: LOOPBACK, port: server.socket.port };
      for (let number = 0; number < 5; number++) client.socket.send(numbered(number), peer);
      await server.until(1);
      server.socket.send(numbered(9), { address: LOOPBACK, port: client.socket.port });
      await client.until(1);
      assert.equal(server.received.length, 1);
      assert.equal(client.received[0]?.bytes.readUInt16BE(), 9);
    });

    it("sends what was sent before it is closed, and nothing afterwards", async () => {
      const server = await rig();
      const client = await Rig.open(open);
      const peer = { address: LOOPBACK, port: server.socket.port };
      client.socket.send(numbered(1), peer);
      const closed = client.socket.close();
      client.socket.send(numbered(2), peer);
      await closed;
      client.socket.send(numbered(3), peer);
      await server.until(1);
      await sleep(20);
      assert.deepEqual(server.received.map(({ bytes }) => bytes.readUInt16BE()), [1]);
      assert.deepEqual(client.errors, []);
    });

    it("cannot be had at an address that is taken, or another computer's", async () => {
      const { socket } = await rig();
      const handlers = { maxBytes: MAX_BYTES, onDatagram: () => assert.fail(), onError: () => assert.fail() };
      await assert.rejects(open({ address: "127.0.0.1", port: socket.port, ...handlers }), { code: "EADDRINUSE" });
      await assert.rejects(open({ address: "192.0.2.1", port: 0, ...handlers }), { code: "EADDRNOTAVAIL" });
    });
  });
}

describeSocket("a plain UDP socket", openPlainSocket, () => true);
describeSocket("a batched UDP socket", openBatchedSocket, canBatch);

describe("a UDP socket", () => {
  it("may be opened by name, and is a batched one wherever that can be", async () => {
    assert.equal(canBatch(), process.platform === "linux");
    const handlers = { maxBytes: MAX_BYTES, onDatagram: () => assert.fail(), onError: () => assert.fail() };
    const socket = await openSocket({ host: "localhost", port: 0, ...handlers });
    assert.ok(socket.port > 0);
    await socket.close();
  });
});
