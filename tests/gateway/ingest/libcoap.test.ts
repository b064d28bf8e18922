/**
 * Transport by libcoap's client, bytes by cbor-x, seal by node:crypto: no part of the boards' side was written here.
 * @module
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import vectors from "#firmware/wire/vectors.json" with { type: "json" };
import { listenCoap } from "#gateway/ingest/coap.ts";
import { decodePositional, encodePositional, open, seal } from "#tests/firmware/wire/peer.ts";
import { BOARD, TestBoard, withIngest } from "./rig.ts";
import type { Rig } from "./rig.ts";

const NAMES = ["coap-client", "coap-client-notls", "coap-client-gnutls", "coap-client-openssl"];
const WAIT_SECONDS = "5";
const COSE_MAC0 = "17";
const run = promisify(execFile);

/** Path of libcoap's client, or undefined. */
function findClient(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

interface Answer {
  body: Buffer;
  printed: string;
}

interface Client {
  /** Asks for a path; gives what came back, and what the client printed (refusals by code and text). */
  ask: (path: string, ...options: string[]) => Promise<Answer>;
  post: (payload: Uint8Array, ...options: string[]) => Promise<Answer>;
}

/** A test on an ingest that has admitted the vectors' board; skipped, and saying so, where libcoap's client is not installed. */
function withClient(test: (client: Client, rig: Rig) => Promise<void>) {
  return async function (this: Mocha.Context): Promise<void> {
    const binary = findClient();
    if (binary === undefined) {
      if (this.test) this.test.title += " (skipped: no coap-client on the path; Debian has it in libcoap3-bin)";
      return this.skip();
    }
    await withIngest(async (rig) => {
      const { store, ingest, log, clock, folder } = rig;
      const board = new TestBoard(vectors.boardId, Buffer.from(vectors.secret, "hex"));
      await store.admitBoard(board.admission());
      ingest.admit(board.boardId, board.keys);
      const server = await listenCoap({ ingest, clock: { nowMs: () => clock.utcMs }, host: "127.0.0.1", port: 0, log });
      const files = { sent: join(folder, "sent"), got: join(folder, "got") };
      const client: Client = {
        async ask(path, ...options) {
          await writeFile(files.got, "");
          const uri = `coap://127.0.0.1:${server.port}/${path}`;
          const { stdout, stderr } = await run(binary, ["-B", WAIT_SECONDS, "-o", files.got, ...options, uri]);
          return { body: await readFile(files.got), printed: stdout + stderr };
        },
        async post(payload, ...options) {
          await writeFile(files.sent, payload);
          return client.ask("frames", "-m", "post", "-t", COSE_MAC0, "-f", files.sent, ...options);
        },
      };
      try {
        await test(client, rig);
      } finally {
        await server.close();
      }
    })();
  };
}

const secret = Buffer.from(vectors.secret, "hex");
const boardId = Buffer.from(vectors.boardId, "hex");
/** What an acknowledgement answers: boot and number of the frame, stream, boot and sequence of its last record. */
const answered = (ack: Buffer): unknown[] => decodePositional(open(secret, "down", ack)).slice(1, 6);

describe("libcoap's client", () => {
  it(
    "brings the vectors' frames in, and their acknowledgements back",
    withClient(async ({ post }, { store }) => {
      const [lone, more, older] = vectors.frames;
      const [health] = vectors.diagnostics;
      const acks: unknown[] = [];
      for (const vector of [lone, more, health, older]) {
        const { body } = await post(Buffer.from(vector?.sealed ?? assert.fail(), "hex"));
        acks.push(answered(body));
      }
      assert.deepEqual(acks, [
        [3, 9, 0, 3, 12],
        [3, 10, 0, 3, 17],
        [3, 11, 2, 3, 0],
        [5, 0, 1, 4, 102],
      ]);
      const readings = await store.readings({ boardId: vectors.boardId, limit: 99 });
      assert.deepEqual(readings.map(({ sequence }) => sequence).sort((a, b) => a - b), [12, 13, 14, 16, 17]);
    }),
  );

  it(
    "is told why, in words, what it may not do, and finds the resource by itself",
    withClient(async ({ ask, post }) => {
      const [lone] = vectors.frames;
      assert.equal((await ask(".well-known/core")).body.toString(), "</frames>;ct=17");
      assert.match((await ask("nowhere")).printed, /4\.04 no such resource/);
      const forged = seal(new Uint8Array(32), "up", boardId, { boot: 9, number: 1 }, encodePositional(lone?.positional ?? []));
      assert.match((await post(forged)).printed, /4\.01 seal does not fit/);
      assert.match((await ask("frames", "-m", "post", "-e", "text")).printed, /4\.15 content format is not COSE_Mac0/);
      assert.match((await post(BOARD.frame({ boot: 1, number: 1 }), "-b", "16")).printed, /4\.02 option not supported/);
    }),
  );

  it(
    "is answered when it does not ask for confirmation, too",
    withClient(async ({ post }) => {
      const sealed = seal(secret, "up", boardId, { boot: 7, number: 70_000 }, encodePositional([8, 5000, 1, -1, 0, 1, 2, 3, 4]));
      assert.deepEqual(answered((await post(sealed, "-N")).body), [7, 70_000, 0, 7, 1]);
    }),
  );
});
