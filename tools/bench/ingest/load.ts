/**
 * The ingest bench's second process: simulated boards, each with one frame under way (RFC 7252 section 4.7, NSTART = 1), the next one as
 * soon as it is acknowledged, or EVERY_MS behind the one before. Frames are sealed before the clock runs, and it runs once code is compiled.
 *
 * usage: load.ts PORT BOARDS FIRST ROUNDS PER_ROUND CHECK_EVERY EVERY_MS
 * @module
 */
import assert from "node:assert/strict";
import { decodeAck } from "#firmware/wire/ack.ts";
import { parseCoap } from "#firmware/wire/coap.ts";
import { MAX_MESSAGE_BYTES } from "#firmware/wire/frame.ts";
import { openMessage, parseMessage } from "#firmware/wire/seal.ts";
import { parseIpv4 } from "#gateway/ingest/udp/ipv4.ts";
import { openSocket } from "#gateway/ingest/udp/socket.ts";
import { createBoard, messageIdOf } from "./boards.ts";

/** What the process tells its parent after each round, of all its frames but those of the warm-up. */
export interface LoadReport {
  frames: number;
  seconds: number;
  /** From sending to acknowledgement, in ms, of each frame. */
  latenciesMs: number[];
  retransmitted: number;
  refused: number;
  /** Acknowledgements whose seal and content were checked. */
  checked: number;
  cpuMicros: number;
}

/** A board's ACK_TIMEOUT (RFC 7252 section 4.8), here without growth. */
const TIMEOUT_MS = 2000;
const TICK_MS = 100;
/** This part of a process's first round goes by while its code, and perhaps the server's, is still being compiled. */
const WARM_UP_PART = 0.1;
const CHANGED = 68;
/** Of a datagram with one reading. */
const MOST_BYTES = 128;

// One in CHECK_EVERY acknowledgements is opened (0: none), so that the boards' work stays less than the gateway's.
const [port = NaN, boards = NaN, first = NaN, rounds = NaN, perRound = NaN, checkEvery = NaN, everyMs = NaN] = process.argv.slice(2).map(Number);
assert.ok([port, boards, first, rounds, perRound, checkEvery, everyMs].every(Number.isSafeInteger), "seven numbers: see the head of load.ts");

let onDatagram: (datagram: Buffer) => void = () => {};
const socket = await openSocket({
  host: "127.0.0.1",
  port: 0,
  maxBytes: MAX_MESSAGE_BYTES,
  onDatagram: (datagram) => onDatagram(datagram),
  onError: (error) => assert.fail(error),
});
const gateway = { address: parseIpv4("127.0.0.1"), port };

const simulated = Array.from({ length: boards }, (_, index) => createBoard(index));

/** All datagrams of a round in one piece of memory, a board's one behind the other: a million objects would cost the boards' process more than sending them. */
function sealAll(from: number): (index: number, at: number) => Uint8Array {
  const memory = new Uint8Array(boards * perRound * MOST_BYTES);
  const ends = new Uint32Array(boards * perRound + 1);
  for (const [index, board] of simulated.entries()) {
    for (let at = 0; at < perRound; at++) {
      const place = index * perRound + at;
      const datagram = board.datagram(from + at);
      const start = ends[place] ?? NaN;
      memory.set(datagram, start);
      ends[place + 1] = start + datagram.length;
    }
  }
  return (index, at) => memory.subarray(ends[index * perRound + at], ends[index * perRound + at + 1]);
}

/** @param warmUp frames of all boards that are not counted. */
async function round(from: number, warmUp: number): Promise<LoadReport> {
  const sealed = sealAll(from);
  const next = new Int32Array(boards);
  const firstSentMs = new Float64Array(boards);
  const sentMs = new Float64Array(boards);
  const latenciesMs: number[] = [];
  let open = boards;
  let retransmitted = 0;
  let refused = 0;
  let checked = 0;
  let uncounted = warmUp;
  let start = process.cpuUsage();
  let startMs = performance.now();

  const send = (index: number): void => {
    sentMs[index] = performance.now();
    socket.send(sealed(index, next[index] ?? 0), gateway);
  };
  const begin = (index: number): void => {
    send(index);
    firstSentMs[index] = sentMs[index] ?? NaN;
  };
  const check = (index: number, number: number, datagram: Buffer): void => {
    const board = simulated[index] ?? assert.fail();
    const ack = decodeAck(openMessage(board.open, parseMessage(parseCoap(datagram).payload)));
    assert.equal(ack.frameNumber, number);
    assert.equal(ack.sequence, number);
    checked++;
  };
  const { promise, resolve, reject } = withResolvers();
  const onMessage = (datagram: Buffer): void => {
    try {
      const index = datagram.readUInt16BE(4);
      const at = next[index] ?? NaN;
      // An answer to a frame that was answered before.
      if (datagram.readUInt16BE(2) !== messageIdOf(index, from + at)) return;
      if (datagram[1] !== CHANGED) {
        refused++;
        return;
      }
      const nowMs = performance.now();
      if (uncounted === 0) latenciesMs.push(nowMs - (firstSentMs[index] ?? NaN));
      else if (--uncounted === 0) {
        start = process.cpuUsage();
        startMs = nowMs;
      }
      if (checkEvery > 0 && (latenciesMs.length + 1) % checkEvery === 0) check(index, from + at, datagram);
      next[index] = at + 1;
      // Not sent, so not sent again.
      sentMs[index] = Infinity;
      if (at + 1 === perRound) {
        if (--open === 0) resolve();
      } else if (everyMs === 0) begin(index);
      else setTimeout(begin, Math.max(0, (firstSentMs[index] ?? NaN) + everyMs - performance.now()), index);
    } catch (error) {
      reject(error);
    }
  };
  onDatagram = onMessage;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    for (let index = 0; index < boards; index++) {
      if ((next[index] ?? 0) >= perRound || nowMs - (sentMs[index] ?? NaN) < TIMEOUT_MS) continue;
      retransmitted++;
      send(index);
    }
  }, TICK_MS);
  // Not all in one burst: no board waits for another to send, and those with a pace spread over it.
  sentMs.fill(Infinity);
  for (let index = 0; index < boards; index++) {
    if (everyMs > 0) setTimeout(begin, (index * everyMs) / boards, index);
    else begin(index);
    if (index % 50 === 49) await new Promise((resume) => setImmediate(resume));
  }
  await promise;
  clearInterval(timer);
  onDatagram = () => {};
  const { user, system } = process.cpuUsage(start);
  const seconds = (performance.now() - startMs) / 1000;
  return { frames: latenciesMs.length, seconds, latenciesMs, retransmitted, refused, checked, cpuMicros: user + system };
}

function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  let resolve = (): void => {};
  let reject = (_error: unknown): void => {};
  const promise = new Promise<void>((onDone, onError) => {
    resolve = onDone;
    reject = onError;
  });
  return { promise, resolve, reject };
}

for (let at = 0; at < rounds; at++) {
  const report = await round(first + at * perRound, at === 0 ? Math.floor(boards * perRound * WARM_UP_PART) : 0);
  await new Promise((sent) => process.send?.(report, sent));
}
await socket.close();
process.disconnect();
