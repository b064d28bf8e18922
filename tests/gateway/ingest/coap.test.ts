/**
 * @module
 */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { on, once } from "node:events";
import { generate, parse } from "coap-packet";
import type { Packet, ParsedPacket } from "coap-packet";
import fc from "fast-check";
import { encodePost, parseCoap } from "#firmware/wire/coap.ts";
import { parseMessage } from "#firmware/wire/seal.ts";
import { listenCoap } from "#gateway/ingest/coap.ts";
import type { CoapServer } from "#gateway/ingest/coap.ts";
import { BOARD, STRANGER, TestBoard, withIngest } from "./rig.ts";
import type { Rig } from "./rig.ts";

/** A peer on UDP. */
class Peer {
  private readonly socket = createSocket("udp4");
  private readonly port: number;

  constructor(port: number) {
    this.port = port;
  }

  send(datagram: Uint8Array): void {
    this.socket.send(datagram, this.port, "127.0.0.1");
  }

  /** The next datagram that arrives. */
  async next(): Promise<Buffer> {
    const [datagram] = await once(this.socket, "message");
    // A dgram message's first argument.
    return datagram as Buffer;
  }

  /** The next so many datagrams that arrive. */
  async take(count: number): Promise<Buffer[]> {
    const taken: Buffer[] = [];
    for await (const [datagram] of on(this.socket, "message")) {
      // A dgram message's first argument.
      if (taken.push(datagram as Buffer) === count) break;
    }
    return taken;
  }

  /** Sends and gives the next answer. */
  async ask(datagram: Uint8Array): Promise<Buffer> {
    const [answer] = await Promise.all([this.next(), Promise.resolve(this.send(datagram))]);
    return answer;
  }

  async request(packet: Packet): Promise<ParsedPacket> {
    return parse(await this.ask(generate({ confirmable: true, messageId: 7, token: Buffer.from([1, 2]), ...packet })));
  }

  /** Sends datagrams, few at a time so that no socket's buffer runs over, whatever they are answered. */
  async flood(datagrams: Uint8Array[]): Promise<void> {
    for (let from = 0; from < datagrams.length; from += 20) {
      for (const datagram of datagrams.slice(from, from + 20)) this.send(datagram);
      const ping = Buffer.from([0x40, 0, from >> 8, from & 255]);
      const pong = Buffer.from([0x70, 0, from >> 8, from & 255]);
      let answer = await this.ask(ping);
      while (!answer.equals(pong)) answer = await this.ask(ping);
    }
  }

  /** Sends what must not be answered, and a ping after it: the ping's Reset is the next answer. */
  async getsNothingFor(datagram: Uint8Array): Promise<void> {
    this.send(datagram);
    assert.deepEqual([...(await this.ask(Buffer.from([0x40, 0, 0xab, 0xcd])))], [0x70, 0, 0xab, 0xcd]);
  }

  async close(): Promise<void> {
    const closed = once(this.socket, "close");
    this.socket.close();
    await closed;
  }
}

function frames(payload: Uint8Array, format: number[] = [17]): Packet {
  const options = [{ name: "Uri-Path", value: Buffer.from("frames") } as const];
  const contentFormat = [{ name: "Content-Format", value: Buffer.from(format) } as const];
  return { code: "POST", options: [...options, ...contentFormat], payload: Buffer.from(payload) };
}

function get(path: string, code = "GET"): Packet {
  return { code, options: path.split("/").map((part) => ({ name: "Uri-Path", value: Buffer.from(part) }) as const) };
}

function withServer(test: (peer: Peer, rig: Rig, port: number, server: CoapServer) => Promise<void>, limits?: { maxWaiting: number }): () => Promise<void> {
  return withIngest(async (rig) => {
    const clock = { nowMs: () => rig.clock.utcMs };
    const server = await listenCoap({ ingest: rig.ingest, clock, host: "127.0.0.1", port: 0, log: rig.log });
    const peer = new Peer(server.port);
    try {
      await test(peer, rig, server.port, server);
    } finally {
      await peer.close();
      await server.close();
    }
  }, limits);
}

describe("CoAP server", () => {
  it(
    "answers a board's own POST with the sealed acknowledgement, piggybacked",
    withServer(async (peer, { store }) => {
      const answer = parseCoap(await peer.ask(encodePost(0x1234, 0xbeef, BOARD.frame({ boot: 1, number: 3 }))));
      assert.deepEqual({ ...answer, payload: null }, { type: 2, code: 68, messageId: 0x1234, token: 0xbeef, payload: null });
      assert.equal(BOARD.open(answer.payload).ack.frameNumber, 3);
      assert.equal((await store.readings({ limit: 9 })).length, 1);
    }),
  );

  it(
    "answers a repeated datagram with the same bytes, without doing it twice",
    withServer(async (peer, { ingest }) => {
      const post = encodePost(1, 1, BOARD.frame({ boot: 1, number: 1 }));
      const first = await peer.ask(post);
      assert.deepEqual(await peer.ask(post), first);
      assert.equal(ingest.counters.accepted, 1);
      assert.equal(ingest.counters.repeated, 0);
      // The same message id on another message is another exchange: the board has restarted, or somebody else guessed.
      const other = parseCoap(await peer.ask(encodePost(1, 1, BOARD.frame({ boot: 2, number: 1 }))));
      assert.equal(BOARD.open(other.payload).ack.frameBoot, 2);
    }),
  );

  it(
    "answers once when a datagram comes again while it is being done",
    withServer(async (peer, { ingest, gate }) => {
      gate.isClosed = true;
      const post = encodePost(1, 1, BOARD.frame({ boot: 1, number: 1 }));
      peer.send(post);
      await gate.arrival();
      await peer.getsNothingFor(post);
      gate.open();
      await peer.ask(post);
      assert.equal(ingest.counters.accepted + ingest.counters.repeated, 1);
    }),
  );

  it(
    "answers frames that waited as their own boards', whatever came behind them",
    withServer(async (peer, { gate }) => {
      const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
      gate.isClosed = true;
      for (const number of numbers) peer.send(encodePost(number, 1000 + number, BOARD.frame({ boot: 1, number })));
      await gate.arrival();
      const refusals = peer.take(2 * numbers.length);
      for (const number of [...numbers, ...numbers]) peer.send(encodePost(number, 2000 + number, STRANGER.frame({ boot: 1, number })));
      for (const refusal of await refusals) assert.equal(parseCoap(refusal).code, 0x81);
      const answers = peer.take(numbers.length);
      gate.open();
      for (const [index, datagram] of (await answers).entries()) {
        const { messageId, token, payload } = parseCoap(datagram);
        assert.deepEqual([messageId, token], [index + 1, 1001 + index]);
        assert.equal(Buffer.from(parseMessage(payload).boardId).toString("hex"), BOARD.boardId);
        assert.equal(BOARD.open(payload).ack.frameNumber, index + 1);
      }
    }),
  );

  it(
    "tells why it refuses, by code and in words, and counts it",
    withServer(async (peer, { ingest }) => {
      const good = BOARD.frame({ boot: 2, number: 1 });
      assert.equal((await peer.request(frames(good))).code, "2.04");
      const forged = new TestBoard(BOARD.boardId, new Uint8Array(32)).frame({ boot: 2, number: 2 });
      const cases: [Packet, string, keyof typeof ingest.counters.refused][] = [
        [frames(good.subarray(0, 30)), "4.00", "truncated"],
        [frames(Buffer.from("no frame")), "4.00", "malformed"],
        [frames(new Uint8Array(0)), "4.00", "truncated"],
        [frames(BOARD.frame({ boot: 2, number: 2 }, { boot: 3 })), "4.00", "implausible"],
        [frames(STRANGER.frame({ boot: 1, number: 1 })), "4.01", "unknownBoard"],
        [frames(forged), "4.01", "badSeal"],
        [frames(BOARD.frame({ boot: 1, number: 9 })), "4.01", "replayed"],
        [frames(new Uint8Array(1025).fill(0x84)), "4.13", "oversized"],
        [frames(good, [60]), "4.15", "unsupportedFormat"],
        [frames(good, []), "4.15", "unsupportedFormat"],
        [frames(good, [17, 17]), "4.15", "unsupportedFormat"],
        [{ ...frames(good), options: get("frames").options ?? [] }, "4.15", "unsupportedFormat"],
        [{ ...frames(good), code: "PUT" }, "4.05", "methodNotAllowed"],
        [get("frames"), "4.05", "methodNotAllowed"],
        [get(".well-known/core", "DELETE"), "4.05", "methodNotAllowed"],
        [get(".well-known/core", "0.31"), "4.05", "methodNotAllowed"],
        [get("frames/1", "POST"), "4.04", "notFound"],
        [get(".well-known"), "4.04", "notFound"],
        [{ code: "GET" }, "4.04", "notFound"],
        [withOption(get(".well-known/core"), "Accept", [50]), "4.06", "notAcceptable"],
        [withOption(frames(good), "Accept", [0]), "4.06", "notAcceptable"],
        [withOption(frames(good), "Block1", [8]), "4.02", "badOption"],
        [withOption(frames(good), "Proxy-Uri", [65]), "4.02", "badOption"],
        [withOption(frames(good), 65001, []), "4.02", "badOption"],
      ];
      for (const [index, [packet, code, reason]] of cases.entries()) {
        const before = ingest.counters.refused[reason];
        const answer = await peer.request({ ...packet, messageId: index });
        assert.deepEqual([answer.code, answer.ack, answer.messageId, answer.token.toString("hex")], [code, true, index, "0102"], reason);
        assert.match(answer.payload.toString(), /^[a-z][\w ]+/i);
        assert.equal(ingest.counters.refused[reason], before + 1, reason);
      }
      const elective = await peer.request({ ...withOption(frames(good), 65000, [1]), messageId: 99 });
      assert.equal(elective.code, "2.04");
    }),
  );

  it(
    "answers a datagram that is too long for it without reading it",
    withServer(async (peer, { ingest }) => {
      const answer = await peer.request({ ...frames(new Uint8Array(0)), payload: Buffer.alloc(1200) });
      assert.deepEqual([answer.code, answer.token.toString("hex")], ["4.13", "0102"]);
      assert.equal(ingest.counters.refused.oversized, 1);
      await peer.getsNothingFor(Buffer.alloc(60_000));
      assert.equal(ingest.counters.refused.oversized, 2);
    }),
  );

  it(
    "asks boards to wait when it is overloaded, and takes the same datagram afterwards",
    withServer(
      async (peer, { gate, ingest }) => {
        const [first, second, third] = [1, 2, 3].map((number) => encodePost(number, number, BOARD.frame({ boot: 1, number })));
        gate.isClosed = true;
        peer.send(first ?? assert.fail());
        await gate.arrival();
        peer.send(second ?? assert.fail());
        const refused = parse(await peer.ask(third ?? assert.fail()));
        assert.equal(refused.code, "5.03");
        const maxAge = refused.options.find(({ name }) => name === "Max-Age");
        assert.deepEqual([...(maxAge?.value ?? [])], [5]);
        gate.open();
        while (ingest.counters.accepted < 2) await peer.ask(first ?? assert.fail());
        let answer: ParsedPacket;
        do answer = parse(await peer.ask(third ?? assert.fail()));
        while (answer.messageId !== 3);
        assert.equal(answer.code, "2.04");
      },
      { maxWaiting: 1 },
    ),
  );

  it(
    "describes its resource",
    withServer(async (peer) => {
      const answer = await peer.request(get(".well-known/core"));
      assert.deepEqual([answer.code, answer.payload.toString()], ["2.05", "</frames>;ct=17"]);
      assert.deepEqual([...(answer.options[0]?.value ?? [])], [40]);
    }),
  );

  it(
    "pokes a board at the address of its last frame, and nobody for a board that never came",
    withServer(async (peer, _rig, _port, server) => {
      const stranger = STRANGER.frame({ boot: 1, number: 1 });
      await peer.ask(encodePost(1, 1, BOARD.frame({ boot: 1, number: 1 })));
      await peer.ask(encodePost(2, 2, stranger));
      server.poke(STRANGER.boardId);
      const [poke] = await Promise.all([peer.next(), Promise.resolve(server.poke(BOARD.boardId))]);
      const { code, confirmable, ack, token, payload, options } = parse(poke);
      assert.deepEqual([code, confirmable, ack, token.length, payload.length], ["0.02", false, false, 0, 0]);
      assert.deepEqual(options.map(({ name, value }) => [name, value.toString()]), [["Uri-Path", "poke"]]);
      await peer.getsNothingFor(Buffer.from("60440001", "hex"));
    }),
  );

  it(
    "answers what is not confirmable with a message of its own",
    withServer(async (peer) => {
      const packet = { ...frames(BOARD.frame({ boot: 1, number: 1 })), confirmable: false };
      const first = await peer.request(packet);
      const second = await peer.request({ ...get("nothing"), confirmable: false });
      assert.deepEqual([first.code, first.ack, first.reset, first.token.toString("hex")], ["2.04", false, false, "0102"]);
      assert.equal(second.code, "4.04");
      assert.notEqual(second.messageId, first.messageId);
    }),
  );

  describe("by RFC 7252 sections 3, 4.2 and 4.3", () => {
    const reset = (messageId: number): number[] => [0x70, 0, messageId >> 8, messageId & 255];

    it(
      "resets a ping and confirmable messages with format errors or codes that are no request",
      withServer(async (peer, { ingest }) => {
        // Token cut short or too long, marker without payload, option cut short or reserved, a response, a reserved class, a full ping.
        const bad = "4200000a01 49010001010203040506070809 4001000bff 4001000cb5 4001000ff0 4045000d 4021000e 400000ff00".split(" ");
        for (const hex of bad) {
          const datagram = Buffer.from(hex, "hex");
          assert.deepEqual([...(await peer.ask(datagram))], reset(datagram.readUInt16BE(2)), hex);
        }
        assert.equal(ingest.counters.refused.badCoap, bad.length);
        assert.deepEqual([...(await peer.ask(Buffer.from([0x40, 0, 1, 2])))], reset(0x0102));
        assert.equal(ingest.counters.refused.badCoap, bad.length);
      }),
    );

    it(
      "ignores other versions, fragments of a header, acknowledgements, resets, and errors that are not confirmable",
      withServer(async (peer, { ingest }) => {
        const ignored = " 40 400100 00010001 8001000a c001000b 60440001 70000001 5000000a 5001000bff 5045000c".split(" ");
        for (const hex of ignored) await peer.getsNothingFor(Buffer.from(hex, "hex"));
        const option = generate({ ...withOption(get("frames"), "If-Match", [1]), confirmable: false, messageId: 1 });
        await peer.getsNothingFor(option);
        assert.equal(ingest.counters.refused.badCoap, 10);
      }),
    );
  });

  it(
    "survives random and damaged datagrams, and still takes a frame",
    withServer(async (peer, { ingest, log }) => {
      const post = encodePost(1, 1, BOARD.frame({ boot: 1, number: 1 }));
      const damage = fc.record({ at: fc.nat(post.length - 1), value: fc.nat(255), length: fc.integer({ min: 1, max: post.length }) });
      const damaged = damage.map(({ at, value, length }) => {
        const bytes = post.slice(0, length);
        if (at < length) bytes[at] = value;
        return bytes;
      });
      const bad = fc.sample(fc.oneof(damaged, fc.uint8Array({ maxLength: 300 })), { seed: 20272, numRuns: 500 });
      await peer.flood(bad.filter((datagram) => Buffer.compare(datagram, post) !== 0));
      let answer: Buffer;
      do answer = await peer.ask(encodePost(0x7777, 0x7777, BOARD.frame({ boot: 1, number: 2 })));
      while (parse(answer).messageId !== 0x7777);
      assert.equal(parse(answer).code, "2.04");
      assert.equal(log.error.callCount, 0);
      assert.ok(Object.values(ingest.counters.refused).reduce((sum, count) => sum + count) > 100);
    }),
  );

  it(
    "says that a port is taken",
    withServer(async (_peer, rig, port) => {
      const clock = { nowMs: () => 0 };
      const listening = listenCoap({ ingest: rig.ingest, clock, host: "127.0.0.1", port, log: rig.log });
      await assert.rejects(listening, new RegExp(`127.0.0.1:${port}: stop what uses it, or choose another port`));
    }),
  );

  it(
    "answers what is under way before it closes",
    withIngest(async ({ ingest, gate, log }) => {
      const server = await listenCoap({ ingest, clock: { nowMs: () => 0 }, host: "127.0.0.1", port: 0, log });
      const peer = new Peer(server.port);
      gate.isClosed = true;
      const answer = peer.ask(encodePost(1, 1, BOARD.frame({ boot: 1, number: 1 })));
      await gate.arrival();
      const closed = server.close();
      gate.open();
      assert.equal(parse(await answer).code, "2.04");
      await closed;
      await peer.close();
    }),
  );
});

function withOption(packet: Packet, name: string | number, value: number[]): Packet {
  return { ...packet, options: [...(packet.options ?? []), { name, value: Buffer.from(value) }] };
}
