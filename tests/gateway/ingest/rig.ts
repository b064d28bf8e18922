/**
 * A gateway's ingest over a real database in a temporary folder, and the boards that talk to it. The store's methods run in this thread, for
 * the time that starting another takes; its way there and back is the store's tests' part.
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sinon from "sinon";
import { decodeAck } from "#firmware/wire/ack.ts";
import { encodeFrame } from "#firmware/wire/frame.ts";
import type { Ack, BoardRecord, Frame } from "#firmware/wire/records.ts";
import { openMessage, parseMessage, sealMessage } from "#firmware/wire/seal.ts";
import type { MessageNumber } from "#firmware/wire/seal.ts";
import { boardSealKeys, createKeyring, wrapSecret } from "#gateway/auth/keyring.ts";
import type { BoardSealKeys } from "#gateway/auth/keyring.ts";
import { createCommands } from "#gateway/ingest/commands.ts";
import type { CommandChange, Commands } from "#gateway/ingest/commands.ts";
import { createIngest } from "#gateway/ingest/ingest.ts";
import type { Ingest, IngestOptions } from "#gateway/ingest/ingest.ts";
import type { CommandStore } from "#gateway/store/commands.ts";
import { createBoards } from "#gateway/store/sqlite/boards.ts";
import { createCommandStore } from "#gateway/store/sqlite/commands.ts";
import { openDatabase } from "#gateway/store/sqlite/database.ts";
import { createFrames } from "#gateway/store/sqlite/frames.ts";
import { createHistory } from "#gateway/store/sqlite/history.ts";
import { createJournal } from "#gateway/store/sqlite/journal.ts";
import { createRecords } from "#gateway/store/sqlite/records.ts";
import { packFrames, unpackResult } from "#gateway/store/sqlite/transfer.ts";
import type { AdmittedBoard, CommittedFrame, ReceivedFrame, Store } from "#gateway/store/store.ts";
import { admitted, reading } from "#tests/gateway/store/samples.ts";

export const BOARDS_KEY = createHash("sha256").update("boards key").digest();
export const SLOT_MS = 60_000;
export const START_MS = 1_800_000_000_000;

/** A board's end of the wire. */
export class TestBoard {
  readonly boardId: string;
  readonly secret: Uint8Array;
  readonly keys: BoardSealKeys;

  constructor(boardId: string, secret: Uint8Array = createHash("sha256").update(boardId).digest()) {
    this.boardId = boardId;
    this.secret = secret;
    this.keys = boardSealKeys(secret);
  }

  admission(): AdmittedBoard {
    return admitted(this.boardId, { wrappedSecret: wrapSecret(BOARDS_KEY, this.boardId, this.secret) });
  }

  /** Seals any plaintext, with this board's keys or others. */
  seal(message: MessageNumber, plaintext: Uint8Array, keys = this.keys.up): Uint8Array {
    return sealMessage(keys, Buffer.from(this.boardId, "hex"), message, plaintext);
  }

  /** Seals a frame. By default its one record has the frame's number, in the boot that seals. */
  frame(message: MessageNumber, frame: Partial<Frame> = {}): Uint8Array {
    const records: BoardRecord[] = frame.records ?? [reading({ importMwh: message.number })];
    const stream = records[0]?.kind === "checkpoint" ? 1 : 0;
    const whole = { stream, uptimeMs: 2000, boot: message.boot, sequence: message.number, ...frame, records } as const;
    const { plaintext, count } = encodeFrame(whole, message.boot);
    assert.equal(count, records.length);
    return this.seal(message, plaintext);
  }

  /** Opens an acknowledgement as the board does. */
  open(bytes: Uint8Array): { message: MessageNumber; ack: Ack } {
    const message = parseMessage(bytes);
    assert.equal(Buffer.from(message.boardId).toString("hex"), this.boardId);
    return { message: { boot: message.boot, number: message.number }, ack: decodeAck(openMessage(this.keys.down, message)) };
  }
}

export const BOARD = new TestBoard("0242ac110002");
export const NEIGHBOUR = new TestBoard("fedcba987654");
export const STRANGER = new TestBoard("00000000beef");

/** Lets commits through one by one, or makes them fail. */
export class Gate {
  private readonly waiting: (() => void)[] = [];
  isClosed = false;
  failure: Error | null = null;

  async pass(): Promise<void> {
    if (this.isClosed) {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
    if (this.failure !== null) throw this.failure;
  }

  /** Waits until a commit stands before the gate. */
  async arrival(): Promise<void> {
    while (this.waiting.length === 0) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  }

  open(): void {
    this.isClosed = false;
    for (const pass of this.waiting.splice(0)) pass();
  }
}

type RigStore = CommandStore &
  Pick<Store, "admitBoard" | "boards" | "progress" | "increment" | "commitFrames" | "reading" | "readings" | "events" | "checkpoints" | "close">;

function openStore(path: string): RigStore {
  const database = openDatabase(path);
  const history = createHistory(database);
  const frames = createFrames(database, history.intake);
  const journal = createJournal(database, frames);
  const methods = {
    ...createBoards(database),
    bootBounds: frames.bootBounds,
    commitFrames(received: ReceivedFrame[]): CommittedFrame[] {
      const result = unpackResult(received, journal.commitPacked(packFrames(received)));
      journal.file();
      return result;
    },
    ...createRecords(database, history.readings),
    ...createCommandStore(database),
    close: () => void database.close(),
  };
  const asked = Object.entries(methods).map(([name, method]) => {
    // Each method with its own parameters, as in the database thread.
    const run = method as (...parameters: unknown[]) => unknown;
    return [name, async (...parameters: unknown[]) => run(...parameters)];
  });
  // The names are the methods'.
  return Object.fromEntries(asked) as RigStore;
}

export interface Rig {
  /** Temporary; removed after the test. */
  folder: string;
  store: RigStore;
  commands: Commands;
  ingest: Ingest;
  clock: { utcMs: number };
  gate: Gate;
  /** What was told after each commit. */
  onCommitted: sinon.SinonStub<[CommittedFrame[]], void>;
  log: { error: sinon.SinonSpy };
  /** Sizes of the commits that reached the store. */
  groups: number[];
  /** What was told of commands and diagnostics. */
  changes: CommandChange[];
  /** Closes the store and starts anew on its data. */
  restart(): Promise<void>;
}

/** A store's file with {@link BOARD} and {@link NEIGHBOUR} admitted: made once, since a migration syncs the disk many times. */
let fresh: Promise<Buffer> | undefined;

async function freshStore(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "daisee-ingest-"));
  try {
    const path = join(folder, "store.sqlite");
    const store = openStore(path);
    for (const board of [BOARD, NEIGHBOUR]) await store.admitBoard(board.admission());
    await store.close();
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs a test on an ingest that knows {@link BOARD} and {@link NEIGHBOUR}. */
export function withIngest(test: (rig: Rig) => Promise<void>, limits: IngestOptions["limits"] = {}): () => Promise<void> {
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), "daisee-ingest-"));
    const gate = new Gate();
    const clock = { utcMs: START_MS };
    const onCommitted = sinon.stub<[CommittedFrame[]], void>();
    const log = { error: sinon.spy() };
    const groups: number[] = [];
    const changes: CommandChange[] = [];

    fresh ??= freshStore();
    await writeFile(join(folder, "store.sqlite"), await fresh);

    async function start(): Promise<Pick<Rig, "store" | "commands" | "ingest">> {
      const store = openStore(join(folder, "store.sqlite"));
      const gated: IngestOptions["store"] = {
        progress: () => store.progress(),
        increment: (counter) => store.increment(counter),
        async commitFrames(frames) {
          await gate.pass();
          groups.push(frames.length);
          return store.commitFrames(frames);
        },
      };
      const keyring = createKeyring(await store.boards(), BOARDS_KEY);
      const commands = await createCommands({ store, clock: { nowMs: () => clock.utcMs }, log, onChange: (change) => changes.push(change) });
      const options = { store: gated, keyring, commands, clock: { nowMs: () => clock.utcMs }, slotMs: SLOT_MS, log, onCommitted, limits };
      return { store, commands, ingest: await createIngest(options) };
    }

    const rig: Rig = {
      folder,
      ...(await start()),
      clock,
      gate,
      onCommitted,
      log,
      groups,
      changes,
      async restart() {
        await rig.store.close();
        Object.assign(rig, await start());
      },
    };
    try {
      await test(rig);
    } finally {
      await rig.store.close();
      await rm(folder, { recursive: true });
    }
  };
}
