/**
 * The gateway's ingest, killed under full load. KILLS makes it more than the few that a test run has time for, KILL_BOARDS the load larger.
 * @module
 */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { parseCoap } from "#firmware/wire/coap.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import type { StoredReading } from "#gateway/store/store.ts";
import { boardIdOf, createBoard, readingOf } from "#tools/bench/ingest/boards.ts";
import { startServer } from "#tools/bench/ingest/processes.ts";
import { createRandom } from "#tools/virtual-board/random.ts";

const KILLS = Number(process.env["KILLS"] ?? 2);
const SEED = Number(process.env["SEED"] ?? 20261123);
const BOARDS = Number(process.env["KILL_BOARDS"] ?? 40);
const MOST_ACKS = 25 * BOARDS;
const RESEND_MS = 500;
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
const CHANGED = 68;

/** Boards with one frame under way each; a frame counts as acknowledged when its 2.04 has arrived here. */
class Boards {
  /** By board: frames acknowledged, which are those from 0 on. */
  readonly acknowledged = new Int32Array(BOARDS);
  total = 0;
  private readonly boards = Array.from({ length: BOARDS }, (_, index) => createBoard(index));
  private readonly underWay: (Uint8Array | undefined)[] = [];

  /** Sends to a gateway until `enough` more frames were acknowledged. */
  async drive(port: number, enough: number): Promise<void> {
    const socket = createSocket("udp4");
    const until = this.total + enough;
    const send = (index: number): void => {
      this.underWay[index] ??= this.boards[index]?.datagram(this.acknowledged[index] ?? 0) ?? assert.fail();
      socket.send(this.underWay[index], port, "127.0.0.1");
    };
    const done = new Promise<void>((resolve) => {
      socket.on("message", (datagram) => {
        const { code, messageId, token } = parseCoap(datagram);
        const sent = this.underWay[token];
        if (code !== CHANGED || sent === undefined || (sent[2] ?? 0) * 256 + (sent[3] ?? 0) !== messageId) return;
        this.underWay[token] = undefined;
        this.acknowledged[token] = (this.acknowledged[token] ?? 0) + 1;
        this.total++;
        if (this.total >= until) resolve();
        else send(token);
      });
    });
    const everyone = (): void => this.boards.forEach((_, index) => send(index));
    const listening = once(socket, "listening");
    socket.bind(0, "127.0.0.1");
    await listening;
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    const timer = setInterval(everyone, RESEND_MS);
    everyone();
    await done;
    clearInterval(timer);
    const closed = once(socket, "close");
    socket.close();
    await closed;
  }
}

describe("ingest under SIGKILL and full load", () => {
  it(`keeps every acknowledged frame, exactly once, over ${KILLS} kills (seed ${SEED})`, async function () {
    this.timeout(30_000 + KILLS * 20_000);
    const random = createRandom(SEED);
    const folder = await mkdtemp(join(tmpdir(), "daisee-kill-"));
    const boards = new Boards();
    /** The process, and of that the gateway from opening its data to listening. */
    const restartsMs: [number, number][] = [];
    try {
      for (let kill = 0; kill < KILLS; kill++) {
        const beginMs = performance.now();
        const server = await startServer("gateway", folder, BOARDS);
        if (kill > 0) restartsMs.push([performance.now() - beginMs, server.startMs]);
        const exited = once(server.child, "exit");
        await boards.drive(server.port, 1 + Math.floor(random() * MOST_ACKS));
        // The other boards' frames are under way in every part of the gateway.
        server.child.kill("SIGKILL");
        await exited;
      }
      await check(join(folder, "store.sqlite"), boards);
      if (this.test) this.test.title += ` (${boards.total} acknowledged; restarts took ${restartsMs.map(([process, gateway]) => `${Math.round(process)} (${Math.round(gateway)})`).join(", ")} ms)`;
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

async function check(path: string, { acknowledged }: Boards): Promise<void> {
  const store = await openSqliteStore(path);
  const byBoard = new Map<string, StoredReading[]>();
  for (const reading of await store.readings({ limit: 10_000_000 })) {
    const readings = byBoard.get(reading.boardId);
    if (readings === undefined) byBoard.set(reading.boardId, [reading]);
    else readings.push(reading);
  }
  for (const [index, count] of acknowledged.entries()) {
    const readings = byBoard.get(boardIdOf(index)) ?? [];
    const sequences = readings.map(({ sequence }) => sequence).sort((a, b) => a - b);
    // At most the one frame under way is there beyond what was acknowledged.
    assert.ok(sequences.length === count || sequences.length === count + 1, `board ${index}: ${sequences.length} readings, ${count} acknowledged`);
    assert.deepEqual(sequences, sequences.map((_, at) => at));
    for (const { sequence, importMwh } of readings) assert.equal(importMwh, readingOf(index, sequence).importMwh);
  }
  await store.close();
  const database = new Database(path, { readonly: true });
  assert.equal(database.pragma("integrity_check", { simple: true }), "ok");
  database.close();
}
