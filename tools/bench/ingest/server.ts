/**
 * The ingest bench's server process: store, ingest and CoAP as in a gateway, or the barest that could stand in its place.
 *
 * usage: server.ts gateway|echo FOLDER BOARDS
 * @module
 */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { join } from "node:path";
import { boardSealKeys, createKeyring } from "#gateway/auth/keyring.ts";
import { createCommands } from "#gateway/ingest/commands.ts";
import { listenCoap } from "#gateway/ingest/coap.ts";
import { createIngest } from "#gateway/ingest/ingest.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import { BOARDS_KEY, admission, secretOf } from "./boards.ts";

/** What the process tells its parent, once it is ready and whenever it is asked. */
export interface ServerReport {
  port: number;
  /** From opening its data to listening, in ms, without the time that Node takes to load the code. */
  startMs: number;
  rssBytes: number;
  cpuMicros: number;
  accepted: number;
  commits: number;
}

const SLOT_MS = 900_000;
/** Bytes of a sealed acknowledgement. */
const ACK_BYTES = 44;

interface Running {
  port: number;
  accepted(): number;
  commits(): number;
  stop(): Promise<void>;
}

async function startGateway(folder: string, boards: number): Promise<Running> {
  const store = await openSqliteStore(join(folder, "store.sqlite"));
  if ((await store.boards()).length < boards) {
    await Promise.all(Array.from({ length: boards }, (_, index) => store.admitBoard(admission(index))));
  }
  const clock = { nowMs: () => Date.now() };
  const log = { error: console.error };
  const keyring = createKeyring(await store.boards(), BOARDS_KEY);
  const commands = await createCommands({ store, clock, log });
  let commits = 0;
  const ingest = await createIngest({ store, keyring, commands, clock, slotMs: SLOT_MS, log, onCommitted: () => void commits++ });
  const coap = await listenCoap({ ingest, clock, host: "127.0.0.1", port: 0, log });
  return {
    port: coap.port,
    accepted: () => ingest.counters.accepted,
    commits: () => commits,
    async stop() {
      await coap.close();
      await store.close();
    },
  };
}

/** A UDP echo that does per datagram the HMAC and AES that a frame and its acknowledgement take, by its board's keys, and nothing else. */
async function startEcho(boards: number): Promise<Running> {
  const keys = Array.from({ length: boards }, (_, index) => boardSealKeys(secretOf(index)));
  const iv = new Uint8Array(16);
  const acknowledgement = Buffer.alloc(ACK_BYTES);
  const found = (address: string, _family: unknown, done: (error: null, address: string, family: 4) => void): void => done(null, address, 4);
  const socket = createSocket({ type: "udp4", lookup: found });
  let accepted = 0;
  socket.on("message", (datagram, from) => {
    // The token says which board.
    const { up, down } = keys[datagram.readUInt16BE(4)] ?? assert.fail();
    up.mac(datagram);
    up.ctr(iv, datagram);
    down.mac(acknowledgement);
    down.ctr(iv, acknowledgement);
    accepted++;
    const answer = Buffer.from(datagram.subarray(0, 6 + ACK_BYTES));
    // An acknowledgement of 2.04, as the boards expect it.
    answer[0] = 0x62;
    answer[1] = 0x44;
    socket.send(answer, from.port, from.address);
  });
  const listening = once(socket, "listening");
  socket.bind(0, "127.0.0.1");
  await listening;
  socket.setRecvBufferSize(4 * 1024 * 1024);
  return {
    port: socket.address().port,
    accepted: () => accepted,
    commits: () => 0,
    stop: () =>
      new Promise((resolve) => {
        socket.close(resolve);
      }),
  };
}

const [kind, folder = assert.fail("FOLDER is missing"), boards = assert.fail("BOARDS is missing")] = process.argv.slice(2);
const beginMs = performance.now();
const running = await (kind === "echo" ? startEcho(Number(boards)) : startGateway(folder, Number(boards)));

const startMs = performance.now() - beginMs;

function report(): void {
  const { user, system } = process.cpuUsage();
  const cpu = user + system;
  process.send?.({
    port: running.port,
    startMs,
    rssBytes: process.memoryUsage.rss(),
    cpuMicros: cpu,
    accepted: running.accepted(),
    commits: running.commits(),
  } satisfies ServerReport);
}

process.on("message", (message) => {
  if (message === "stop") void running.stop().then(() => process.disconnect());
  else report();
});
report();
